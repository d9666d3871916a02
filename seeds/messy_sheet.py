"""How the messy survey looks: its title, its heads in two lines, its total, its notes and the sheets beside it."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from seeds.codes import county_code, mobile
from seeds.names import MARK

FIRST_ROW = 6  # Excel's number of the first row of data
_HEADS = ("序号", "企业名称", "统一社会信用代码", "所属镇街", "成立日期", "法定代表人", "联系人", "联系电话")
_YEAR_HEADS = ("销售收入", "研发投入", "职工总数（年平均）", "科技人员（年平均）")
_WIDTHS = (6, 34, 22, 16, 14, 10, 10, 26)
_LAST_SALES, _LAST_RD = 11, 12  # their places in the rows


def write_survey(path: Path, rows: list[list[Any]], years: tuple[int, int]) -> None:
    """Rows of cells in the order of the heads (without the number and the share, which are the sheet's own)."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.set_properties({"created": datetime(years[1] + 1, 1, 1)})  # noqa: DTZ001 - the same bytes on any day
        _write_sheet(workbook, rows, years)
        _write_explanation(workbook)


def _write_sheet(workbook: Any, rows: list[list[Any]], years: tuple[int, int]) -> None:
    sheet = workbook.add_worksheet("研发投入情况")
    head = workbook.add_format({"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1})
    title = workbook.add_format({"bold": True, "font_size": 16, "align": "center"})
    sheet.merge_range(0, 0, 0, 17, f"嘉善县科技企业{years[0]}—{years[1]}年研发投入情况表（模拟）", title)
    sheet.write(1, 0, "填报单位：县科技局高新科（模拟）")
    sheet.write(2, 0, "单位：万元、人")
    _write_heads(sheet, head, years)
    _write_rows(workbook, sheet, rows)
    _write_total(workbook, sheet, rows)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_column(len(_WIDTHS), 17, 13)


def _write_heads(sheet: Any, head: Any, years: tuple[int, int]) -> None:
    for column, text in enumerate(_HEADS):
        sheet.merge_range(3, column, 4, column, text, head)
    for number, year in enumerate(years):
        left = len(_HEADS) + number * len(_YEAR_HEADS)
        sheet.merge_range(3, left, 3, left + len(_YEAR_HEADS) - 1, f"{year}年", head)
        for place, text in enumerate(_YEAR_HEADS):
            sheet.write(4, left + place, text, head)
    sheet.merge_range(3, 16, 4, 16, "研发费用占比", head)
    sheet.merge_range(3, 17, 4, 17, "备注", head)


def _write_rows(workbook: Any, sheet: Any, rows: list[list[Any]]) -> None:
    day = workbook.add_format({"num_format": "yyyy-mm-dd", "border": 1})
    share = workbook.add_format({"num_format": "0.0%", "border": 1})
    plain = workbook.add_format({"border": 1})
    for number, cells in enumerate(rows):
        line = FIRST_ROW - 1 + number
        sheet.write_number(line, 0, number + 1, plain)
        for place, cell in enumerate(cells[:-1], start=1):
            if isinstance(cell, date):
                sheet.write_datetime(line, place, cell, day)
            elif isinstance(cell, float):
                sheet.write_number(line, place, cell, plain)
            else:
                sheet.write_string(line, place, cell or "", plain)
        sales, rd = cells[_LAST_SALES], cells[_LAST_RD]
        known = isinstance(sales, float) and isinstance(rd, float)
        sheet.write_formula(line, 16, f"=N{line + 1}/M{line + 1}", share, rd / sales if known else "#VALUE!")
        sheet.write_string(line, 17, cells[-1], plain)


def _write_total(workbook: Any, sheet: Any, rows: list[list[Any]]) -> None:
    bold = workbook.add_format({"bold": True, "border": 1})
    line = FIRST_ROW - 1 + len(rows)
    sheet.write(line, 1, "合计", bold)
    for place in range(len(_HEADS), 16):
        letter = chr(ord("A") + place)
        total = sum(cells[place - 1] for cells in rows if isinstance(cells[place - 1], float))
        sheet.write_formula(line, place, f"=SUM({letter}{FIRST_ROW}:{letter}{line})", bold, round(total, 2))
    sheet.write(line + 2, 0, "注：本表企业、数据、电话均为模拟，与任何真实企业无关。")


def _write_explanation(workbook: Any) -> None:
    sheet = workbook.add_worksheet("填表说明")
    sheet.write_column(0, 0, ["填表说明（模拟）", "一、金额单位为万元。", "二、人数为全年月平均数，保留两位小数。"])
    old = workbook.add_worksheet("旧表")
    old.write_row(0, 0, ["企业名称", "统一社会信用代码", "联系电话"])
    old.write_row(1, 0, [f"嘉善旧表留存科技有限公司{MARK}", county_code(1), mobile(1)])
    old.hide()
