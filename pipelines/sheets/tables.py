"""What came out of a file: tables with their header understood, rows with the numbers Excel shows."""

from dataclasses import dataclass
from typing import NamedTuple

from pipelines.sheets.columns import Column, Scope

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

    unit is None where the title does not say it; whole is false where the title speaks of an average, so that a share
    of a person is no mistake.
    """

    index: int
    column: Column
    year: int | None
    unit: str | None
    title: str


class SheetRow(NamedTuple):
    """One row of data; row is the number Excel shows at its left."""

    row: int
    cells: list[Raw]


@dataclass(frozen=True)
class Table:
    """One ledger found on a sheet. header_row is the Excel row of the (lowest) header line."""

    sheet: str
    header_row: int
    bindings: tuple[Binding, ...]
    unknown_titles: tuple[str, ...]
    rows: list[SheetRow]
    starts_1904: bool = False


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
