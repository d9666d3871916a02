"""Rows to a workbook that Excel and WPS show as meant: codes as text, numbers and dates as such, no text as formula."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.sheets.columns import Cell, Column, heading

Target = str | Path | IO[bytes]
BoundColumn = tuple[Column, int | None]  # a figure belongs to a year

_WAN = 10_000
_LONGEST_NAME = 31  # of a sheet, in Excel
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "、"))
_FIRST_DAY_OF_EXCEL = date(1900, 3, 1)  # before it, Excel counts a 29th of February that never was
_WIDTHS: dict[Cell, int] = {
    "uscc": 21, "name": 34, "names": 26, "long_text": 40, "date": 12, "day": 12, "money": 15, "phone": 15, "email": 24,
    "industry": 26, "tech_field": 20, "yes_no": 9, "year": 8, "count": 10, "people": 11, "percent": 10, "number": 7,
}  # fmt: skip
_MIDDLE = {"valign": "vcenter"}  # beside a cell of several lines
_NUMBER_FORMATS: dict[Cell, str] = {
    "money": "#,##0.00", "percent": "0.00", "date": "yyyy-mm-dd", "day": "yyyy-mm-dd",
}  # fmt: skip
_PLAIN_NUMBERS: frozenset[Cell] = frozenset({"people", "count", "year", "number", "area", "heads"})
_PLAIN_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def open_workbook(target: Target, *, row_by_row: bool = False) -> xlsxwriter.Workbook:
    """A workbook in which text stays text; row_by_row keeps one row in memory, and rows must come in order."""
    chosen = target if not isinstance(target, Path) else str(target)
    return xlsxwriter.Workbook(chosen, {**_PLAIN_OPTIONS, "constant_memory": row_by_row})


def write_table(
    target: Target,
    columns: Sequence[BoundColumn],
    rows: Iterable[Sequence[Any]],
    *,
    sheet_name: str,
    unit_row: str,
    footer_lines: Callable[[int], Sequence[str]],
) -> int:
    """Write typed values under their headings and answer how many rows there were.

    Money comes in yuan and leaves in 万元, shares come as 0–1 and leave in per cent; None leaves an empty cell. The
    footer is asked for once the number of rows is known, so that the file says how many it really holds.
    """
    return write_tables(target, columns, [(sheet_name, rows)], above=[unit_row], footer_lines=footer_lines)


def write_tables(
    target: Target,
    columns: Sequence[BoundColumn],
    sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]],
    *,
    above: Sequence[str],
    footer_lines: Callable[[int], Sequence[str]],
    title: str = "",
) -> int:
    """The same columns on one sheet after the other, each under the lines above; answers how many rows in all."""
    workbook = open_workbook(target, row_by_row=True)
    taken: set[str] = set()
    written = sum(
        _write_one(workbook, free_name(name, taken), columns, rows, above, footer_lines, title) for name, rows in sheets
    )
    workbook.close()
    return written


def _write_one(
    workbook: xlsxwriter.Workbook,
    name: str,
    columns: Sequence[BoundColumn],
    rows: Iterable[Sequence[Any]],
    above: Sequence[str],
    footer_lines: Callable[[int], Sequence[str]],
    title: str,
) -> int:
    sheet = workbook.add_worksheet(name)
    head = len(above) + bool(title)
    if title:
        write_text(sheet, 0, 0, title, workbook.add_format({"bold": True, "font_size": 16}))
    for row, line in enumerate(above, start=int(bool(title))):
        write_text(sheet, row, 0, line)
    write_headings(workbook, sheet, head, columns)
    written = write_rows(sheet, head + 1, rows, [writer(workbook, sheet, column.cell) for column, _ in columns])
    for distance, line in enumerate(footer_lines(written), start=head + 2 + written):
        write_text(sheet, distance, 0, line)
    sheet.freeze_panes(head + 1, 2)
    sheet.autofilter(head, 0, head + written, len(columns) - 1)
    lay_out_for_paper(sheet, head)
    return written


def free_name(name: str, taken: set[str]) -> str:
    """For a sheet: without the signs Excel refuses, at most 31 long, and none twice."""
    plain = name.translate(_FORBIDDEN).strip("'")[:_LONGEST_NAME] or "未填"
    number, found = 2, plain
    while found in taken:
        found = f"{plain[: _LONGEST_NAME - 3]}_{number}"
        number += 1
    taken.add(found)
    return found


def write_headings(workbook: xlsxwriter.Workbook, sheet: Worksheet, row: int, columns: Sequence[BoundColumn]) -> None:
    style = workbook.add_format({"bold": True, "bg_color": "#E8EDF4", "border": 1, "text_wrap": True, "valign": "top"})
    for index, (column, year) in enumerate(columns):
        sheet.set_column(index, index, width(column.cell))
        write_text(sheet, row, index, heading(column, year), style)


def width(cell: Cell) -> int:
    return _WIDTHS.get(cell, 16)


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: Format | None = None) -> None:
    """Write text as text. XlsxWriter would take <r>…</r> for markup of its own; a space at the end prevents it."""
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "
    sheet.write_string(row, column, text, style)


def text_style(workbook: xlsxwriter.Workbook, cell: Cell) -> Format | None:
    """Codes and phones keep Excel's text format, so that they stay whole when somebody edits them."""
    return workbook.add_format({"num_format": "@", **_MIDDLE}) if cell in ("uscc", "phone", "text") else None


CellWriter = Callable[[int, int, Any], object]


def write_rows(sheet: Worksheet, first: int, rows: Iterable[Sequence[Any]], writers: Sequence[CellWriter]) -> int:
    row = first - 1
    numbered = list(enumerate(writers))
    for row, values in enumerate(rows, start=first):
        for index, write in numbered:
            value = values[index]
            if value is not None:
                write(row, index, value)
    return row - first + 1


def writer(workbook: xlsxwriter.Workbook, sheet: Worksheet, cell: Cell) -> CellWriter:
    """The function that writes one kind of cell; chosen once a column, since it runs once a cell."""
    shape = _NUMBER_FORMATS.get(cell)
    style = workbook.add_format({"num_format": shape, **_MIDDLE}) if shape else text_style(workbook, cell)
    if cell in ("date", "day"):
        return lambda row, column, value: _write_date(sheet, row, column, value, style)
    if cell == "money":
        return lambda row, column, value: sheet.write_number(row, column, wan_yuan(value), style)
    if cell == "percent":
        return lambda row, column, value: sheet.write_number(row, column, round(value * 100, 10), style)
    if cell in _PLAIN_NUMBERS:
        return sheet.write_number
    return lambda row, column, value: write_text(sheet, row, column, shown(value), style)


def wan_yuan(yuan: Decimal) -> float:
    return float(yuan / _WAN)


def shown(value: Any) -> str:
    """How a value that is no number reads in a cell."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(value)
    return str(getattr(value, "label", value))


def _write_date(sheet: Worksheet, row: int, column: int, value: date, style: Format | None) -> None:
    if value < _FIRST_DAY_OF_EXCEL:
        write_text(sheet, row, column, value.isoformat())
    else:
        sheet.write_datetime(row, column, value, style)


def lay_out_for_paper(sheet: Worksheet, head: int = 1) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_footer("&C第 &P 页，共 &N 页")
