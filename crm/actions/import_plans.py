"""What an import would do: worked out from the kept file whenever it is asked for, never stored."""

import gc
import hashlib
import json
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock

from flask import current_app

from crm import clock
from crm.actions.import_conflicts import with_conflicts
from crm.actions.uploads import kept_upload, readings_folder
from crm.extensions import db
from crm.models import ImportBatch, User
from crm.queries.import_mappings import wishes_of
from crm.queries.imports import archived_firms, known_firms, last_change, townships_of_firms
from crm.queries.places import places
from crm.queries.scope import visible_townships
from pipelines.sheets.lists import KINDS
from pipelines.sheets.mapping import wished
from pipelines.sheets.plan import ImportPlan, PlannedRow, RowError, plan_import
from pipelines.sheets.reading import read_sheets
from pipelines.sheets.tables import Limits, SheetReading
from pipelines.vocabulary import FiguresSource, RowOutcome

_PLANS_KEPT = 2  # a page of a plan is asked for many times; a plan of 40,000 rows is large
_ARCHIVED = "该企业已归档，请先恢复再导入这一行。"
_OUTSIDE = "不在您的辖区：镇街专干只能导入本镇街的企业。"

_plans: OrderedDict[tuple[object, ...], ImportPlan] = OrderedDict()
_plans_lock = Lock()


def plan_of(batch: ImportBatch) -> ImportPlan:
    """The plan as of now; the same object as long as nothing it depends on has changed.

    Every change of firms, places and people leaves an event in its own transaction: so under the writer's lock, too, a
    plan as old as the newest event is the plan as of now.
    """
    said = json.dumps([batch.answers, batch.wishes, batch.source], sort_keys=True)
    key = (current_app.instance_path, batch.id, batch.sha256, said, last_change())
    with _plans_lock:
        if kept := _plans.get(key):
            return kept
    viewer = db.session.get(User, batch.created_by_id) if batch.created_by_id else None
    with no_collection():
        plan = planned(reading_of(batch), viewer, batch.answers, batch.source)
    with _plans_lock:
        _plans[key] = plan
        while len(_plans) > _PLANS_KEPT:
            _plans.popitem(last=False)
    return plan


def reading_of(batch: ImportBatch) -> SheetReading:
    """The rows of the kept file, as the officer wished it to be read."""
    return wished(raw_reading_of(batch), wishes_of(batch.wishes))


def raw_reading_of(batch: ImportBatch) -> SheetReading:
    """The rows of the kept file. Its name is its hash, so what was read once need not be read again."""
    return _read(kept_upload(batch.sha256, batch.file_name), batch.file_name, limits(), readings_folder())


def planned(
    reading: SheetReading, viewer: User | None, answers: dict[str, str], source: FiguresSource | None = None
) -> ImportPlan:
    plan = plan_import(reading, known_firms(reading), answers, places())
    return _within_reach(with_conflicts(plan, source, answers), viewer)


@contextmanager
def no_collection() -> Iterator[None]:
    """Hundreds of thousands of values are made and none is rubbish: the collector would walk over them in vain."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def limits() -> Limits:
    settings = current_app.config
    return Limits(
        bytes=settings["UPLOAD_MAX_BYTES"],
        rows=settings["IMPORT_MAX_ROWS"],
        columns=settings["IMPORT_MAX_COLUMNS"],
        seconds=settings["IMPORT_MAX_SECONDS"],
        memory_mb=settings["IMPORT_MAX_MEMORY_MB"],
    )


@lru_cache(maxsize=1)
def _read(path: Path, file_name: str, within: Limits, kept_in: Path) -> SheetReading:
    return read_sheets(path, file_name, within, kept_in)


def _within_reach(plan: ImportPlan, viewer: User | None) -> ImportPlan:
    """Turn rows into faulty ones that this person, or anybody, may not write."""
    archived = archived_firms()
    reach = visible_townships(viewer)
    homes = townships_of_firms() if reach is not None else {}
    today = clock.today()
    rows = [_lived(row, today) for row in plan.rows]
    if archived or reach is not None:
        rows = [_reachable(row, archived, reach, homes) for row in rows]
    created = {row.uscc for row in rows if row.makes_firm}
    rows = [_refused(row, _OUTSIDE) if _is_orphan(row, created) else row for row in rows]
    refused = "".join(row.key for row, before in zip(rows, plan.rows, strict=True) if row is not before)
    digest = hashlib.sha256(f"{plan.digest}{refused}".encode()).hexdigest()
    counts = Counter(row.outcome for row in rows)
    return ImportPlan(tuple(rows), plan.notes, plan.unknown_titles, counts, digest if refused else plan.digest)


def _lived(row: PlannedRow, today: date) -> PlannedRow:
    """A visit, a certificate, a result of a day that is still to come cannot have been."""
    if row.item is None or row.outcome is RowOutcome.FAULTY:
        return row
    kind = next(each for each in KINDS if each.name == row.item.kind)
    for field in kind.lived:
        if (day := row.item.values.get(field)) and day > today:
            return _refused(row, f"{kind.title_of(field)}晚于今天，请核对")
    return row


def _reachable(
    row: PlannedRow, archived: set[int], reach: frozenset[int] | None, homes: dict[int, int | None]
) -> PlannedRow:
    if row.outcome in (RowOutcome.FAULTY, RowOutcome.DUPLICATE):
        return row
    if row.firm_id in archived:
        return _refused(row, _ARCHIVED)
    if reach is None or _adds_to_new_firm(row):
        return row
    if row.outcome is RowOutcome.QUESTION:
        return row._replace(candidates=tuple(each for each in row.candidates if homes.get(each.firm_id) in reach))
    new = row.firm.get("township_id")
    home = homes.get(row.firm_id) if row.firm_id else new
    return row if home in reach and (new is None or new in reach) else _refused(row, _OUTSIDE)


def _is_orphan(row: PlannedRow, created: set[str]) -> bool:
    """Whether a row adds to a new firm whose own row was refused."""
    return _adds_to_new_firm(row) and row.uscc not in created


def _adds_to_new_firm(row: PlannedRow) -> bool:
    return row.firm_id is None and (row.outcome is RowOutcome.UPDATE or row.item is not None)


def _refused(row: PlannedRow, message: str) -> PlannedRow:
    error = RowError(row.row, "企业名称", row.name, message)
    return row._replace(outcome=RowOutcome.FAULTY, errors=(*row.errors, error), differences=())
