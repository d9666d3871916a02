"""Firms as rows of a workbook: the columns of a list, or all that the importer knows, out of the same cells."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.clock import OFFICE_ZONE
from crm.extensions import Base, db
from crm.models import AnnualFigures, Contact, Firm, FormerName, Recognition, Standing
from crm.queries.import_differences import References, references
from pipelines.sheets.columns import (
    CONTACT_COLUMNS,
    FIGURE_COLUMNS,
    FIRM_COLUMNS,
    RECOGNITION_COLUMNS,
    Scope,
    column,
)
from pipelines.sheets.writing import BoundColumn

_FIRMS_A_QUERY = 500

# The columns of templates/firms/index.html; a test compares the two.
_LISTED: tuple[tuple[Scope, str], ...] = (
    ("firm", "uscc"), ("firm", "name"), ("firm", "township_id"), ("derived", "tier"), ("figures", "sales_revenue"),
    ("figures", "rd_spend"), ("derived", "rd_ratio"), ("figures", "staff"), ("derived", "tech_staff_ratio"),
    ("derived", "class_one_ip"), ("derived", "class_two_ip"), ("derived", "next_expiry_on"), ("firm", "owner_id"),
    ("firm", "founded_on"), ("derived", "latest_year"), ("derived", "completeness"),
)  # fmt: skip

Key = tuple[str, str, int | None]  # scope, field, year
Cells = dict[Key, Any]


def listed_columns() -> list[BoundColumn]:
    """What the list shows, in its order, led by the code that makes a row unmistakable."""
    return [(column(field, scope), None) for scope, field in _LISTED]


def ledger_columns(with_contacts: bool) -> list[BoundColumn]:
    """All columns of a firm, then its titles, then its figures year by year; those that nobody has are left out."""
    held = set(db.session.scalars(sa.select(Recognition.title).distinct()))
    titles = [each for each in RECOGNITION_COLUMNS if each.cell != "term" and each.word in held]
    people = CONTACT_COLUMNS if with_contacts else ()
    return [*((each, None) for each in (*FIRM_COLUMNS, *people, *titles)), *_figure_columns()]


def ledger_rows(firm_ids: Sequence[int], columns: Sequence[BoundColumn]) -> Iterator[list[Any]]:
    """Typed values in the order of the firms and of the columns, some hundred firms at a time.

    A figure of no year is that of the firm's latest one, as lists show it.
    """
    keys: list[Key] = [(each.scope, each.field, year) for each, year in columns]
    names = references()
    for start in range(0, len(firm_ids), _FIRMS_A_QUERY):
        some = firm_ids[start : start + _FIRMS_A_QUERY]
        cells = _cells(some, keys, names)
        for firm_id in some:
            if own := cells.get(firm_id):
                yield [own.get(key) for key in keys]


def _figure_columns() -> list[BoundColumn]:
    counts = [sa.func.count(getattr(AnnualFigures, each.field)) for each in FIGURE_COLUMNS]
    by_year = sa.select(AnnualFigures.year, *counts).group_by(AnnualFigures.year).order_by(AnnualFigures.year)
    return [
        (each, year)
        for year, *filled in db.session.execute(by_year)
        for each, count in zip(FIGURE_COLUMNS, filled, strict=True)
        if count
    ]


def _cells(firm_ids: Sequence[int], keys: Sequence[Key], names: References) -> dict[int, Cells]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for scope, field, year in keys:
        scope = "derived" if scope == "figures" and year is None else scope
        if field not in wanted[scope]:
            wanted[scope].append(field)
    cells = _own_cells(firm_ids, wanted["firm"], names)
    if wanted["derived"]:
        _add_derived(firm_ids, wanted["derived"], cells)
    if wanted["contact"]:
        _add_contacts(firm_ids, wanted["contact"], cells)
    if wanted["recognition"]:
        _add_recognitions(firm_ids, cells)
    if wanted["figures"]:
        _add_figures(firm_ids, wanted["figures"], cells)
    return cells


def _own_cells(firm_ids: Sequence[int], fields: Sequence[str], names: References) -> dict[int, Cells]:
    kept = [field for field in fields if field != "former_names"]
    cells: dict[int, Cells] = {}
    for firm_id, *values in _rows(Firm, ["id", *kept], Firm.id.in_(firm_ids)):
        cells[firm_id] = {
            ("firm", field, None): names[field].get(value) if field in names else value
            for field, value in zip(kept, values, strict=True)
        } or {("firm", "id", None): firm_id}
    if "former_names" in fields:
        former: dict[int, list[str]] = defaultdict(list)
        for firm_id, name in _rows(FormerName, ["firm_id", "name"], FormerName.firm_id.in_(firm_ids)):
            former[firm_id].append(name)
        for firm_id, before in former.items():
            cells[firm_id]["firm", "former_names", None] = before
    return cells


def _add_derived(firm_ids: Sequence[int], fields: Sequence[str], cells: dict[int, Cells]) -> None:
    for firm_id, *values in _rows(Standing, ["firm_id", *fields], Standing.firm_id.in_(firm_ids)):
        for field, value in zip(fields, values, strict=True):
            value = value.astimezone(OFFICE_ZONE).date() if isinstance(value, datetime) else value
            cells[firm_id]["derived", field, None] = cells[firm_id]["figures", field, None] = value


def _add_contacts(firm_ids: Sequence[int], fields: Sequence[str], cells: dict[int, Cells]) -> None:
    """A ledger has room for one person: the first one entered."""
    for firm_id, *values in reversed(_rows(Contact, ["firm_id", *fields], Contact.firm_id.in_(firm_ids))):
        for field, value in zip(fields, values, strict=True):
            cells[firm_id]["contact", field, None] = value


def _add_recognitions(firm_ids: Sequence[int], cells: dict[int, Cells]) -> None:
    """Of each title the latest recognition."""
    fields = ("recognized_on", "valid_until", "certificate_no")
    rows = _rows(Recognition, ["firm_id", "title", *fields], Recognition.firm_id.in_(firm_ids))
    for firm_id, title, *values in sorted(rows, key=lambda row: row.recognized_on):
        for field, value in zip(fields, values, strict=True):
            cells[firm_id]["recognition", f"{title.value}.{field}", None] = value


def _add_figures(firm_ids: Sequence[int], fields: Sequence[str], cells: dict[int, Cells]) -> None:
    rows = _rows(AnnualFigures, ["firm_id", "year", *fields], AnnualFigures.firm_id.in_(firm_ids))
    for firm_id, year, *values in rows:
        own = cells[firm_id]
        for field, value in zip(fields, values, strict=True):
            own["figures", field, year] = value


def _rows(model: type[Base], fields: Sequence[str], where: sa.ColumnElement[bool]) -> Sequence[Any]:
    """Plain tuples, in the order of entry."""
    key = sa.inspect(model).primary_key[0]
    columns = [getattr(model, field) for field in fields]
    return db.session.execute(sa.select(*columns).where(where).order_by(key)).all()
