"""Before the preview: which sheets to read, what unknown columns mean, where the figures come from."""

from collections.abc import Mapping
from typing import Any

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.import_plans import plan_of, raw_reading_of
from crm.actions.imports import awaiting, kind_of, note_plan, told_batch
from crm.extensions import begin_exclusive, db
from crm.models import ColumnMapping, ImportBatch
from crm.queries.import_mappings import mapping_of
from pipelines.refusals import Refusal
from pipelines.sheets.mapping import Wishes, conflicts_in, fingerprint, unknown_columns, wished
from pipelines.sheets.tables import SheetReading
from pipelines.vocabulary import EventKind, FiguresSource

_LONGEST_TITLE = 80


def wish_import(batch_id: int, wishes: Wishes, source: FiguresSource | None, by: Author) -> ImportBatch:
    """Plan the file as it is wished; what columns mean is remembered for the next file of this shape."""
    raw = raw_reading_of(db.session.get_one(ImportBatch, batch_id))  # before the lock: reading takes its time
    if wrong := [sentence for table in raw.tables for sentence in conflicts_in(table, wishes)]:
        raise Refusal("；".join(wrong) + "。没有改动，请修改后再保存。")
    reading = wished(raw, wishes)
    batch = awaiting(batch_id)
    kept = {"left_out": list(wishes.left_out), "columns": dict(wishes.columns), "years": dict(wishes.years)}
    batch.wishes, batch.source, batch.kind = kept, source, kind_of(reading)
    _remember(raw, wishes, by)
    note_plan(batch, plan_of(batch))
    about = {"left_out": kept["left_out"], "columns": kept["columns"], "source": source and source.value}
    record_event(EventKind.IMPORT_MAPPED, by, None, told_batch(batch) | about)
    db.session.commit()
    return batch


def forget_mapping(mapping_id: int, by: Author) -> None:
    begin_exclusive()
    if mapping := db.session.get(ColumnMapping, mapping_id):
        about = {"subject": "、".join(mapping.titles)[:200], "subject_id": mapping.id, "columns": mapping.columns}
        record_event(EventKind.MAPPING_FORGOTTEN, by, None, about)
        db.session.delete(mapping)
        db.session.commit()


def _remember(reading: SheetReading, wishes: Wishes, by: Author) -> None:
    """The newest word counts; a table of which nothing was mapped any more is forgotten."""
    for table in reading.tables:
        shape = fingerprint(table)
        known = {unknown.shape for unknown in unknown_columns(table)}
        columns = {title: key for title, key in wishes.columns.get(shape, {}).items() if title in known}
        kept = mapping_of(shape)
        if not columns:
            if kept:
                db.session.delete(kept)
            continue
        titles = [title[:_LONGEST_TITLE] for title in table.titles if title]
        _keep(kept, shape, {"titles": titles, "columns": columns, "made_by": by.name, "made_at": clock.now()})


def _keep(kept: ColumnMapping | None, shape: str, values: Mapping[str, Any]) -> None:
    if kept is None:
        db.session.add(ColumnMapping(fingerprint=shape, **values))
    elif kept.columns != values["columns"]:
        for field, value in values.items():
            setattr(kept, field, value)
