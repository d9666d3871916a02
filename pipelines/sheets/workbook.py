"""An inspected workbook → its sheets as columns of plain values. Runs in the child process.

calamine is quick and keeps every cell, but aborts the whole process on some hostile files: hence the child.
"""

import io
import marshal
import re
from collections.abc import Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from pipelines.refusals import Refusal
from pipelines.sheets.preflight import Inspected

_BLANK_ROWS = 3_000  # after so many blank rows the table is over
_STRAY_ROWS = 3  # what lies below them is a slip of the hand up to here
_HEADER_ZONE = 60
_DAMAGED = "文件已损坏或不完整，不能读取：请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传"
_SENT_AS_IT_IS = frozenset({str, float, int, bool})

Cells = dict[tuple[int, int], str]


def read_workbook(file: Inspected, most_rows: int, most_columns: int) -> list[dict[str, Any]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.data))
        cells = _cells_without_result(file)
        return [
            _read_sheet(book, number, cells.get(meta.name, {}), most_rows, most_columns)
            for number, meta in enumerate(book.sheets_metadata)
        ]
    except PasswordError as error:
        raise Refusal("文件已加密：请去掉打开密码后另存为 .xlsx 再上传") from error
    except (CalamineError, OSError, ValueError) as error:
        raise Refusal(_DAMAGED) from error


def _read_sheet(book: CalamineWorkbook, number: int, cells: Cells, most_rows: int, most_columns: int) -> dict[str, Any]:
    meta = book.sheets_metadata[number]
    sent: dict[str, Any] = {"name": meta.name, "hidden": meta.visible != SheetVisibleEnum.Visible, "columns": []}
    if sent["hidden"] or meta.typ != SheetTypeEnum.WorkSheet:
        return sent
    sheet = book.get_sheet_by_index(number)
    if sheet.start is None:
        return sent
    if sheet.width > most_columns:
        found = f"工作表“{meta.name}”有 {sheet.width} 列，最多 {most_columns} 列"
        raise Refusal(f"{found}：请删去多余的列（包括右侧很远处误填的单元格）后再上传")
    rows, sent["stray"] = _rows(sheet, meta.name, most_rows)
    columns: list[Any] = list(zip(*rows, strict=True))
    sent["first_row"] = 1  # rows are handed over from the top of the sheet, columns from the first that is filled
    start = (0, sheet.start[1])
    if cells or sheet.merged_cell_ranges:
        columns = [list(column) for column in columns]
        _put_back(columns, cells, start)
        _spread_merged(columns, sheet.merged_cell_ranges or [], start)
    sent["columns"] = [_packed(column) for column in columns]
    return sent


def _rows(sheet: CalamineSheet, name: str, most_rows: int) -> tuple[list[list[Any]], int]:
    """The rows up to a long blank stretch, and the number of the last stray row below it (0: none)."""
    rows: list[list[Any]] = []
    blank = 0
    remaining = sheet.iter_rows()
    for row in remaining:
        rows.append(row)
        if any(row) or not _is_blank(row):
            blank = 0
        elif (blank := blank + 1) >= _BLANK_ROWS:
            break
    if blank:
        del rows[-blank:]
    if len(rows) > most_rows + _HEADER_ZONE and sum(not _is_blank(row) for row in rows) > most_rows + _HEADER_ZONE:
        raise Refusal(f"工作表“{name}”超过 {most_rows} 行：请拆成几个文件再上传")
    below = sum(1 for row in remaining if not _is_blank(row))
    if below > _STRAY_ROWS:
        raise Refusal(f"工作表“{name}”中间有 {_BLANK_ROWS} 多个空行，下面还有数据：请删去空行后再上传")
    return rows, (sheet.end or (0, 0))[0] + 1 if below else 0


def _is_blank(row: list[Any]) -> bool:
    return row.count("") == len(row)


def _packed(column: Any) -> bytes:
    """A column ready for the pipe, which takes plain values only: days go as ISO text."""
    try:
        return marshal.dumps(column, 2)
    except ValueError:
        plain = [
            cell.isoformat() if cell.__class__ is date else cell if cell.__class__ in _SENT_AS_IT_IS else _as_text(cell)
            for cell in column
        ]
        return marshal.dumps(plain, 2)


def _as_text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    return str(cell)


def _spread_merged(
    columns: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]], start: tuple[int, int]
) -> None:
    """Give merged cells the text they show: to the right in the head of a sheet, downwards everywhere.

    Numbers are not spread: a total merged over three firms is not the figure of each.
    """
    height = len(columns[0]) if columns else 0
    for (top, left), (bottom, right) in islice(merged, 20_000):
        row, column = top - start[0], left - start[1]
        if not (0 <= row < height and 0 <= column < len(columns)) or not isinstance(text := columns[column][row], str):
            continue
        last_row, last_column = min(bottom - start[0], height - 1), min(right - start[1], len(columns) - 1)
        for across in range(column, (last_column if row < _HEADER_ZONE else column) + 1):
            cells = columns[across]
            for down in range(row, last_row + 1):
                if cells[down] == "":
                    cells[down] = text


def _put_back(columns: list[list[Any]], cells: Cells, start: tuple[int, int]) -> None:
    """The reader shows errors, and formulas nobody computed, as blank cells; the officer has to be told of them."""
    for (row, column), text in cells.items():
        down, across = row - start[0], column - start[1]
        if 0 <= across < len(columns) and 0 <= down < len(columns[across]) and columns[across][down] == "":
            columns[across][down] = text


def _cells_without_result(file: Inspected) -> dict[str, Cells]:
    """Sheet name → (row, column) → #DIV/0! and the like, or #未计算 for a formula without a kept result."""
    names = _names_of_parts(file.parts) if file.suspects else {}
    return {names[part]: _without_result(file.parts[part]) for part in file.suspects if part in names}


def _names_of_parts(parts: Mapping[str, bytes]) -> dict[str, str]:
    relations = parts.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8", "replace")
    targets = {}
    for relation in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", relations):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', relation))
        targets[attributes.get("Id")] = "xl/" + attributes.get("Target", "").removeprefix("/xl/").removeprefix("xl/")
    names = {}
    for sheet in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", parts["xl/workbook.xml"].decode("utf-8", "replace")):
        attributes = dict(re.findall(r'([\w:]+)="([^"]*)"', sheet))
        identity = next((value for name, value in attributes.items() if name.endswith(":id")), None)
        names[targets.get(identity, "")] = _unescaped(attributes.get("name", ""))
    return names


def _unescaped(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _without_result(sheet: bytes) -> Cells:
    found: Cells = {}
    for cell in re.finditer(rb"<(?:\w+:)?c\s([^>]*[^>/])>(.*?)</(?:\w+:)?c>", sheet, re.DOTALL):
        attributes, content = cell.groups()
        reference = re.search(rb'\br="([A-Z]{1,3})(\d{1,7})"', attributes)
        value = re.search(rb"<(?:\w+:)?v>([^<]*)</", content)
        if reference and (
            text := _shown_text(attributes, content, value[1].decode("utf-8", "replace") if value else "")
        ):
            found[int(reference[2]) - 1, _column_number(reference[1])] = text
    return found


def _shown_text(attributes: bytes, content: bytes, value: str) -> str | None:
    if b't="e"' in attributes:
        return value or "#N/A"
    is_formula = b"<f" in content or b":f" in content
    return "#未计算" if is_formula and not value and b't="str"' not in attributes else None


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
