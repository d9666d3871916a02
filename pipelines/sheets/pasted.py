"""A block of cells copied out of a workbook → figures of one firm, cell by cell.

Three shapes are understood: figures down and years across, years down and figures across (a year may also stand in the
title, as in ledgers), and numbers alone that begin at a cell of the grid. Anything else is refused in a sentence.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.refusals import Refusal
from pipelines.sheets.columns import Column, column
from pipelines.sheets.numbers import is_missing
from pipelines.sheets.titles import MONEY_UNITS, is_unit, read_title, unit_of_note

LONGEST = 50_000
_MOST_ROWS, _MOST_COLUMNS = 200, 60
_ROWS_BEFORE_THE_HEAD = 5
_YEAR = re.compile(r"((?:19|20)\d{2})(?:\.0)?\s*(?:年|年度)?")

Place = tuple[str, int]
Rows = list[list[str]]


@dataclass(frozen=True)
class PastedCell:
    """unit: of money, as the head says it; None where it says nothing."""

    field: str
    year: int
    text: str
    unit: str | None = None


@dataclass(frozen=True)
class Block:
    """left_out: titles that are no figure of ours."""

    cells: tuple[PastedCell, ...]
    left_out: tuple[str, ...] = ()

    @property
    def lacks_unit(self) -> bool:
        return any(cell.unit is None and column(cell.field, "figures").cell == "money" for cell in self.cells)


def read_block(text: str, fields: Sequence[str], years: Sequence[int], at: Place | None = None) -> Block:
    """fields, years: the grid as it is shown; at: the cell a block without a head begins at."""
    rows = _rows(text)
    if not rows:
        raise Refusal("没有粘贴任何内容。请在 Excel 里选中一块单元格，复制后再粘贴。")
    found = _years_across(rows) or _titles_across(rows)
    if found is None:
        found = Block(tuple(_from_cell(rows, fields, years, at)))
    filled = tuple(cell for cell in found.cells if not is_missing(cell.text.strip()))
    if not filled:
        raise Refusal("这一块里没有可以填入的数。空白单元格不会抹掉已有的数据。")
    _refuse_two_values(filled)
    return Block(filled, found.left_out)


def _rows(text: str) -> Rows:
    """Cells with line breaks inside come quoted out of Excel."""
    if len(text) > LONGEST:
        raise Refusal("这一块太大。请分几次粘贴，或用“导入”。")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    read = (
        csv.reader((line + "\n" for line in lines), delimiter="\t") if '"' in text else (x.split("\t") for x in lines)
    )
    rows = [[cell.strip() for cell in row] for row in read]
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > _MOST_ROWS or any(len(row) > _MOST_COLUMNS for row in rows):
        raise Refusal(f"这一块超过 {_MOST_ROWS} 行或 {_MOST_COLUMNS} 列，不像一家企业的年度数据。请只复制有关的部分。")
    return rows


def _years_across(rows: Rows) -> Block | None:
    for place, head in enumerate(rows[:_ROWS_BEFORE_THE_HEAD]):
        years = {column: year for column, cell in enumerate(head) if column and (year := _year(cell))}
        if years and any(_figure(row, min(years)) for row in rows[place + 1 :]):
            return _down(rows[place + 1 :], years, _unit_above(rows[: place + 1]))
    return None


def _down(rows: Rows, years: dict[int, int], unit: str | None) -> Block:
    cells: list[PastedCell] = []
    left_out = []
    first = min(years)
    for row in rows:
        figure, own_unit = _figure(row, first) or (None, None)
        if figure is None:
            left_out += [next((cell for cell in row[:first] if cell), row[0])]
            continue
        beside = next((each for cell in row[1:first] if (each := is_unit(cell)) in MONEY_UNITS), None)
        for place, year in years.items():
            if place < len(row):
                cells.append(PastedCell(figure.field, year, row[place], own_unit or beside or unit))
    return Block(tuple(cells), tuple(filter(None, left_out)))


def _titles_across(rows: Rows) -> Block | None:
    for place, head in enumerate(rows[:_ROWS_BEFORE_THE_HEAD]):
        titles = {at: meant for at, cell in enumerate(head) if _is_figure((meant := read_title(cell)).column)}
        if titles:
            unit = _unit_above(rows[:place])
            left_out = tuple(
                cell for at, cell in enumerate(head) if cell and at not in titles and not _names_years(cell)
            )
            cells = []
            for row in rows[place + 1 :]:
                year_of_row = next(
                    (year for at, cell in enumerate(row) if at not in titles and (year := _year(cell))), None
                )
                for at, meant in titles.items():
                    year = meant.year or year_of_row
                    if at >= len(row) or is_missing(row[at]):
                        continue
                    if year is None:
                        raise Refusal(f"“{head[at]}”没有写明是哪一年：请在标题或第一列写上年份，如 2024。")
                    assert meant.column is not None  # noqa: S101 - _is_figure has looked
                    cells.append(PastedCell(meant.column.field, year, row[at], meant.unit or unit))
            return Block(tuple(cells), left_out)
    return None


def _from_cell(rows: Rows, fields: Sequence[str], years: Sequence[int], at: Place | None) -> Iterator[PastedCell]:
    """Numbers without a head, laid down from one cell of the grid to the right and below."""
    if at is None or at[0] not in fields or at[1] not in years:
        raise Refusal("没有认出表头：请连同表头一起复制，年份在一行、指标名称在一列（或反过来）。")
    down, across = fields[fields.index(at[0]) :], years[years.index(at[1]) :]
    width = max(len(row) for row in rows)
    if len(rows) > len(down) or width > len(across):
        begins = f"“{column(at[0], 'figures').title}”{at[1]}年"
        raise Refusal(
            f"从{begins}起放不下这一块：它有 {len(rows)} 行 {width} 列，这里只有 {len(down)} 行 {len(across)} 列。"
            "请连同表头一起复制。"
        )
    for field, row in zip(down, rows, strict=False):
        for year, text in zip(across, row, strict=False):
            yield PastedCell(field, year, text)


def _figure(row: list[str], before: int) -> tuple[Column, str | None] | None:
    """The figure a row speaks of, by the first of its leading cells that names one, and the unit beside the name."""
    for cell in row[:before]:
        meant = read_title(cell)
        if meant.column is not None and _is_figure(meant.column):
            return meant.column, meant.unit
    return None


def _is_figure(found: Column | None) -> bool:
    return found is not None and found.scope == "figures"


def _unit_above(rows: Rows) -> str | None:
    cells = [cell for row in rows for cell in row]
    return next((unit for cell in cells if (unit := unit_of_note(cell) or is_unit(cell)) in MONEY_UNITS), None)


def _year(cell: str) -> int | None:
    found = _YEAR.fullmatch(cell)
    return int(found[1]) if found else None


def _names_years(cell: str) -> bool:
    return cell in ("年度", "年份", "会计年度", "年")


def _refuse_two_values(cells: Sequence[PastedCell]) -> None:
    ordered = sorted(cells, key=lambda cell: (cell.field, cell.year))
    for one, other in pairwise(ordered):
        if (one.field, one.year) == (other.field, other.year) and one.text != other.text:
            title = column(one.field, "figures").title
            raise Refusal(
                f"{one.year}年{title}出现了两次，一处是“{one.text[:20]}”，一处是“{other.text[:20]}”。请只留一处。"
            )
