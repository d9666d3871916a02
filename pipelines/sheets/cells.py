"""A column of raw cells → a list of values, with what was wrong or doubtful beside it.

Every spelling is read once: ten thousand rows name nine townships and a few hundred days.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from pipelines.sheets import references
from pipelines.sheets.codes import uscc_reader
from pipelines.sheets.days import day_reader, read_application_year, read_recognition_day, read_term, read_year
from pipelines.sheets.known import Places
from pipelines.sheets.numbers import (
    money_column,
    money_reader,
    people_column,
    people_reader,
    read_area,
    read_count,
    read_heads,
    read_points,
    share_reader,
)
from pipelines.sheets.references import Directory
from pipelines.sheets.tables import Binding, Raw
from pipelines.sheets.texts import (
    name_reader,
    read_email,
    read_levy_mode,
    read_names,
    read_phone,
    read_status,
    read_yes_no,
    text_reader,
    word_reader,
)
from pipelines.sheets.troubles import Doubt, Fault

Reader = Callable[[Raw], Any]
_KEPT_AS_WRITTEN = frozenset({"uscc", "name", "text", "long_text", "phone", "email"})
MAY_BE_NEGATIVE = frozenset({"net_profit", "net_assets", "tax_paid"})


class Directories:
    """What cells may refer to; each is made when the first cell asks."""

    def __init__(self, places: Places) -> None:
        self.places = places

    @cached_property
    def township(self) -> Directory:
        return references.townships(self.places.townships)

    @cached_property
    def industry(self) -> Directory:
        return references.industries(self.places.industries)

    @cached_property
    def tech_field(self) -> Directory:
        return references.tech_fields(self.places.tech_fields)

    @cached_property
    def owner(self) -> Directory:
        return references.owners(self.places.owners)


class ReadColumn(NamedTuple):
    """The values, None where nothing is known, and the troubles by place in the column."""

    bound: Binding
    values: Sequence[Any]
    troubles: dict[int, Fault | Doubt]


class _Memory(dict[Raw, Any]):
    """Raw cell → value, read when first met."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.met_trouble = False

    def __missing__(self, raw: Raw) -> Any:
        value = self[raw] = self._reader(raw)
        if value.__class__ is Doubt or value.__class__ is Fault:
            self.met_trouble = True
        return value


def read_column(
    bound: Binding, cells: Sequence[Raw], directories: Directories, starts_1904: bool, olds: Sequence[Any] | None = None
) -> ReadColumn:
    """Read a column; olds is what the register holds beside it, for a cell that says just that need not be read."""
    memory = _Memory(_reader(bound, directories, starts_1904))
    kind = bound.column.cell
    if kind == "money":
        values: list[Any] = money_column(cells, _unit(bound), memory.__getitem__, olds)
    elif kind == "people":
        values = people_column(cells, not bound.speaks_of_average, memory.__getitem__)
    elif kind == "count":  # True is 1 to a dict, and would be a thing
        values = [memory[str(cell) if cell.__class__ is bool else cell] for cell in cells]
    elif olds is not None and kind in _KEPT_AS_WRITTEN:
        values = [cell if cell and cell == old else memory[cell] for cell, old in zip(cells, olds, strict=True)]
    else:
        values = list(map(memory.__getitem__, cells))
    return _settled(bound, values) if memory.met_trouble else ReadColumn(bound, values, {})


def _settled(bound: Binding, values: list[Any]) -> ReadColumn:
    troubles = {
        place: value for place, value in enumerate(values) if value.__class__ is Doubt or value.__class__ is Fault
    }
    for place, trouble in troubles.items():
        values[place] = trouble.value if isinstance(trouble, Doubt) else None
    return ReadColumn(bound, values, troubles)


def _unit(bound: Binding) -> str:
    return bound.unit or bound.column.unit or "万元"


def _reader(bound: Binding, directories: Directories, starts_1904: bool) -> Reader:
    column = bound.column
    match column.cell:
        case "name":
            return name_reader(column.longest)
        case "uscc":
            return uscc_reader(directories.places.regions)
        case "money":
            return money_reader(_unit(bound), column.field in MAY_BE_NEGATIVE)
        case "people":
            return people_reader(whole=not bound.speaks_of_average)
        case "percent":
            return share_reader(in_percent=bound.unit == "%")
        case "date":
            return day_reader(starts_1904, "last" if column.attribute == "valid_until" else "first")
        case "township" | "industry" | "tech_field" | "owner":
            directory: Directory = getattr(directories, column.cell)
            return directory.read
        case "word":
            return word_reader(column.words)
        case "text" | "long_text":
            return text_reader(column.longest)
        case kind:
            return _PLAIN_READERS[kind]


_PLAIN_READERS: dict[str, Reader] = {
    "names": read_names,
    "year": read_year,
    "day": read_recognition_day,
    "term": read_term,
    "count": read_count,
    "phone": read_phone,
    "email": read_email,
    "application_year": read_application_year,
    "points": read_points,
    "area": read_area,
    "heads": read_heads,
    "yes_no": read_yes_no,
    "status": read_status,
    "levy_mode": read_levy_mode,
}
