"""Firms as rows of a workbook: the columns of a list, or all that the importer knows, filled in the same way."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.clock import OFFICE_ZONE
from crm.extensions import Base, db
from crm.models import AnnualFigures, Contact, Firm, FormerName, LatestEvaluation, Recognition, Standing
from crm.queries.import_differences import References, references
from crm.queries.list_columns import shown_columns
from crm.queries.next_steps import IS_NEXT_STEP, WORKED, NextStep
from pipelines.sheets.columns import (
    CONTACT_COLUMNS,
    DERIVED_COLUMNS,
    FIGURE_COLUMNS,
    FIRM_COLUMNS,
    RECOGNITION_COLUMNS,
    Column,
    Scope,
    column,
)
from pipelines.sheets.writing import BoundColumn
from pipelines.vocabulary import Programme

_FIRMS_A_QUERY = 500
# A column of a judgement → the programme and the field of the latest judgement it shows.
_JUDGED = {
    "high_tech_verdict": (Programme.HIGH_TECH, "verdict"),
    "shortlist": (Programme.HIGH_TECH, "shortlist"),
    "gap_words": (Programme.HIGH_TECH, "gap_words"),
    "colour": (Programme.TRI_COLOR, "colour"),
}
_RECOGNITION_FIELDS = ("recognized_on", "valid_until", "certificate_no")

Lines = dict[int, list[Any]]  # firm → its row, filled part by part
Places = dict[Any, list[tuple[int, int]]]  # what a record is found by → (place in the record, place in the row)


def listed_columns(chosen: tuple[str, ...] = ()) -> list[BoundColumn]:
    """What the list shows."""
    return [(column(each.field, each.scope), None) for each in shown_columns(chosen)]


def ledger_columns() -> list[BoundColumn]:
    """All columns of a firm, then its titles, then its figures year by year; those that nobody has are left out."""
    held = set(db.session.scalars(sa.select(Recognition.title).distinct()))
    titles = [each for each in RECOGNITION_COLUMNS if each.cell != "term" and each.word in held]
    return [*((each, None) for each in (*FIRM_COLUMNS, *CONTACT_COLUMNS, *titles)), *_figure_columns()]


def ledger_rows(firm_ids: Sequence[int], columns: Sequence[BoundColumn]) -> Iterator[list[Any]]:
    """Typed values in the order of the firms and of the columns, some hundred firms at a time.

    A figure of no year is that of the firm's latest one, as lists show it.
    """
    names = references()
    for start in range(0, len(firm_ids), _FIRMS_A_QUERY):
        some = firm_ids[start : start + _FIRMS_A_QUERY]
        lines: Lines = {firm_id: [None] * len(columns) for firm_id in some}
        _fill_own(lines, columns, names)
        _fill_derived(lines, columns)
        _fill_judged(lines, columns)
        _fill_worked(lines, columns)
        _fill_contacts(lines, columns)
        _fill_recognitions(lines, columns)
        _fill_figures(lines, columns)
        yield from lines.values()


def derived_columns() -> list[Column]:
    """Of what the machine works out, all that it keeps."""
    return [each for each in DERIVED_COLUMNS if each.field in _JUDGED or hasattr(Standing, each.field)]


def _figure_columns() -> list[BoundColumn]:
    counts = [sa.func.count(getattr(AnnualFigures, each.field)) for each in FIGURE_COLUMNS]
    by_year = sa.select(AnnualFigures.year, *counts).group_by(AnnualFigures.year).order_by(AnnualFigures.year)
    return [
        (each, year)
        for year, *filled in db.session.execute(by_year)
        for each, count in zip(FIGURE_COLUMNS, filled, strict=True)
        if count
    ]


def _fill_own(lines: Lines, columns: Sequence[BoundColumn], names: References) -> None:
    fields = _fields(columns, "firm")
    places = [(places[0], names.get(field)) for field, places in fields.items() if field != "former_names"]
    kept = [field for field in fields if field != "former_names"]
    for firm_id, *values in _records(Firm, ["id", *kept], Firm.id.in_(lines)) if kept else ():
        line = lines[firm_id]
        for (place, spoken), value in zip(places, values, strict=True):
            line[place] = spoken.get(value) if spoken else value
    for place in fields.get("former_names", ()):
        before: dict[int, list[str]] = defaultdict(list)
        for firm_id, name in _records(FormerName, ["firm_id", "name"], FormerName.firm_id.in_(lines)):
            before[firm_id].append(name)
        for firm_id, former in before.items():
            lines[firm_id][place] = former


def _fill_derived(lines: Lines, columns: Sequence[BoundColumn]) -> None:
    fields = _fields(columns, "derived") | _fields(columns, "figures", (None,))
    fields = {field: places for field, places in fields.items() if field not in _JUDGED and field not in WORKED}
    for firm_id, *values in _records(Standing, ["firm_id", *fields], Standing.firm_id.in_(lines)) if fields else ():
        line = lines[firm_id]
        for places, value in zip(fields.values(), values, strict=True):
            line[places[0]] = value.astimezone(OFFICE_ZONE).date() if isinstance(value, datetime) else value


def _fill_judged(lines: Lines, columns: Sequence[BoundColumn]) -> None:
    """What the latest judgements say; a firm that was never judged has nothing there."""
    fields = {field: places for field, places in _fields(columns, "derived").items() if field in _JUDGED}
    attributes = sorted({_JUDGED[field][1] for field in fields})
    wanted = ["firm_id", "programme", *attributes]
    for row in _records(LatestEvaluation, wanted, LatestEvaluation.firm_id.in_(lines)) if fields else ():
        for field, places in fields.items():
            programme, attribute = _JUDGED[field]
            if row.programme is programme:
                lines[row.firm_id][places[0]] = getattr(row, attribute)


def _fill_worked(lines: Lines, columns: Sequence[BoundColumn]) -> None:
    fields = {field: places for field, places in _fields(columns, "derived").items() if field in WORKED}
    wanted = sa.select(Firm.id, *(WORKED[field] for field in fields)).outerjoin(NextStep, IS_NEXT_STEP)
    for firm_id, *values in db.session.execute(wanted.where(Firm.id.in_(lines))) if fields else ():
        for places, value in zip(fields.values(), values, strict=True):
            lines[firm_id][places[0]] = value


def _fill_contacts(lines: Lines, columns: Sequence[BoundColumn]) -> None:
    """A ledger has room for one person: the first one entered."""
    fields = _fields(columns, "contact")
    found = _records(Contact, ["firm_id", *fields], Contact.firm_id.in_(lines)) if fields else ()
    for firm_id, *values in reversed(found):
        for places, value in zip(fields.values(), values, strict=True):
            lines[firm_id][places[0]] = value


def _fill_recognitions(lines: Lines, columns: Sequence[BoundColumn]) -> None:
    """Of each title the latest recognition."""
    fields = _fields(columns, "recognition")
    wanted = ["firm_id", "title", *_RECOGNITION_FIELDS]
    found = _records(Recognition, wanted, Recognition.firm_id.in_(lines)) if fields else ()
    for firm_id, title, *values in sorted(found, key=lambda row: row.recognized_on):
        for field, value in zip(_RECOGNITION_FIELDS, values, strict=True):
            for place in fields.get(f"{title.value}.{field}", ()):
                lines[firm_id][place] = value


def _fill_figures(lines: Lines, columns: Sequence[BoundColumn]) -> None:
    years = sorted({year for each, year in columns if each.scope == "figures" and year})
    fields = _fields(columns, "figures", years)
    places: Places = defaultdict(list)
    for place, (each, year) in enumerate(columns):
        if each.scope == "figures" and year:
            places[year].append((list(fields).index(each.field), place))
    here = AnnualFigures.firm_id.in_(lines) & AnnualFigures.year.in_(years)
    for firm_id, year, *values in _records(AnnualFigures, ["firm_id", "year", *fields], here) if years else ():
        line = lines[firm_id]
        for among, place in places[year]:
            line[place] = values[among]


def _fields(
    columns: Sequence[BoundColumn], scope: Scope, years: Sequence[int | None] = (None,)
) -> dict[str, list[int]]:
    """Field → its places in a row, for the columns of one scope."""
    fields: dict[str, list[int]] = defaultdict(list)
    for place, (each, year) in enumerate(columns):
        if each.scope == scope and year in years:
            fields[each.field].append(place)
    return fields


def _records(model: type[Base], fields: Sequence[str], where: sa.ColumnElement[bool]) -> Sequence[Any]:
    """Plain tuples, in the order of entry; through the connection, since the session would cost as much again."""
    key = sa.inspect(model).primary_key[0]
    columns = [getattr(model, field) for field in fields]
    return db.session.connection().execute(sa.select(*columns).where(where).order_by(key)).all()
