"""The same firms in several spellings, layouts and formats are one plan; carried out, it leaves nothing to do."""

import contextlib
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc as standard

from pipelines.refusals import Refusal
from pipelines.sheets import plan as planning
from pipelines.sheets.comparing import typed
from pipelines.sheets.plan import plan_import
from pipelines.vocabulary import RowOutcome
from tests.pipelines.sheets.workbooks import (
    CODES,
    NOBODY,
    PLACES,
    a_raw_workbook,
    a_reading,
    a_text_file,
    a_workbook,
    applied,
    read,
)

WIDE = [
    [
        "企业名称",
        "统一社会信用代码",
        "镇街",
        "成立日期",
        "2024年营业收入(万元)",
        "2025年营业收入(万元)",
        "2025年职工总数",
    ],
    ["嘉善甲科技有限公司", CODES[0], "魏塘街道", "2015-03-15", "1234.56", "0", "50"],
    ["嘉善乙科技有限公司", CODES[1], "大云镇", "", "", "88", "7"],
]
MESSY = [
    ["嘉善县企业台账", "", "", "", "", "", "", ""],
    ["", "", "", "", "", "", "", "单位：万元"],
    ["序号", "单位名称", "信用代码", "所属镇街", "注册时间", "2024年", "2025年", ""],
    ["", "", "", "", "", "营收", "营收", "职工人数"],
    ["1", " 嘉善甲科技有限公司 ", f"'{CODES[0].lower()}", "魏塘", "2015.3.15", "1,234.56", "0", "50人"],
    ["2", "嘉善乙科技有限公司", CODES[1], "嘉善县大云镇", "—", "无", "８８", "7"],
    ["合计", "", "", "", "", "1322.56", "88", "57"],
    ["注：数据由镇街上报", "", "", "", "", "", "", ""],
]
IN_YUAN = [
    [
        "统一社会信用代码",
        "企业名称",
        "镇街",
        "成立日期",
        "2025年职工总数",
        "2025年营业收入(元)",
        "2024年营业收入（千元）",
    ],
    [CODES[0], "嘉善甲科技有限公司", "魏塘街道", "2015年3月15日", "50", "0", "12345.6"],
    [CODES[1], "嘉善乙科技有限公司", "大云镇", "", "7", "880000", ""],
]
LONG = [
    ["企业名称", "统一社会信用代码", "镇街", "成立日期", "年度", "营业收入(万元)", "职工总数"],
    ["嘉善甲科技有限公司", CODES[0], "魏塘街道", "20150315", "2024", "1234.56", ""],
    ["嘉善甲科技有限公司", CODES[0], "魏塘街道", "20150315", "2025", "0", "50"],
    ["嘉善乙科技有限公司", CODES[1], "大云镇", "", "2025", "88", "7"],
]


def register_after(reading):
    known = applied(plan_import(reading, NOBODY, {}, PLACES))
    return {code: firm._replace(id=0, version=0) for code, firm in known.by_uscc.items()}


@pytest.fixture
def expected():
    return register_after(a_reading(WIDE))


def test_register_after_the_plain_ledger_is_what_it_says(expected):
    first = expected[CODES[0]]

    assert first.values == {"township_id": 1, "founded_on": date(2015, 3, 15)}
    assert first.figures == {
        2024: {"operating_revenue": 12345600_00},
        2025: {"operating_revenue": 0, "staff": 50_00},
    }


@pytest.mark.parametrize("layout", [MESSY, IN_YUAN, LONG], ids=["messy", "in yuan", "a row a year"])
def test_layouts_of_the_same_ledger_come_to_the_same(expected, layout):
    assert register_after(a_reading(layout)) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("layout", [WIDE, MESSY], ids=["plain", "messy"])
def test_text_files_of_the_same_ledger_come_to_the_same(tmp_path, expected, encoding, layout):
    assert register_after(read(a_text_file(tmp_path / "a.csv", layout, encoding))) == expected


@pytest.mark.parametrize("layout", [WIDE, MESSY, LONG], ids=["plain", "messy", "a row a year"])
def test_workbooks_of_the_same_ledger_come_to_the_same(tmp_path, expected, layout):
    assert register_after(read(a_workbook(tmp_path / "a.xlsx", {"台账": layout}))) == expected


def test_workbook_with_numbers_and_days_as_such_comes_to_the_same(tmp_path, expected):
    rows = [
        WIDE[0],
        [*WIDE[1][:3], date(2015, 3, 15), 1234.56, 0, 50],
        [*WIDE[2][:3], None, None, 88, 7],
    ]

    assert register_after(read(a_workbook(tmp_path / "a.xlsx", {"台账": rows}))) == expected


@pytest.mark.parametrize("layout", [WIDE, MESSY, IN_YUAN, LONG], ids=["plain", "messy", "in yuan", "a row a year"])
def test_every_layout_changes_nothing_once_the_plain_one_is_in(layout):
    known = applied(plan_import(a_reading(WIDE), NOBODY, {}, PLACES))

    plan = plan_import(a_reading(layout), known, {}, PLACES)

    assert set(plan.counts) == {RowOutcome.UNCHANGED}


def a_code(number):
    body = f"91330421MAXN{number:05d}"
    return body + standard.calc_check_digit(body)


TITLES = [
    *[
        "企业名称",
        "统一社会信用代码",
        "镇街",
        "园区",
        "成立日期",
        "注册资本(万元)",
        "是否规上",
        "曾用名",
        "联系人",
        "手机",
    ],
    *["2024年营业收入(万元)", "2025年营业收入(万元)", "2025年职工总数(年平均)"],
    *["省科小认定年份", "高企证书编号", "发证日期", "有效期至"],
]
MONEY = st.one_of(
    st.floats(allow_nan=True),
    st.decimals(-9, 10**8, places=4).map(float),
    st.sampled_from(["", "约5", "无", "1,234.5"]),
)
ROWS = st.builds(
    lambda number, *rest: [f"嘉善{number}号公司", a_code(number), *rest],
    st.integers(0, 12),
    st.sampled_from(["魏塘街道", "大云", "", "天上"]),
    st.sampled_from(["归谷", "", "=1+1"]),
    st.sampled_from(["2015-03-15", 42078.0, "2015.3", "", "昨天"]),
    MONEY,
    st.sampled_from(["是", "否", "", True]),
    st.sampled_from(["老厂", "老厂、旧厂", ""]),
    st.sampled_from(["张三", "李四", ""]),
    st.sampled_from(["13800138000", 13900139000.0, "", "138****0000"]),
    MONEY,
    MONEY,
    st.sampled_from([50.0, 50.25, "", -1.0]),
    st.sampled_from([2021.0, "是", "", "2022年第一批"]),
    st.sampled_from(["GR202333000001", ""]),
    st.sampled_from(["2023-12-08", "2024", ""]),
    st.sampled_from(["2026-12-08", ""]),
)


@given(st.lists(ROWS, min_size=1, max_size=12))
def test_plan_carried_out_leaves_nothing_to_do(rows):
    reading = a_reading([TITLES, *rows])
    plan = plan_import(reading, NOBODY, {}, PLACES)

    again = plan_import(reading, applied(plan), {}, PLACES)

    done = {RowOutcome.CREATE: RowOutcome.UNCHANGED, RowOutcome.UPDATE: RowOutcome.UNCHANGED}
    assert [row.outcome for row in again.rows] == [done.get(row.outcome, row.outcome) for row in plan.rows]


@given(st.lists(ROWS, min_size=1, max_size=12))
def test_new_firms_put_together_in_bulk_are_those_looked_at_one_by_one(rows):
    reading = a_reading([TITLES, *rows])
    in_bulk = plan_import(reading, NOBODY, {}, PLACES)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "newcomers", lambda *_: {})
        one_by_one = plan_import(reading, NOBODY, {}, PLACES)

    assert in_bulk.rows == one_by_one.rows


@given(st.lists(ROWS, min_size=1, max_size=6), st.lists(ROWS, min_size=1, max_size=6))
def test_known_money_in_fen_or_in_yuan_gives_the_same_plan(before, after):
    known = applied(plan_import(a_reading([TITLES, *before]), NOBODY, {}, PLACES))
    in_yuan = {
        code: firm._replace(values=_yuan(firm.values), figures=_years(firm.figures))
        for code, firm in known.by_uscc.items()
    }

    one = plan_import(a_reading([TITLES, *after]), known, {}, PLACES)
    other = plan_import(a_reading([TITLES, *after]), known.__class__(in_yuan, known.by_name), {}, PLACES)

    assert one.rows == other.rows


def _yuan(values):
    return {field: typed(field, value) for field, value in values.items()}


def _years(figures):
    return {year: _yuan(values) for year, values in figures.items()}


SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(
    content=st.binary(max_size=300),
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]),
)
def test_any_bytes_are_read_or_refused(tmp_path, content, start):
    path = tmp_path / "a.xlsx"
    path.write_bytes(start + content)

    _read_or_refused(path)


@SLOW
@given(place=st.floats(0, 1), byte=st.integers(0, 255))
def test_workbook_with_one_wrong_byte_is_read_or_refused(tmp_path, place, byte):
    path = a_raw_workbook(tmp_path / "a.xlsx")
    data = bytearray(path.read_bytes())
    data[int(place * (len(data) - 1))] = byte
    path.write_bytes(data)

    _read_or_refused(path)


def _read_or_refused(path):
    with contextlib.suppress(Refusal):
        read(path)
