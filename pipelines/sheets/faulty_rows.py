"""What could not be taken over goes back as it came: the same titles, the same cells, the reason beside them."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.sheets.plan import PlannedRow, RowError
from pipelines.sheets.tables import Binding, Raw, SheetReading, SheetRow, Table
from pipelines.sheets.writing import Target, open_workbook, width, write_text
from pipelines.vocabulary import RowOutcome

REASON_TITLE = "未导入原因"  # no alias of a column, so that the corrected file can be uploaded as it is
LEFT_OUT = (RowOutcome.FAULTY, RowOutcome.QUESTION, RowOutcome.DUPLICATE)
_WHY = {
    RowOutcome.QUESTION: "拿不准是哪家企业，请核对名称并填写统一社会信用代码",
    RowOutcome.DUPLICATE: "同一企业在文件中出现不止一次，本行没有导入",
}
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31


class _Styles(NamedTuple):
    head: Format
    text: Format
    faulty: Format
    reason: Format


def write_faulty(target: Target, reading: SheetReading, rows: Iterable[PlannedRow]) -> int:
    """A workbook of the rows that were left out, with the faulty cells coloured; answers how many there are."""
    left_out = {(row.sheet, row.row): row for row in rows if row.outcome in LEFT_OUT}
    workbook = open_workbook(target)
    styles = _styles(workbook)
    written = 0
    for number, table in enumerate(reading.tables, start=1):
        pairs = [(row, left_out[table.sheet, row.row]) for row in table.rows if (table.sheet, row.row) in left_out]
        if pairs:
            sheet = workbook.add_worksheet(_sheet_name(table.sheet, number))
            _write_head(sheet, table, styles)
            for line, (row, planned) in enumerate(pairs, start=1):
                _write_row(sheet, line, table, row, planned, styles)
            written += len(pairs)
    workbook.close()
    return written


def _write_head(sheet: Worksheet, table: Table, styles: _Styles) -> None:
    bound = {binding.position: binding for binding in table.bindings}
    for position, title in enumerate(table.titles):
        binding = bound.get(position)
        sheet.set_column(position + 1, position + 1, width(binding.column.cell) if binding else 16)
        write_text(sheet, 0, position + 1, _whole_title(title, binding), styles.head)
    sheet.set_column(0, 0, 46)
    write_text(sheet, 0, 0, REASON_TITLE, styles.head)
    sheet.freeze_panes(1, 1)


def _whole_title(title: str, binding: Binding | None) -> str:
    """A year or a unit that stood in another line of the head, or in a note above it, moves into the title."""
    if binding is None:
        return title
    year = f"{binding.year}年" if binding.year and str(binding.year) not in title else ""
    unit = f"({binding.unit})" if binding.unit and binding.unit not in title else ""
    return f"{year}{title}{unit}"


def _write_row(sheet: Worksheet, line: int, table: Table, row: SheetRow, planned: PlannedRow, styles: _Styles) -> None:
    faulty = _faulty_positions(table, planned.errors)
    write_text(sheet, line, 0, _reason(planned), styles.reason)
    for position, value in enumerate(row.cells):
        _write_cell(sheet, line, position + 1, value, styles.faulty if position in faulty else styles.text)


def _write_cell(sheet: Worksheet, line: int, column: int, value: Raw, style: Format) -> None:
    if value is None or value == "":
        sheet.write_blank(line, column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(line, column, value, style)
    elif isinstance(value, int | float) and math.isfinite(value):
        sheet.write_number(line, column, value, style)
    else:
        write_text(sheet, line, column, str(value), style)


def _faulty_positions(table: Table, errors: Sequence[RowError]) -> set[int]:
    named = {error.column for error in errors}
    return {binding.position for binding in table.bindings if binding.title in named or binding.column.title in named}


def _reason(planned: PlannedRow) -> str:
    told = [f"{error.column}：{error.message}" for error in planned.errors]
    return "；".join(told) or _WHY.get(planned.outcome, "")


def _sheet_name(name: str, number: int) -> str:
    """The sheet's own name; a second ledger on one sheet gets a number behind it."""
    ending = f" {number}"
    return _FORBIDDEN_IN_NAME.sub("_", name)[: _LONGEST_NAME - len(ending)] + ending


def _styles(workbook: xlsxwriter.Workbook) -> _Styles:
    amber = {"bg_color": "#FFE699", "num_format": "@"}
    return _Styles(
        head=workbook.add_format({"bold": True, "bg_color": "#E8EDF4", "border": 1, "text_wrap": True}),
        text=workbook.add_format({"num_format": "@"}),
        faulty=workbook.add_format(amber),
        reason=workbook.add_format({"text_wrap": True, "font_color": "#C00000"}),
    )
