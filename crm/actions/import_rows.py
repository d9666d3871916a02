"""The rows of a confirmed plan, written in bulk inside the running transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.bulk import catch_up_sequence, free_firm_id, insert_rows, update_rows
from crm.actions.events import Author
from crm.actions.import_events import write_events
from crm.actions.project_partners import link_partners
from crm.actions.results import RESULTS, follow_results
from crm.actions.row_images import keep_images, keep_new_firms, snapshot
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import (
    AnnualFigures,
    Candidacy,
    Contact,
    Firm,
    FormerName,
    ImportBatch,
    Recognition,
    StageMove,
    User,
)
from crm.queries.imports import ITEM_MODELS
from pipelines.names import normalised_name
from pipelines.sheets.plan import ImportPlan, PlannedItem, PlannedRow
from pipelines.vocabulary import ContactRole, FirmStatus, RowOutcome

NumberedRows = Sequence[tuple[int, PlannedRow]]
_IDS_A_QUERY = 500  # SQLite takes a limited number of parameters
_CONTACT_FIELDS = ("name", "position", "phone", "email")
_RECOGNITION_FIELDS = ("valid_until", "certificate_no")


def write_plan(plan: ImportPlan, batch: ImportBatch, by: Author, progress: Callable[[int], None]) -> None:
    """Write what the plan changes, one event a firm, and the derived rows; no commit. progress counts four stages."""
    rows = _numbered([row for row in plan.rows if row.outcome in (RowOutcome.CREATE, RowOutcome.UPDATE)])
    now, touched = clock.now(), _touched_tables(rows)
    known = {row.firm_id for _, row in rows if row.firm_id}
    before = snapshot(touched, known, *_years_of(rows))
    _write_firms(rows, now)
    progress(1)
    _write_figures(rows, by.through, now)
    _write_contacts(rows)
    _write_recognitions(rows)
    _write_former_names(rows)
    _write_items(rows, now)
    progress(2)
    follow_results(((firm_id, row.item) for firm_id, row in rows if row.item), clock.today(), by)
    keep_images(f"import:{batch.id}", before, snapshot(touched, known, *_years_of(rows)))
    keep_new_firms(f"import:{batch.id}", touched, {firm_id for firm_id, _ in rows} - known)
    write_events(rows, batch, by, now)
    progress(3)
    refresh_standings({firm_id for firm_id, _ in rows}, clock.today())
    progress(4)


def _touched_tables(rows: NumberedRows) -> list[sa.Table]:
    """Where the rows write, and what follows from official results."""
    models: dict[Any, bool] = {
        Firm: True,
        AnnualFigures: any(row.figures for _, row in rows),
        Contact: any(row.contact for _, row in rows),
        Recognition: any(row.recognitions for _, row in rows),
        FormerName: any(row.former_names for _, row in rows),
    }
    models |= {ITEM_MODELS[row.item.kind]: True for _, row in rows if row.item}
    models |= dict.fromkeys((Candidacy, StageMove), any(row.item and row.item.kind in RESULTS for _, row in rows))
    return [model.__table__ for model, is_touched in models.items() if is_touched]


def _years_of(rows: NumberedRows) -> list[sa.ColumnElement[bool]]:
    """The years whose figures are written: the others need not be looked at."""
    return [AnnualFigures.year.in_({year for _, row in rows for year in row.figures})]


def _numbered(rows: Iterable[PlannedRow]) -> NumberedRows:
    """Each row with the id of its firm; several rows may speak of one new firm."""
    next_id = free_firm_id()
    new: dict[str, int] = {}
    numbered = []
    for row in rows:
        if row.firm_id is None and row.uscc not in new:
            new[row.uscc] = next_id
            next_id += 1
        numbered.append((row.firm_id or new[row.uscc], row))
    return numbered


def _write_firms(rows: NumberedRows, now: datetime) -> None:
    created = [(firm_id, row) for firm_id, row in rows if row.makes_firm]
    updated = [(firm_id, row) for firm_id, row in rows if row.outcome is RowOutcome.UPDATE and row.firm]
    _insert_firms(created, now)
    fields = _all_fields(row.firm for _, row in updated)
    update_rows(
        Firm,
        [*fields, "normalised_name", "updated_at"],
        (
            [firm_id, *(row.firm.get(field) for field in fields), _normalised(row.firm.get("name")), now]
            for firm_id, row in updated
        ),
    )


def _insert_firms(created: NumberedRows, now: datetime) -> None:
    given = _all_fields(row.firm for _, row in created)
    fields = [field for field in given if field not in ("uscc", "name", "status")]
    insert_rows(
        Firm,
        ["id", "uscc", "name", "normalised_name", "status", *fields, "is_demo", "created_at", "updated_at", "version"],
        (
            [firm_id, row.uscc, row.name, normalised_name(row.name), row.firm.get("status") or FirmStatus.ACTIVE]
            + [*map(row.firm.get, fields), False, now, now, 1]
            for firm_id, row in created
        ),
    )
    if created:
        catch_up_sequence(Firm)


def _normalised(name: str | None) -> str | None:
    return normalised_name(name) if name else None


def _write_figures(rows: NumberedRows, source: str, now: datetime) -> None:
    by_year: dict[tuple[int, int], Mapping[str, Any]] = {}
    for firm_id, row in rows:
        for year, values in row.figures.items():
            key = firm_id, year
            by_year[key] = {**by_year[key], **values} if key in by_year else values
    fields = _all_fields(by_year.values())
    known = _known_figures({firm_id for firm_id, row in rows if row.figures and row.firm_id})
    # One object for all rows that say the same fields: it is turned into JSON once.
    sources = {said: dict.fromkeys(said, source) for said in set(map(tuple, by_year.values()))}
    insert_rows(
        AnnualFigures,
        ["firm_id", "year", *fields, "sources", "updated_at", "version"],
        (
            [*key, *map(values.get, fields), sources[tuple(values)], now, 1]
            for key, values in by_year.items()
            if key not in known
        ),
    )
    update_rows(
        AnnualFigures,
        [*fields, "sources", "updated_at"],
        (
            [known[key][0], *map(values.get, fields), _sources(known[key][1], values, source), now]
            for key, values in by_year.items()
            if key in known
        ),
    )


def _known_figures(firm_ids: set[int]) -> dict[tuple[int, int], tuple[int, dict[str, str]]]:
    """(firm, year) → the row's id and the sources of its values."""
    found = {}
    for some in _portions(firm_ids):
        columns = sa.select(AnnualFigures.firm_id, AnnualFigures.year, AnnualFigures.id, AnnualFigures.sources)
        for firm_id, year, key, sources in db.session.execute(columns.where(AnnualFigures.firm_id.in_(some))):
            found[firm_id, year] = (key, sources)
    return found


def _sources(before: Mapping[str, str], values: Iterable[str], source: str) -> dict[str, str]:
    return dict(before) | dict.fromkeys(values, source)


def _write_contacts(rows: NumberedRows) -> None:
    contacts = [(firm_id, row.contact) for firm_id, row in rows if row.contact]
    insert_rows(
        Contact,
        ["firm_id", "role", *_CONTACT_FIELDS],
        (
            [firm_id, ContactRole.OTHER, *(contact.values.get(field) for field in _CONTACT_FIELDS)]
            for firm_id, contact in contacts
            if contact.id is None
        ),
    )
    update_rows(
        Contact,
        _CONTACT_FIELDS,
        (
            [contact.id, *(contact.values.get(field) for field in _CONTACT_FIELDS)]
            for _, contact in contacts
            if contact.id is not None
        ),
    )


def _write_recognitions(rows: NumberedRows) -> None:
    recognitions = [(firm_id, recognition) for firm_id, row in rows for recognition in row.recognitions]
    insert_rows(
        Recognition,
        ["firm_id", "title", "recognized_on", *_RECOGNITION_FIELDS, "is_renewal"],
        (
            [firm_id, each.title, each.recognized_on, each.valid_until, each.certificate_no, False]
            for firm_id, each in recognitions
            if each.id is None
        ),
    )
    update_rows(
        Recognition,
        ["recognized_on", *_RECOGNITION_FIELDS],
        (
            [each.id, each.recognized_on, each.valid_until, each.certificate_no]
            for _, each in recognitions
            if each.id is not None
        ),
    )


def _write_former_names(rows: NumberedRows) -> None:
    insert_rows(
        FormerName,
        ["firm_id", "name", "normalised_name"],
        ([firm_id, name, normalised_name(name)] for firm_id, row in rows for name in row.former_names),
    )


def _write_items(rows: NumberedRows, now: datetime) -> None:
    by_kind: dict[str, list[tuple[int, PlannedItem]]] = defaultdict(list)
    for firm_id, row in rows:
        if row.item:
            by_kind[row.item.kind].append((firm_id, row.item))
    if visits := by_kind.get("visit"):
        by_kind["visit"] = _signed(visits, now)
    for kind, items in by_kind.items():
        model = ITEM_MODELS[kind]
        if new := [(firm_id, item) for firm_id, item in items if item.id is None]:
            fields = _all_fields(item.values for _, item in new)
            rows_of_new = ([firm_id, *map(item.values.get, fields)] for firm_id, item in new)
            insert_rows(model, ["firm_id", *fields], rows_of_new)
        fields = _all_fields(item.values for _, item in items)
        update_rows(
            model, fields, ([item.id, *map(item.values.get, fields)] for _, item in items if item.id is not None)
        )
    link_partners(firm_id for firm_id, _ in by_kind["project"])


def _signed(visits: list[tuple[int, PlannedItem]], now: datetime) -> list[tuple[int, PlannedItem]]:
    """Earlier visits keep their author; one whose name belongs to a single account counts as that colleague's."""
    accounts: dict[str, list[int]] = defaultdict(list)
    for key, name in db.session.execute(sa.select(User.id, User.name)):
        accounts[name].append(key)
    signed = []
    for firm_id, visit in visits:
        meant = accounts.get(visit.values.get("by_name", ""), [])
        values = {**visit.values, **({"by_id": meant[0]} if len(meant) == 1 else {})}
        signed.append((firm_id, visit._replace(values=values | ({"noted_at": now} if visit.id is None else {}))))
    return signed


def _all_fields(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """In the order they are first said; most records say the same."""
    return list(dict.fromkeys(field for said in dict.fromkeys(map(tuple, records)) for field in said))


def _portions(keys: set[int]) -> Iterable[list[int]]:
    ordered = sorted(keys)
    return (ordered[start : start + _IDS_A_QUERY] for start in range(0, len(ordered), _IDS_A_QUERY))
