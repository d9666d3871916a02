"""A table with its cells read: what each row states, by part of a firm."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from operator import ne
from typing import Any, NamedTuple

from pipelines.sheets.cells import Directories, ReadColumn, read_column
from pipelines.sheets.columns import Column
from pipelines.sheets.columns import column as column_of
from pipelines.sheets.holdings import Holdings
from pipelines.sheets.known import KnownFirm
from pipelines.sheets.planned import RowError
from pipelines.sheets.tables import Binding, Raw, Table
from pipelines.sheets.texts import as_text
from pipelines.sheets.troubles import Fault

_SHOWN = 100  # characters of a faulty cell
_NOTHING: Mapping[str, Any] = {}


class Statement(NamedTuple):
    """What one row says of its firm; what it does not say is absent. Money and heads are in hundredths."""

    firm: Mapping[str, Any]
    figures: Mapping[int, Mapping[str, Any]]
    contact: Mapping[str, str] = _NOTHING
    recognitions: Mapping[str, Any] = _NOTHING
    former_names: tuple[str, ...] = ()

    def says_anything(self) -> bool:
        return any(self)


@dataclass
class Ledger:
    """The read columns of a table, sorted by what they speak of; errors and doubts by place of the row.

    firms: who is meant, going by the code. differing: rows that do not simply repeat what is known of their firm.
    """

    table: Table
    usccs: Sequence[str | None] = ()
    names: Sequence[str | None] = ()
    years: Sequence[int | None] = ()
    former_names: Sequence[tuple[str, ...] | None] = ()
    firm: list[tuple[Column, Sequence[Any]]] = field(default_factory=list)
    figures: list[tuple[Column, int | None, Sequence[Any]]] = field(default_factory=list)
    contact: list[tuple[str, Sequence[Any]]] = field(default_factory=list)
    recognitions: list[tuple[str, Sequence[Any]]] = field(default_factory=list)
    recognition_days: list[tuple[Binding, Sequence[date | None]]] = field(default_factory=list)
    items: list[tuple[Column, Sequence[Any]]] = field(default_factory=list)
    shares: list[tuple[str, int | None, Sequence[Any]]] = field(default_factory=list)
    takes_deduction: Sequence[bool | None] = ()
    firms: Sequence[KnownFirm | None] = ()
    differing: set[int] = field(default_factory=set)
    errors: defaultdict[int, list[RowError]] = field(default_factory=lambda: defaultdict(list))
    doubts: defaultdict[int, list[RowError]] = field(default_factory=lambda: defaultdict(list))

    def statement(self, place: int) -> Statement:
        figures: dict[int, dict[str, Any]] = {}
        for column, year, values in self.figures:
            if (value := values[place]) is not None and (of := year or self.years[place]):
                figures.setdefault(of, {})[column.field] = value
        return Statement(
            {column.field: value for column, values in self.firm if (value := values[place]) is not None},
            figures,
            {attribute: value for attribute, values in self.contact if (value := values[place]) is not None},
            {attribute: value for attribute, values in self.recognitions if (value := values[place]) is not None},
            (self.former_names[place] or ()) if self.former_names else (),
        )

    def title_of(self, of: str) -> str:
        """How this table calls a column of the firm."""
        titles = (each.title for each in self.table.bindings if each.column.scope == "firm" and each.column.field == of)
        return next(titles, {"uscc": "统一社会信用代码", "name": "企业名称"}[of])

    def error(self, place: int, of: str, value: str | None, message: str) -> RowError:
        return RowError(self.table.numbers[place], self.title_of(of), value or "", message)


def read_ledger(table: Table, known: Mapping[str, KnownFirm], directories: Directories) -> Ledger:
    """Read every understood column, and see on the way which rows say anything the register does not hold.

    The code and the year of a row come first: they say what is to be laid beside the other columns.
    """
    ledger = Ledger(table)
    blanks: Sequence[None] = [None] * len(table.numbers)
    ledger.usccs = ledger.names = ledger.years = blanks
    ledger.firms = blanks
    later = []
    for bound in table.bindings:
        if bound.column.field in ("uscc", "year"):
            proved = table.columns[bound.position] if bound.column.field == "uscc" else None
            _read(ledger, bound, directories, [code if code in known else None for code in proved] if proved else None)
        elif bound.column.scope != "derived" or bound.column.cell == "percent":
            later.append(bound)
    ledger.firms = [known.get(code or "") for code in ledger.usccs]
    holdings = Holdings(ledger.firms, ledger.years)
    for bound in later:
        _read(ledger, bound, directories, holdings.beside(bound))
    _zero_what_was_not_taken(ledger)
    _require_years(ledger)
    return ledger


def _zero_what_was_not_taken(ledger: Ledger) -> None:
    """Who did not take the deduction has deducted nothing: that is a zero, not an unknown."""
    if not ledger.takes_deduction:
        return
    deduction = column_of("rd_spend_deduction", "figures")
    stated = [entry for entry in ledger.figures if entry[0] is deduction]
    if len(stated) > 1:
        return  # several years side by side: which of them the word speaks of is not known
    year, values = stated[0][1:] if stated else (None, [None] * len(ledger.takes_deduction))
    amounts = list(values)
    for place, taken in enumerate(ledger.takes_deduction):
        if taken is False and amounts[place] is None:
            amounts[place] = 0
            ledger.differing.add(place)
        elif taken is False and amounts[place]:
            message = "写着没有享受加计扣除，却有加计扣除的研发费用，按所填的数导入"
            ledger.doubts[place].append(RowError(ledger.table.numbers[place], "是否享受加计扣除", "否", message))
    others = [entry for entry in ledger.figures if entry[0] is not deduction]
    ledger.figures = [*others, (deduction, year, amounts)]


def _read(ledger: Ledger, bound: Binding, directories: Directories, olds: Sequence[Any] | None) -> None:
    cells = ledger.table.columns[bound.position]
    if bound.column.cell == "number":
        return
    read = read_column(bound, cells, directories, ledger.table.starts_1904, olds)
    _place(ledger, read)
    if read.troubles and bound.column.scope != "derived":
        _tell(ledger, read, cells)
    if olds is not None and read.values != olds:
        others = compress(range(len(olds)), map(ne, read.values, olds))
        ledger.differing.update(place for place in others if read.values[place] is not None)


def _place(ledger: Ledger, read: ReadColumn) -> None:
    column, values = read.bound.column, read.values
    if column.field in ("uscc", "name") and column.scope == "firm":
        setattr(ledger, f"{column.field}s", values)
    elif column.field == "former_names":
        ledger.former_names = values
        ledger.differing.update(place for place, names in enumerate(values) if names)
    elif column.scope == "firm":
        ledger.firm.append((column, values))
    elif column.scope == "figures":
        ledger.figures.append((column, read.bound.year, values))
    elif column.scope == "contact":
        ledger.contact.append((column.field, values))
    elif column.scope == "recognition":
        ledger.recognitions.append((column.field, values))
        if column.cell == "day":
            ledger.recognition_days.append((read.bound, values))
        if column.cell == "term":
            ledger.differing.update(place for place, term in enumerate(values) if term)
    elif column.scope == "item":
        ledger.items.append((column, values))
    elif column.scope == "derived":
        ledger.shares.append((column.field, read.bound.year, values))
    elif column.field == "takes_deduction":
        ledger.takes_deduction = values
    else:
        ledger.years = values


def _tell(ledger: Ledger, read: ReadColumn, cells: Sequence[Raw]) -> None:
    for place, trouble in read.troubles.items():
        told = ledger.errors if isinstance(trouble, Fault) else ledger.doubts
        text = as_text(cells[place])[:_SHOWN]
        told[place].append(RowError(ledger.table.numbers[place], read.bound.title, text, trouble.message))


def _require_years(ledger: Ledger) -> None:
    """A figure without a year is the figure of none."""
    loose = [values for _, year, values in ledger.figures if year is None]
    for place, year in enumerate(ledger.years) if loose else ():
        if year is None and place not in ledger.errors and any(values[place] is not None for values in loose):
            ledger.errors[place].append(RowError(ledger.table.numbers[place], "年度", "", "请填写年度"))
