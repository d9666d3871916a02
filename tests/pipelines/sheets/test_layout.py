"""Where the table is on a sheet, and which of its rows are data."""

import pytest

from pipelines.refusals import Refusal
from tests.pipelines.sheets.workbooks import CODES, a_reading, rows_of

HEAD = ["企业名称", "统一社会信用代码", "营业收入(万元)"]
FIRST = ["嘉善甲科技有限公司", CODES[0], 12.0]
SECOND = ["嘉善乙科技有限公司", CODES[1], 34.0]


def fields(reading):
    return [(bound.column.field, bound.year) for bound in reading.tables[0].bindings]


def test_header_below_titles_notes_and_units_is_found():
    reading = a_reading(
        [["嘉善县科技企业台账"], ["填报单位：科技局", "", "单位：万元"], [], HEAD[:2] + ["2025年营业收入"], FIRST]
    )

    table = reading.tables[0]
    assert (table.header_row, table.numbers) == (4, [5])
    assert table.bindings[2].unit == "万元"


def test_header_of_two_lines_gives_each_figure_its_year():
    reading = a_reading(
        [
            ["企业名称", "统一社会信用代码", "2024年", "", "2025年", "", "备注"],
            ["", "", "营业收入(万元)", "研发费用(万元)", "营业收入(万元)", "研发费用(万元)", ""],
            [*FIRST, 1.0, 13.0, 2.0, "好"],
        ]
    )

    assert fields(reading)[2:6] == [
        ("operating_revenue", 2024),
        ("rd_spend", 2024),
        ("operating_revenue", 2025),
        ("rd_spend", 2025),
    ]
    assert reading.tables[0].numbers == [3]


def test_header_of_two_lines_may_have_the_year_below():
    reading = a_reading(
        [
            ["企业名称", "信用代码", "近三年研发费用(万元)", "", ""],
            ["", "", "2023年", "2024年", "2025年"],
            [*FIRST, 1.0, 2.0],
        ]
    )

    assert fields(reading)[2:] == [("rd_spend", 2023), ("rd_spend", 2024), ("rd_spend", 2025)]


def test_header_of_three_lines_with_a_line_of_units():
    reading = a_reading(
        [
            ["基本情况", "", "2025年", ""],
            ["企业名称", "统一社会信用代码", "营业收入", "职工人数"],
            ["", "", "千元", "人"],
            [*FIRST, 5.0],
        ]
    )

    assert [(bound.column.field, bound.year, bound.unit) for bound in reading.tables[0].bindings[2:]] == [
        ("operating_revenue", 2025, "千元"),
        ("staff", 2025, "人"),
    ]
    assert reading.tables[0].numbers == [4]


def test_group_titles_above_do_not_change_what_a_column_means():
    reading = a_reading(
        [
            ["企业基本信息", "", "联系人", ""],
            ["企业名称", "统一社会信用代码", "姓名", "电话"],
            ["甲厂", CODES[0], "张三", ""],
        ]
    )

    assert [bound.column.field for bound in reading.tables[0].bindings] == ["name", "uscc", "name", "phone"]


def test_totals_notes_blanks_and_repeated_headers_are_left_out_and_counted():
    head = ["序号", "企业名称", "统一社会信用代码", "2025年营业收入(万元)"]
    reading = a_reading(
        [
            head,
            ["魏塘街道（1家）", "", "", ""],
            [1.0, *FIRST],
            ["", "小计", "", 12.0],
            [],
            head,
            [2.0, *SECOND],
            ["合计：2家", "", "", 46.0],
            ["注：以上数据由各镇街上报"],
        ]
    )

    assert reading.tables[0].numbers == [3, 7]
    assert reading.notes == (
        "工作表“台账”：跳过 2 行说明行",
        "工作表“台账”：跳过 1 行重复的标题行",
        "工作表“台账”：跳过 2 行小计、合计行",
    )


def test_firm_whose_name_sounds_like_a_total_stays():
    reading = a_reading([HEAD, ["嘉善合计科技有限公司", CODES[0], ""], ["总计", CODES[1], ""]])

    assert [row[0] for row in rows_of(reading)] == ["嘉善合计科技有限公司", "总计"]


def test_columns_that_are_not_understood_are_named():
    reading = a_reading(
        [["企业名称", "统一社会信用代码", "老板属相", "2025年营业收入增长率"], ["甲厂", CODES[0], "虎", 3.0]]
    )

    assert reading.tables[0].unknown_titles == ("老板属相", "2025年营业收入增长率")
    assert reading.notes == ("工作表“台账”：没有认出的列不会导入：老板属相、2025年营业收入增长率",)


def test_columns_may_stand_in_any_order():
    reading = a_reading([list(reversed(HEAD)), list(reversed(FIRST))], file_name="2025年台账.xlsx")

    assert fields(reading) == [("operating_revenue", 2025), ("uscc", None), ("name", None)]


@pytest.mark.parametrize(
    ("name", "title", "file_name"),
    [("2025", "", "a.xlsx"), ("台账", "2025年度企业年报", "a.xlsx"), ("台账", "", "2025年度数据.xlsx")],
)
def test_figures_without_a_year_take_the_years_of_sheet_title_or_file_and_that_is_told(name, title, file_name):
    reading = a_reading([[title, ""], HEAD, FIRST], names=[name], file_name=file_name)

    assert fields(reading)[2] == ("operating_revenue", 2025)
    assert "没有写年度，按标题或文件名中的 2025 年读取" in reading.notes[0]


def test_figures_of_no_year_at_all_are_not_placed_anywhere():
    reading = a_reading([HEAD, FIRST])

    assert [bound.column.field for bound in reading.tables[0].bindings] == ["name", "uscc"]
    assert reading.tables[0].unknown_titles == ("营业收入(万元)",)


def test_money_without_a_unit_is_read_in_wan_yuan_and_that_is_told():
    reading = a_reading([["企业名称", "信用代码", "2025年营业收入"], FIRST])

    assert reading.notes == ("工作表“台账”中的“2025年营业收入”没有写单位，按万元读取",)


def test_two_columns_of_one_title_are_refused():
    with pytest.raises(Refusal, match="工作表“台账”中有两列都叫“企业名称”：请删去或改名其中一列后再上传"):
        a_reading([["企业名称", "信用代码", "企业名称"], FIRST])


def test_second_phone_column_is_left_alone():
    reading = a_reading(
        [["企业名称", "信用代码", "联系人", "手机", "法人", "手机"], ["甲厂", CODES[0], "张三", "1", "李四", "2"]]
    )

    assert [bound.position for bound in reading.tables[0].bindings if bound.column.field == "phone"] == [3]


def test_sheets_of_later_years_come_first():
    reading = a_reading([HEAD, FIRST], [HEAD, FIRST], names=["2023年", "2025年"])

    assert [table.sheet for table in reading.tables] == ["2025年", "2023年"]


def test_sheet_that_is_no_ledger_is_named_and_left_out():
    reading = a_reading([HEAD, FIRST], [["姓名", "学号"], ["张三", "1"]], names=["2025", "花名册"])

    assert len(reading.tables) == 1
    assert reading.notes[-1] == "没有“企业名称”或“统一社会信用代码”列的工作表没有读取：花名册"


def test_file_without_a_ledger_says_what_it_found_instead():
    with pytest.raises(
        Refusal, match=r"没有找到“企业名称”或“统一社会信用代码”列.*表中开头写的是：姓名、学号、张三、1。请下载导入模板"
    ):
        a_reading([["姓名", "学号"], ["张三", "1"]])


def test_header_without_rows_is_refused():
    with pytest.raises(Refusal, match="只有标题，下面没有数据行：请填好后再上传"):
        a_reading([HEAD])
