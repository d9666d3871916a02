"""Columns that were not recognised, mapped by hand, and sheets that are left out: a reading as the officer wants it.

What was mapped once is kept under the fingerprint of the header row. Years do not count there: the sheet of next year
has the same shape, and a figure takes the year from its own title.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from pipelines.refusals import Refusal
from pipelines.sheets.columns import CONTACT_COLUMNS, FIGURE_COLUMNS, FIRM_COLUMNS, RECOGNITION_COLUMNS, Column, heading
from pipelines.sheets.layout import note_on_unknown, on_sheet
from pipelines.sheets.tables import Binding, SheetReading, Table
from pipelines.sheets.titles import read_title

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


class UnknownColumn(NamedTuple):
    """A column of a table that was not recognised; shape is its title without its year, by which it is remembered."""

    position: int
    title: str
    shape: str


@dataclass(frozen=True)
class Wishes:
    """columns: fingerprint of a table → shape of a title → key of the column; years, likewise, for titles without."""

    left_out: Collection[str] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    years: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.left_out or self.columns)


def fingerprint(table: Table) -> str:
    """What two files of one shape have in common: the titles in their order, whatever their years."""
    said = "\n".join([table.kind.name if table.kind else "", *map(_shape, table.titles)])
    return hashlib.sha256(said.encode()).hexdigest()


def unknown_columns(table: Table) -> list[UnknownColumn]:
    bound = {binding.position for binding in table.bindings}
    return [
        UnknownColumn(position, title, _shape(title))
        for position, title in enumerate(table.titles)
        if title and position not in bound
    ]


def offered(table: Table) -> dict[str, dict[str, Column]]:
    """What an unknown column may be, in groups, by key: of a list its own columns, of a ledger all it knows."""
    if table.kind:
        groups: dict[str, Iterable[Column]] = {table.kind.label: table.kind.columns}
    else:
        own = [each for each in FIRM_COLUMNS if each.field not in ("name", "uscc")]
        groups = {"企业": own, "年度数据": FIGURE_COLUMNS, "联系人": CONTACT_COLUMNS, "资质": RECOGNITION_COLUMNS}
    return {name: {_key(column): column for column in columns} for name, columns in groups.items()}


def wished(reading: SheetReading, wishes: Wishes) -> SheetReading:
    """The reading without the sheets left out, with the mapped columns bound; what does not fit stays unknown."""
    if not wishes:
        return reading
    kept = [table for table in reading.tables if table.sheet not in wishes.left_out]
    if not kept:
        raise Refusal("没有留下要导入的工作表：请至少选一张。")
    notes: list[str] = []
    tables = tuple(_mapped(table, wishes, notes) for table in kept)
    stale = {note_on_unknown(table.sheet, table.unknown_titles) for table in reading.tables}
    return replace(reading, tables=tables, notes=(*(note for note in reading.notes if note not in stale), *notes))


def conflicts_in(table: Table, wishes: Wishes) -> Iterator[str]:
    """Why a wish cannot be followed, in sentences."""
    mapped = _mapped(table, wishes, [])
    bound = {binding.position for binding in mapped.bindings}
    wanted = wishes.columns.get(fingerprint(table), {})
    known = _known(table)
    for unknown in unknown_columns(table):
        if unknown.shape in wanted and unknown.position not in bound:
            column = known.get(wanted[unknown.shape])
            if column and column.scope == "figures" and _year(unknown, table, wishes) is None:
                yield f"“{unknown.title}”是年度数据，请填写年度"
            else:
                yield f"“{unknown.title}”不能再对应到“{column.title if column else ''}”：已有一列对应到那里"


def _mapped(table: Table, wishes: Wishes, notes: list[str]) -> Table:
    wanted, known = wishes.columns.get(fingerprint(table), {}), _known(table)
    bindings = list(table.bindings)
    taken = {(binding.column.scope, binding.column.field, binding.year) for binding in bindings}
    told = []
    for unknown in unknown_columns(table):
        column = known.get(wanted.get(unknown.shape, ""))
        binding = column and _bound(unknown, column, table, wishes)
        if not column or not binding or (column.scope, column.field, binding.year) in taken:
            continue
        taken.add((column.scope, column.field, binding.year))
        bindings.append(binding)
        told.append(f"“{unknown.title}”读作“{heading(column, binding.year)}”")
    positions = {binding.position for binding in bindings}
    left = tuple(each.title for each in unknown_columns(table) if each.position not in positions)
    if told:
        notes.append(f"{on_sheet(table.sheet)}按手工对应的列：{'、'.join(told)}")
    if left:
        notes.append(note_on_unknown(table.sheet, left))
    return replace(table, bindings=tuple(bindings), unknown_titles=left)


def _bound(unknown: UnknownColumn, column: Column, table: Table, wishes: Wishes) -> Binding | None:
    """None where a figure would be the figure of no year."""
    meaning = read_title(unknown.title.replace(" ", ""))
    year = None
    if column.scope == "figures":
        year = _year(unknown, table, wishes)
        if year is None and not any(binding.column.field == "year" for binding in table.bindings):
            return None
    unit = meaning.unit or (_unit_beside(table) if column.cell == "money" else None)
    return Binding(unknown.position, column, year, unit, False, unknown.title)


def _year(unknown: UnknownColumn, table: Table, wishes: Wishes) -> int | None:
    """Its own; the one that was typed; that of the figures beside it, where they are all of one year."""
    if found := _YEAR.findall(unknown.title):
        return int(found[0])
    if typed := wishes.years.get(fingerprint(table), {}).get(unknown.shape):
        return typed
    beside = {binding.year for binding in table.bindings if binding.column.scope == "figures"}
    return beside.pop() if len(beside) == 1 else None


def _unit_beside(table: Table) -> str | None:
    units = {binding.unit for binding in table.bindings if binding.column.cell == "money"}
    return units.pop() if len(units) == 1 else None


def _known(table: Table) -> dict[str, Column]:
    return {key: column for group in offered(table).values() for key, column in group.items()}


def _key(of: Column) -> str:
    return f"{of.scope}.{of.field}"


def _shape(title: str) -> str:
    return _YEAR.sub("○", "".join(title.split()))
