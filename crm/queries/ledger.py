"""Firms as rows of a ledger that can be imported again: the columns the importer knows, where anybody has a value."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import AnnualFigures, Contact, Firm, FormerName, Recognition
from crm.queries.import_differences import References, references
from pipelines.sheets.columns import CONTACT_COLUMNS, FIGURE_COLUMNS, FIRM_COLUMNS, RECOGNITION_COLUMNS
from pipelines.sheets.writing import BoundColumn
from pipelines.vocabulary import Title

_FIRMS_A_QUERY = 500
_OWN_FIELDS = tuple(each.field for each in FIRM_COLUMNS if each.field != "former_names")
_CONTACT_FIELDS = tuple(each.field for each in CONTACT_COLUMNS)
_RECOGNITION_FIELDS = ("recognized_on", "valid_until", "certificate_no")

# (scope, field, year) → value, for one firm
Cells = dict[tuple[str, str, int | None], Any]


def ledger_columns(with_contacts: bool) -> list[BoundColumn]:
    """All columns of a firm, then its titles, then its figures year by year; those that nobody has are left out."""
    held = set(db.session.scalars(sa.select(Recognition.title).distinct()))
    titles = [each for each in RECOGNITION_COLUMNS if each.cell != "term" and each.word in held]
    people = CONTACT_COLUMNS if with_contacts else ()
    return [*((each, None) for each in (*FIRM_COLUMNS, *people, *titles)), *_figure_columns()]


def ledger_rows(firm_ids: Sequence[int], columns: Sequence[BoundColumn]) -> Iterator[list[Any]]:
    """Typed values in the order of the columns, some hundred firms at a time."""
    names = references()
    keys = [(column.scope, column.field, year) for column, year in columns]
    for start in range(0, len(firm_ids), _FIRMS_A_QUERY):
        some = firm_ids[start : start + _FIRMS_A_QUERY]
        cells = _cells(some, names)
        for firm_id in some:
            if own := cells.get(firm_id):
                yield [own.get(key) for key in keys]


def _figure_columns() -> list[BoundColumn]:
    counts = [sa.func.count(getattr(AnnualFigures, each.field)) for each in FIGURE_COLUMNS]
    by_year = sa.select(AnnualFigures.year, *counts).group_by(AnnualFigures.year).order_by(AnnualFigures.year)
    return [
        (column, year)
        for year, *filled in db.session.execute(by_year)
        for column, count in zip(FIGURE_COLUMNS, filled, strict=True)
        if count
    ]


def _cells(firm_ids: Sequence[int], names: References) -> dict[int, Cells]:
    cells: dict[int, Cells] = {}
    columns = [getattr(Firm, field) for field in _OWN_FIELDS]
    for firm_id, *values in db.session.execute(sa.select(Firm.id, *columns).where(Firm.id.in_(firm_ids))):
        cells[firm_id] = {
            ("firm", field, None): names[field].get(value) if field in names else value
            for field, value in zip(_OWN_FIELDS, values, strict=True)
        }
    _add_former_names(firm_ids, cells)
    _add_contacts(firm_ids, cells)
    _add_recognitions(firm_ids, cells)
    _add_figures(firm_ids, cells)
    return cells


def _add_former_names(firm_ids: Sequence[int], cells: dict[int, Cells]) -> None:
    former: dict[int, list[str]] = defaultdict(list)
    statement = sa.select(FormerName.firm_id, FormerName.name).where(FormerName.firm_id.in_(firm_ids))
    for firm_id, name in db.session.execute(statement.order_by(FormerName.id)):
        former[firm_id].append(name)
    for firm_id, names in former.items():
        cells[firm_id]["firm", "former_names", None] = names


def _add_contacts(firm_ids: Sequence[int], cells: dict[int, Cells]) -> None:
    """A ledger has room for one person: the first one entered."""
    columns = [getattr(Contact, field) for field in _CONTACT_FIELDS]
    statement = sa.select(Contact.firm_id, *columns).where(Contact.firm_id.in_(firm_ids))
    for firm_id, *values in db.session.execute(statement.order_by(Contact.id.desc())):
        for field, value in zip(_CONTACT_FIELDS, values, strict=True):
            cells[firm_id]["contact", field, None] = value


def _add_recognitions(firm_ids: Sequence[int], cells: dict[int, Cells]) -> None:
    """Of each title the latest recognition."""
    columns = [getattr(Recognition, field) for field in _RECOGNITION_FIELDS]
    statement = sa.select(Recognition.firm_id, Recognition.title, *columns).where(Recognition.firm_id.in_(firm_ids))
    for firm_id, title, *values in db.session.execute(statement.order_by(Recognition.recognized_on)):
        for field, value in zip(_RECOGNITION_FIELDS, values, strict=True):
            cells[firm_id]["recognition", f"{Title(title)}.{field}", None] = value


def _add_figures(firm_ids: Sequence[int], cells: dict[int, Cells]) -> None:
    columns = [getattr(AnnualFigures, each.field) for each in FIGURE_COLUMNS]
    statement = sa.select(AnnualFigures.firm_id, AnnualFigures.year, *columns)
    for firm_id, year, *values in db.session.execute(statement.where(AnnualFigures.firm_id.in_(firm_ids))):
        own = cells[firm_id]
        for column, value in zip(FIGURE_COLUMNS, values, strict=True):
            own["figures", column.field, year] = value
