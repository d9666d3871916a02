"""A workbook of several sheets: a cover that says what it is, then one table a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from pipelines.sheets.columns import Cell
from pipelines.sheets.writing import (
    BoundColumn,
    CellWriter,
    Target,
    free_name,
    lay_out_for_paper,
    open_workbook,
    shown,
    text_style,
    width,
    write_headings,
    write_rows,
    write_text,
    writer,
)

_LINE = {"valign": "top", "text_wrap": True}
_LINE_HEIGHT = 15


@dataclass(frozen=True)
class Sheet:
    """heading stands above the table, foot below it."""

    name: str
    heading: str
    columns: Sequence[BoundColumn]
    rows: Sequence[Sequence[Any]]
    foot: Sequence[str] = ()


def write_book(target: Target, title: str, cover: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> int:
    """cover: lines of a name and what is to be said; answers how many rows all tables hold together."""
    workbook = open_workbook(target)
    _write_cover(workbook, title, cover)
    taken = {"封面"}
    for sheet in sheets:
        _write_sheet(workbook, sheet, free_name(sheet.name, taken))
    workbook.close()
    return sum(len(sheet.rows) for sheet in sheets)


def _write_cover(workbook: Any, title: str, cover: Sequence[tuple[str, str]]) -> None:
    sheet = workbook.add_worksheet("封面")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 70)
    sheet.set_row(0, 28)
    write_text(sheet, 0, 0, title, workbook.add_format({"bold": True, "font_size": 16}))
    names, said = workbook.add_format({"bold": True, **_LINE}), workbook.add_format(_LINE)
    for row, (name, words) in enumerate(cover, start=2):
        sheet.set_row(row, _height(words, 70))
        write_text(sheet, row, 0, name, names)
        write_text(sheet, row, 1, words, said)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_sheet(workbook: Any, content: Sheet, name: str) -> None:
    sheet = workbook.add_worksheet(name)
    write_text(sheet, 0, 0, content.heading, workbook.add_format({"bold": True, "font_size": 13}))
    write_headings(workbook, sheet, 1, content.columns)
    _make_room(workbook, sheet, content)
    write_rows(sheet, 2, content.rows, [_own_writer(workbook, sheet, column.cell) for column, _ in content.columns])
    last = 1 + len(content.rows)
    for distance, line in enumerate(content.foot, start=last + 2):
        write_text(sheet, distance, 0, line, text_style(workbook, "text"))
    sheet.freeze_panes(2, 2)
    sheet.autofilter(1, 0, last, len(content.columns) - 1)
    lay_out_for_paper(sheet)


def _own_writer(workbook: Any, sheet: Any, cell: Cell) -> CellWriter:
    if cell != "long_text":
        return writer(workbook, sheet, cell)
    wrapped = workbook.add_format({"text_wrap": True, "valign": "vcenter"})
    return lambda row, column, value: write_text(sheet, row, column, shown(value), wrapped)


def _make_room(workbook: Any, sheet: Any, content: Sheet) -> None:
    """Rows as high as their longest text needs: not every reader of workbooks works that out by itself."""
    long_ones = [place for place, (column, _) in enumerate(content.columns) if column.cell == "long_text"]
    middle = workbook.add_format({"valign": "vcenter"})
    sheet.set_row(1, 2 * _LINE_HEIGHT)
    for row, values in enumerate(content.rows, start=2):
        high = max((_height(shown(values[place]), width("long_text")) for place in long_ones), default=_LINE_HEIGHT)
        sheet.set_row(row, high, middle)


def _height(text: str, wide: int) -> float:
    """A Chinese character is as wide as two digits."""
    taken = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
    return float(_LINE_HEIGHT * max(1, -(-taken // (wide - 2))))
