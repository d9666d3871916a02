"""A block out of a workbook, as Excel and WPS put it on the clipboard."""

import pytest

from pipelines.refusals import Refusal
from pipelines.sheets.pasted import PastedCell, read_block

FIELDS = ("sales_revenue", "rd_spend", "staff")
YEARS = (2022, 2023, 2024)


def laid(text, at=None):
    return {(cell.field, cell.year): (cell.text, cell.unit) for cell in read_block(text, FIELDS, YEARS, at).cells}


def test_figures_down_and_years_across():
    block = read_block(
        "指标\t2023年\t2024年\r\n销售收入(元)\t100\t200\r\n研发费用占比\t5%\t6%\r\n职工总数\t10\t\r\n", FIELDS, YEARS
    )

    assert block.cells == (
        PastedCell("sales_revenue", 2023, "100", "元"),
        PastedCell("sales_revenue", 2024, "200", "元"),
        PastedCell("staff", 2023, "10", None),
    )
    assert block.left_out == ("研发费用占比",)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("\t2024\n销售收入\t5", None),
        ("单位：万元\t2024\n销售收入\t5", "万元"),
        ("某某公司 单位：元\n指标\t2024.0\n销售收入\t5", "元"),
        ("指标\t单位\t2024\n销售收入\t千元\t5", "千元"),
        ("序号\t指标\t2024年度\n1\t销售收入（万元）\t5", "万元"),
        ("2024年销售收入(万元)\n5", "万元"),
        ("年度\t销售收入\n2024\t5", None),
        ("单位：元\n年份\t销售收入\t备注\n2024\t5\t约数", "元"),
    ],
)
def test_unit_is_read_where_an_office_writes_it_and_never_guessed(text, unit):
    assert laid(text) == {("sales_revenue", 2024): ("5", unit)}


def test_numbers_alone_begin_at_the_cell_they_were_pasted_into():
    assert laid("1\t2\n\n3\t4\n", ("sales_revenue", 2023)) == {
        ("sales_revenue", 2023): ("1", None), ("sales_revenue", 2024): ("2", None),
        ("staff", 2023): ("3", None), ("staff", 2024): ("4", None),
    }  # fmt: skip


def test_cell_with_a_line_break_inside_is_one_cell():
    assert laid('"销售收入\n（万元）"\t\n\t2024\n销售收入\t"5"\n') == {("sales_revenue", 2024): ("5", None)}


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("", None, "没有粘贴任何内容"),
        (" \t \n", None, "没有粘贴任何内容"),
        ("1\t2", None, "没有认出表头"),
        ("1\t2", ("cost", 2023), "没有认出表头"),
        ("1\t2\t3", ("sales_revenue", 2023), "放不下这一块：它有 1 行 3 列，这里只有 3 行 2 列"),
        ("1\n2", ("staff", 2024), "放不下这一块"),
        ("指标\t2024\n销售收入\t5\n销售收入\t6", None, "2024年销售收入出现了两次"),
        ("销售收入\t备注\n5\t无", None, "没有写明是哪一年"),
        ("指标\t2024\n销售收入\t—", None, "没有可以填入的数"),
        ("\t2024\n" * 201, None, "超过 200 行"),
        ("x" * 50_001, None, "这一块太大"),
        ("\x01\x02\t\ufeff", None, "没有认出表头"),
    ],
)
def test_wrong_shape_is_told_in_a_sentence(text, at, sentence):
    with pytest.raises(Refusal, match=sentence):
        read_block(text, FIELDS, YEARS, at)
