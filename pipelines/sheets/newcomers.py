"""Rows that are plainly new firms: a code the register has not, a name nobody bears, nothing wrong.

A first ledger is nothing but such rows, so they are put together a column at a time; what is special about a row is
left to the slow way in plan.py, which says the same.
"""

from collections.abc import Iterator, Sequence
from itertools import compress, repeat
from typing import Any

from pipelines.sheets.belongings import plan_contact, plan_recognitions
from pipelines.sheets.comparing import typed_column
from pipelines.sheets.known import KnownFirms
from pipelines.sheets.ledger import Ledger
from pipelines.sheets.matching import namesakes
from pipelines.sheets.planned import PlannedRow, RowError
from pipelines.vocabulary import RowOutcome

Rows = Iterator[dict[str, Any]]


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
    return dict(zip(places, _created(ledger, places, chosen), strict=True))


def _created(ledger: Ledger, places: list[int], chosen: list[bool]) -> Iterator[PlannedRow]:
    sheet, numbers = ledger.table.sheet, ledger.table.numbers
    firms = _rows(((column.field, values) for column, values in ledger.firm), chosen)
    figures = _figures(ledger, chosen)
    contacts, titles = _rows(ledger.contact, chosen), _rows(ledger.recognitions, chosen)
    for place, firm, years, contact, recognitions in zip(places, firms, figures, contacts, titles, strict=False):
        person, told = plan_contact(contact, ())
        recognised, told_of_titles = plan_recognitions(recognitions, ())
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
            firm,
            years,
            person,
            recognised,
            (ledger.former_names[place] or ()) if ledger.former_names else (),
            doubts=(*ledger.doubts.get(place, ()), *doubts),
        )


def _figures(ledger: Ledger, chosen: list[bool]) -> Iterator[dict[int, dict[str, Any]]]:
    """Row by row: year → what it says of that year."""
    years = sorted({year for _, year, _ in ledger.figures if year})
    by_year = [
        _rows(((column.field, values) for column, of, values in ledger.figures if of == year), chosen) for year in years
    ]
    for row in zip(*by_year, strict=True) if by_year else repeat(()):
        yield {year: figures for year, figures in zip(years, row, strict=False) if figures}


def _rows(columns: Any, chosen: list[bool]) -> Rows:
    """Columns of one part → for each chosen row what it says; endless and empty where there are no columns."""
    fields: list[str] = []
    values: list[Sequence[Any]] = []
    for field, column in columns:
        fields.append(field)
        values.append(typed_column(field, list(compress(column, chosen))))
    if not fields:
        return repeat({})  # shared, for nobody changes it
    return ({f: v for f, v in zip(fields, row, strict=True) if v is not None} for row in zip(*values, strict=True))
