"""What came out of a file: tables with their header understood, rows with the numbers Excel shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from pipelines.sheets.columns import Column, Scope
from pipelines.sheets.list_kind import ListKind

# What a cell may hold once the child process has handed it over; days arrive as ISO text.
Raw = str | int | float | bool | None


@dataclass(frozen=True)
class Limits:
    """What one file may cost; every limit is a setting and is named in the message that refuses."""

    bytes: int = 20 * 1024 * 1024
    rows: int = 40_000
    columns: int = 300
    seconds: int = 30
    memory_mb: int = 400


class Binding(NamedTuple):
    """A column of the file that was understood: where it stands, what it means, for which fiscal year, in which unit.

    unit is None where neither the title nor a note says it. speaks_of_average: a share of a person is no mistake.
    """

    position: int
    column: Column
    year: int | None
    unit: str | None
    speaks_of_average: bool
    title: str


class SheetRow(NamedTuple):
    """One row of data; row is the number Excel shows at its left."""

    row: int
    cells: list[Raw]


@dataclass(frozen=True)
class Table:
    """One ledger, or list, found on a sheet, kept by columns: an import looks at a column at a time.

    header_row is the Excel row of the (lowest) header line, titles what stands over every position ("" for nothing).
    numbers and columns hold the rows of data alone, without titles, totals, notes and blanks. kind: of the list; None
    for a ledger, whose rows are firms. said: what the headings say of every row of a list.
    """

    sheet: str
    header_row: int
    titles: tuple[str, ...]
    bindings: tuple[Binding, ...]
    unknown_titles: tuple[str, ...]
    numbers: Sequence[int]
    columns: Sequence[Sequence[Raw]]
    starts_1904: bool = False
    kind: ListKind | None = None
    said: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[SheetRow]:
        return [SheetRow(number, list(cells)) for number, *cells in zip(self.numbers, *self.columns, strict=True)]


@dataclass(frozen=True)
class SheetReading:
    """A file, read: its tables and what the officer should know of how it was read."""

    file_name: str
    sha256: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...]

    def fields(self, scope: Scope) -> set[str]:
        """The fields of a scope that the file speaks of: what must be known of the firms to plan the import."""
        return {bound.column.field for table in self.tables for bound in table.bindings if bound.column.scope == scope}

    def kinds(self) -> dict[str, ListKind]:
        """The kinds of lists in the file, by name."""
        return {table.kind.name: table.kind for table in self.tables if table.kind}

    def years(self) -> set[int]:
        """The fiscal years the titles speak of; empty where a column of its own says the year, row by row."""
        return {bound.year for table in self.tables for bound in table.bindings if bound.year}
