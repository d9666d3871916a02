"""What an import would do, row by row: plain values that a page can show and an action can write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from pipelines.vocabulary import RowOutcome, Title

Columns = Mapping[str, Sequence[Any]]  # field → what each row of a table says of it; None: nothing


class RowOfColumns(Mapping[str, Any]):
    """What one row says, put together when somebody looks: ten thousand rows are written without being looked at."""

    __slots__ = ("columns", "place")

    def __init__(self, columns: Columns, place: int) -> None:
        self.columns, self.place = columns, place

    def __getitem__(self, field: str) -> Any:
        if (value := self.columns[field][self.place]) is None:
            raise KeyError(field)
        return value

    def __iter__(self) -> Iterator[str]:
        return (field for field, values in self.columns.items() if values[self.place] is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def in_columns(records: Sequence[Mapping[str, Any]]) -> Columns:
    """What records say, by field; rows of the columns of one table are taken from there at a stretch."""
    first = records[0]
    if isinstance(first, RowOfColumns):
        places = [record.place for record in records if isinstance(record, RowOfColumns)]
        return {field: [values[place] for place in places] for field, values in first.columns.items()}
    fields = dict.fromkeys(field for record in records for field in record)
    return {field: [record.get(field) for record in records] for field in fields}


class YearsOfColumns(Mapping[int, Mapping[str, Any]]):
    """As RowOfColumns, of the figures of several years; a year of which the row says nothing is absent."""

    __slots__ = ("place", "years")

    def __init__(self, years: Mapping[int, Columns], place: int) -> None:
        self.years, self.place = years, place

    def __getitem__(self, year: int) -> Mapping[str, Any]:
        if not (said := RowOfColumns(self.years[year], self.place)):
            raise KeyError(year)
        return said

    def __iter__(self) -> Iterator[int]:
        return (year for year, columns in self.years.items() if RowOfColumns(columns, self.place))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class RowError(NamedTuple):
    """Something wrong, or doubtful, in one cell: Excel's row number, the title of the column, the cell as it stands."""

    row: int
    column: str
    value: str
    message: str


class Difference(NamedTuple):
    """What a row changes. field is a firm's, a year's, or "contact.phone", "high_tech.valid_until", "former_names".

    old and new are typed values; keys of places are shown by their names.
    """

    field: str
    year: int | None
    old: Any
    new: Any


class PlannedContact(NamedTuple):
    """id is the contact to change; None adds one. values holds only what the row says."""

    id: int | None
    values: Mapping[str, str]


class PlannedRecognition(NamedTuple):
    """id is the recognition to change; None adds one. None in a value: the row does not say it."""

    id: int | None
    title: Title
    recognized_on: date
    valid_until: date | None
    certificate_no: str | None


class PlannedItem(NamedTuple):
    """A thing of a list of that kind; id is the one to change, None adds one. values holds only what changes."""

    kind: str
    id: int | None
    values: Mapping[str, Any]


class Candidate(NamedTuple):
    """A firm that a row may mean; the officer answers with its id, "new" or "skip"."""

    firm_id: int
    name: str
    uscc: str


class Conflict(NamedTuple):
    """A figure that came from a better source than this file: it stays, unless the officer takes this one.

    better: where it came from, in words.
    """

    difference: Difference
    better: str
    is_taken: bool


class PlannedRow(NamedTuple):
    """What becomes of one row. The values are whole for a new firm; for a known one only what changes.

    firm is keyed by the attributes of Firm (township_id and the like hold ids and codes), figures by year and
    attribute; money and heads in them are whole hundredths, as the database keeps them. key is "sheet!row", what
    answers refer to. An UPDATE without a firm_id adds to the new firm of the same uscc that a row before it creates. A
    row of a list has an item: CREATE and UPDATE then speak of that thing.
    """

    key: str
    sheet: str
    row: int
    outcome: RowOutcome
    firm_id: int | None
    name: str
    uscc: str
    firm: Mapping[str, Any] = {}
    figures: Mapping[int, Mapping[str, Any]] = {}
    contact: PlannedContact | None = None
    recognitions: tuple[PlannedRecognition, ...] = ()
    former_names: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    errors: tuple[RowError, ...] = ()
    doubts: tuple[RowError, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    item: PlannedItem | None = None
    conflicts: tuple[Conflict, ...] = ()

    @property
    def makes_firm(self) -> bool:
        return self.outcome is RowOutcome.CREATE and self.item is None


@dataclass(frozen=True)
class ImportPlan:
    """The whole import, seen before it is done. The digest changes when what would be done changes."""

    rows: tuple[PlannedRow, ...]
    notes: tuple[str, ...]
    unknown_titles: tuple[str, ...]
    counts: Mapping[RowOutcome, int]
    digest: str
