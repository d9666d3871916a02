import pytest

from pipelines.sheets.columns import COLUMNS, column, heading
from pipelines.sheets.titles import read_title, unit_of_note, year_of


@pytest.mark.parametrize("one", COLUMNS, ids=lambda one: f"{one.scope}.{one.field}")
def test_every_spelling_of_a_column_is_read_as_that_column(one):
    year = 2025 if one.scope == "figures" else None

    read = {spelling: read_title(spelling).column for spelling in (one.title, *one.aliases, heading(one, year))}

    assert {spelling for spelling, found in read.items() if found is not one} == set()


@pytest.mark.parametrize(
    ("title", "field", "year", "unit"),
    [
        ("2025年营业收入(万元)", "operating_revenue", 2025, "万元"),
        ("2025年营业收入（万元）", "operating_revenue", 2025, "万元"),
        ("2025 年 营 业 收 入 （ 万 元 ）", "operating_revenue", 2025, "万元"),
        ("营业收入2024", "operating_revenue", 2024, None),
        ("2024年度企业营业收入/千元", "operating_revenue", 2024, "千元"),
        ("25年营业收入", "operating_revenue", 2025, None),
        ("2024年末净资产(元)", "net_assets", 2024, "元"),
        ("其中：境内研发费用", "rd_spend_domestic", None, None),
        ("研发费用（加计扣除口径）(万元)", "rd_spend_deduction", None, "万元"),
        ("2025年职工总数（人）", "staff", 2025, "人"),
    ],
)
def test_title_of_a_figure_says_its_year_and_unit(title, field, year, unit):
    read = read_title(title)

    assert (read.column, read.year, read.unit) == (column(field, "figures"), year, unit)


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("*企业名称", "name"),
        ("1.企业名称", "name"),
        ("企业名称（盖章）", "name"),
        ("统一社会信用代码\n(18位)", "uscc"),
        ("镇（街道）/平台", "township_id"),
        ("企 业 名 称", "name"),
    ],
)
def test_title_with_marks_and_remarks_is_understood(title, field):
    assert read_title(title).column is column(field)


@pytest.mark.parametrize(
    "title",
    [
        "2023-2025年研发费用",
        "近三年研发费用",
        "研发费用累计",
        "2025年1-6月营业收入",
        "2025年营业收入增长率(%)",
        "2025年预计营业收入",
        "上年营业收入",
        "注册资本(万美元)",
        "研发费用(%)",
        "2024年联系人",
        "老板属相",
        "",
        "营业收入" * 30,
    ],
)
def test_title_that_does_not_say_one_years_value_is_not_guessed(title):
    assert read_title(title).column is None


def test_title_that_speaks_of_an_average_allows_a_share_of_a_person():
    assert read_title("职工总数(年平均)").speaks_of_average
    assert not read_title("职工总数").speaks_of_average


@pytest.mark.parametrize(
    ("note", "unit"),
    [("单位：万元", "万元"), ("（金额单位:元）", "元"), ("单位：人、万元", None), ("填报单位：科技局", None)],
)
def test_note_may_set_the_unit(note, unit):
    assert unit_of_note(note) == unit


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024", 2024),
        ("2024年", 2024),
        ("2024年度企业年报汇总表", 2024),
        ("2026年高企申报摸底表", None),
        ("2023-2025年", None),
        ("截至2025.12.31", None),
        ("台账", None),
    ],
)
def test_year_of_a_sheet_or_title(text, year):
    assert year_of(text) == year
