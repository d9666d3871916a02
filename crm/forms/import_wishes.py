"""The form of the second step of an import: sheets, columns that nobody recognised, the source of the figures."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import request

from crm.forms.fields import ChineseForm, WordField
from crm.models import ImportBatch
from crm.queries.import_mappings import sheets_of, wishes_of
from pipelines.sheets.columns import Column, heading
from pipelines.sheets.mapping import Wishes, fingerprint, offered, unknown_columns
from pipelines.sheets.tables import Binding, Table
from pipelines.vocabulary import FiguresSource

_KEEP, _TO, _YEAR = "keep", "to", "year"
_MOST_ASKED = 60  # columns of all tables: each offers a hundred choices, and a file may hold thousands of columns


class AskedColumn(NamedTuple):
    """An unknown column as the form shows it: what it was said to be, and of which year."""

    title: str
    to_name: str
    to: str
    year_name: str
    year: str


class AskedTable(NamedTuple):
    sheet: str
    header_row: int
    rows: int
    kind: str
    bindings: Sequence[Binding]
    unknown: Sequence[AskedColumn]
    unasked: int
    offered: dict[str, dict[str, str]]


class ImportWishesForm(ChineseForm):
    source = WordField("数据来源", FiguresSource, blank="未注明（按企业填报）")

    def __init__(self, batch: ImportBatch, tables: Sequence[Table]) -> None:
        super().__init__(obj=batch)
        self._batch, self._tables = batch, tables

    @property
    def sheets(self) -> list[str]:
        return sheets_of(self._tables)

    @property
    def kept_sheets(self) -> list[str]:
        """Where there is but one sheet, nobody is asked."""
        if self.is_submitted():
            return request.form.getlist(_KEEP) if len(self.sheets) > 1 else self.sheets
        return [sheet for sheet in self.sheets if sheet not in wishes_of(self._batch.wishes).left_out]

    @property
    def asked(self) -> list[AskedTable]:
        wishes = self.wishes if self.is_submitted() else wishes_of(self._batch.wishes)
        asked: list[AskedTable] = []
        for number, table in enumerate(self._tables):
            room = _MOST_ASKED - sum(len(each.unknown) for each in asked)
            asked.append(self._asked(number, table, wishes, room))
        return asked

    @property
    def wishes(self) -> Wishes:
        """What was sent; a column that is not offered is passed over."""
        columns: dict[str, dict[str, str]] = {}
        years: dict[str, dict[str, int]] = {}
        for number, table in enumerate(self._tables):
            known = {key for group in offered(table).values() for key in group}
            shape = fingerprint(table)
            for unknown in unknown_columns(table):
                key = request.form.get(f"{_TO}:{number}:{unknown.position}", "")
                if key in known:
                    columns.setdefault(shape, {})[unknown.shape] = key
                    if year := _year(request.form.get(f"{_YEAR}:{number}:{unknown.position}", "")):
                        years.setdefault(shape, {})[unknown.shape] = year
        left_out = tuple(sheet for sheet in self.sheets if sheet not in self.kept_sheets)
        return Wishes(left_out, columns, years)

    def _asked(self, number: int, table: Table, wishes: Wishes, room: int) -> AskedTable:
        columns, years = wishes.columns.get(fingerprint(table), {}), wishes.years.get(fingerprint(table), {})
        found = unknown_columns(table)
        unknown = [
            AskedColumn(
                each.title,
                f"{_TO}:{number}:{each.position}",
                columns.get(each.shape, ""),
                f"{_YEAR}:{number}:{each.position}",
                str(years.get(each.shape, "")),
            )
            for each in found[:room]
        ]
        words = {name: {key: _words(of) for key, of in group.items()} for name, group in offered(table).items()}
        kind = table.kind.label + "清单" if table.kind else "企业台账"
        unasked, rows = len(found) - len(unknown), len(table.numbers)
        return AskedTable(table.sheet, table.header_row, rows, kind, table.bindings, unknown, unasked, words)


def _words(of: Column) -> str:
    return heading(of)


def _year(text: Any) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 and 1990 <= int(text) <= 2100 else None
