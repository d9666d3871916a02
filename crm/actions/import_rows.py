"""The rows of a confirmed plan, written in bulk inside the running transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import repeat
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.bulk import catch_up_sequence, insert_rows, update_rows
from crm.actions.events import Author
from crm.actions.import_events import write_events
from crm.actions.import_figures import write_figures
from crm.actions.numbered_rows import NumberedRows, all_fields, numbered
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
from crm.models.types import Hundredths
from crm.queries.imports import ITEM_MODELS
from pipelines.names import normalised_name
from pipelines.sheets.plan import ImportPlan, PlannedItem
from pipelines.sheets.planned import PlannedRow, RowOfColumns, in_columns
from pipelines.vocabulary import ContactRole, FirmStatus, RowOutcome

_CONTACT_FIELDS = ("name", "position", "phone", "email")
_RECOGNITION_FIELDS = ("valid_until", "certificate_no")
# Rows say these as the database keeps them.
_HUNDREDTHS = [column.key for column in sa.inspect(Firm).columns if isinstance(column.type, Hundredths)]


def write_plan(plan: ImportPlan, batch: ImportBatch, by: Author, progress: Callable[[int], None]) -> None:
    """Write what the plan changes, one event a firm, and the derived rows; no commit. progress counts four stages."""
    rows = numbered([row for row in plan.rows if row.outcome in (RowOutcome.CREATE, RowOutcome.UPDATE)])
    now, touched = clock.now(), _touched_tables(rows)
    known, years = {row.firm_id for _, row in rows if row.firm_id}, _years_of(rows)
    before = snapshot(touched, known, *years)
    _write_firms(rows, now)
    progress(1)
    write_figures(rows, by.through, now)
    _write_contacts(rows)
    _write_recognitions(rows)
    _write_former_names(rows)
    _write_items(rows, now)
    progress(2)
    follow_results(((firm_id, row.item) for firm_id, row in rows if row.item), clock.today(), by)
    keep_images(f"import:{batch.id}", before, snapshot(touched, known, *years))
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
    """The years whose figures are written for known firms: the others need not be looked at."""
    return [AnnualFigures.year.in_({year for _, row in rows if row.firm_id for year in row.figures})]


def _write_firms(rows: NumberedRows, now: datetime) -> None:
    for created in _by_table([(firm_id, row) for firm_id, row in rows if row.makes_firm]):
        _insert_firms(created, now)
    updated = [(firm_id, row) for firm_id, row in rows if row.outcome is RowOutcome.UPDATE and row.firm]
    fields = all_fields(row.firm for _, row in updated)
    update_rows(
        Firm,
        [*fields, "normalised_name", "updated_at"],
        ([firm_id, *map(row.firm.get, fields), _normalised(row.firm.get("name")), now] for firm_id, row in updated),
        as_kept=_HUNDREDTHS,
    )


def _insert_firms(created: NumberedRows, now: datetime) -> None:
    said = dict(in_columns([row.firm for _, row in created]))
    states = said.pop("status", [None] * len(created))
    given = {field: values for field, values in said.items() if field not in ("uscc", "name")}
    own = zip(*((firm_id, row.uscc, row.name, normalised_name(row.name)) for firm_id, row in created), strict=True)
    constants = {"is_demo": False, "created_at": now, "updated_at": now, "version": 1}
    columns = *own, [state or FirmStatus.ACTIVE for state in states], *given.values(), *map(repeat, constants.values())
    insert_rows(
        Firm,
        ["id", "uscc", "name", "normalised_name", "status", *given, *constants],
        zip(*columns, strict=False),  # the constants have no end
        as_kept=_HUNDREDTHS,
    )
    catch_up_sequence(Firm)


def _by_table(rows: NumberedRows) -> Iterable[NumberedRows]:
    """Those together that say what they say in the columns of one table, and those that do not."""
    found: dict[int, list[tuple[int, PlannedRow]]] = defaultdict(list)
    for firm_id, row in rows:
        found[id(row.firm.columns) if isinstance(row.firm, RowOfColumns) else 0].append((firm_id, row))
    return found.values()


def _normalised(name: str | None) -> str | None:
    return normalised_name(name) if name else None


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
            fields = all_fields(item.values for _, item in new)
            rows_of_new = ([firm_id, *map(item.values.get, fields)] for firm_id, item in new)
            insert_rows(model, ["firm_id", *fields], rows_of_new)
        fields = all_fields(item.values for _, item in items)
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
