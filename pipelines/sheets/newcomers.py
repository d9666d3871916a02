"""Rows that are plainly new firms: a code the register has not, a name nobody bears, nothing wrong.

A first ledger is nothing but such rows. What they say stays in the columns it was read into, from where it is written;
what is special about a row is left to the slow way in plan.py, which says the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import Any

from pipelines.sheets.belongings import plan_contact, plan_recognitions
from pipelines.sheets.known import KnownFirms
from pipelines.sheets.ledger import Ledger
from pipelines.sheets.matching import namesakes
from pipelines.sheets.planned import Columns, PlannedRow, RowError, RowOfColumns, YearsOfColumns
from pipelines.vocabulary import RowOutcome


def newcomers(ledger: Ledger, known: KnownFirms, repeated: set[str], implausible: set[int]) -> dict[int, PlannedRow]:
    """Place → the row that creates a firm."""
    if any(year is None for _, year, _ in ledger.figures):
        return {}
    chosen = [
        firm is None
        and bool(code and name)
        and code not in repeated
        and place not in ledger.errors
        and place not in implausible
        and not namesakes(name, known)
        for place, (code, name, firm) in enumerate(zip(ledger.usccs, ledger.names, ledger.firms, strict=True))
    ]
    places = list(compress(range(len(chosen)), chosen))
    return dict(zip(places, _created(ledger, places), strict=True))


def _created(ledger: Ledger, places: list[int]) -> Iterator[PlannedRow]:
    sheet, numbers = ledger.table.sheet, ledger.table.numbers
    firms, years = {column.field: values for column, values in ledger.firm}, _years(ledger)
    contacts, titles = dict(ledger.contact), dict(ledger.recognitions)
    for place in places:
        person, told = plan_contact(_said(contacts, place), ())
        recognised, told_of_titles = plan_recognitions(_said(titles, place), ())
        number = numbers[place]
        doubts = [RowError(number, title, "", sentence) for title, sentence in (*told, *told_of_titles)]
        yield PlannedRow(
            f"{sheet}!{number}",
            sheet,
            number,
            RowOutcome.CREATE,
            None,
            ledger.names[place] or "",
            ledger.usccs[place] or "",
            RowOfColumns(firms, place),
            YearsOfColumns(years, place),
            person,
            recognised,
            (ledger.former_names[place] or ()) if ledger.former_names else (),
            doubts=(*ledger.doubts.get(place, ()), *doubts),
        )


def _years(ledger: Ledger) -> Mapping[int, Columns]:
    years: dict[int, dict[str, Sequence[Any]]] = {
        year: {} for year in sorted({year for _, year, _ in ledger.figures if year})
    }
    for column, year, values in ledger.figures:
        years[year or 0][column.field] = values
    return years


def _said(columns: Columns, place: int) -> dict[str, Any]:
    return {field: value for field, values in columns.items() if (value := values[place]) is not None}
