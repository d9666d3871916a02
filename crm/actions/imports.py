"""An import: uploaded, seen, then done whole or not at all."""

from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from crm import clock
from crm.actions.evaluations import evaluate_import
from crm.actions.events import Author, record_event
from crm.actions.import_conflicts import guessed_source
from crm.actions.import_plans import no_collection, plan_of, raw_reading_of, reading_of
from crm.actions.import_rows import write_plan
from crm.actions.tasks import Progress, unwatched, work
from crm.actions.uploads import keep_upload
from crm.extensions import begin_exclusive, db
from crm.models import ImportBatch
from crm.queries.import_mappings import remembered, sheets_of
from pipelines.refusals import Refusal
from pipelines.sheets.plan import ImportPlan
from pipelines.sheets.tables import SheetReading, Table
from pipelines.vocabulary import EventKind, ImportKind, ImportStatus, RowOutcome, TaskKind

_CHANGING = (RowOutcome.CREATE, RowOutcome.UPDATE)
_STAGES = 6  # reading, planning, firms, what belongs to them, events, lists
_NAMING = frozenset({"uscc", "name", "former_names", "township_id"})
_OVER = {
    ImportStatus.DISCARDED: "这次导入已放弃，没有写入任何数据。需要时请重新上传。",
    ImportStatus.REFUSED: "这个文件没有通过检查，不能导入。请按提示修改后重新上传。",
    ImportStatus.UNDONE: "这次导入已经撤销，不能再改。需要时请重新上传这个文件。",
    ImportStatus.READING: "文件还在读取，请等预览出来后再确认。",
}
_MOVED = "预览之后企业库有了变化，预览已更新，没有写入任何数据。请再看一遍后确认。"


def receive_upload(stream: IO[bytes], file_name: str, by: Author) -> ImportBatch:
    """Keep the file; reading it may take longer than a page."""
    upload = keep_upload(stream, file_name)
    batch = ImportBatch(
        sha256=upload.sha256,
        file_name=upload.file_name,
        size=upload.size,
        status=ImportStatus.READING,
        created_by_id=by.user_id,
    )
    db.session.add(batch)
    db.session.commit()
    return batch


def preview_import(source: IO[bytes] | Path, file_name: str, by: Author) -> ImportBatch:
    """Keep, read and plan in one go; a file that cannot be read raises its sentence, and the batch keeps it."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return preview_import(stream, file_name, by)
    batch = receive_upload(source, file_name, by)
    read_upload(batch.id, by)
    return batch


def read_upload(batch_id: int, by: Author, progress: Progress = unwatched) -> ImportBatch:
    batch = db.session.get_one(ImportBatch, batch_id)
    progress(0, _STAGES)
    try:
        _recall(batch)
        plan = plan_of(batch)
    except Refusal as refusal:
        batch.status, batch.refusal = ImportStatus.REFUSED, str(refusal)
        record_event(EventKind.IMPORT_REFUSED, by, None, told_batch(batch) | {"reason": str(refusal)})
        db.session.commit()
        raise
    batch.status, batch.kind = ImportStatus.PREVIEWED, kind_of(reading_of(batch))
    note_plan(batch, plan)
    record_event(EventKind.IMPORT_PREVIEWED, by, None, told_batch(batch))
    db.session.commit()
    return batch


def answer_rows(batch_id: int, answers: dict[str, str], by: Author) -> ImportBatch:
    """Keep what an officer decided for rows that had a question: a firm's id, "new", "skip"; "" takes it back."""
    reading_of(db.session.get_one(ImportBatch, batch_id))  # before the lock: nobody should wait for a file to be read
    batch = awaiting(batch_id)
    merged = batch.answers | answers
    batch.answers = {key: answer for key, answer in merged.items() if answer}
    note_plan(batch, plan_of(batch))
    record_event(EventKind.IMPORT_ANSWERED, by, None, told_batch(batch) | {"answers": answers})
    db.session.commit()
    return batch


def discard_import(batch_id: int, by: Author) -> ImportBatch:
    batch = awaiting(batch_id)
    batch.status = ImportStatus.DISCARDED
    record_event(EventKind.IMPORT_DISCARDED, by, None, told_batch(batch))
    db.session.commit()
    return batch


def apply_import(batch_id: int, by: Author, progress: Progress = unwatched) -> ImportBatch:
    """Plan again under the writer's lock and write everything in one transaction.

    Confirmed twice, done once: the second finds the first one's result. A plan that is not the one that was seen
    writes nothing and goes back to the preview.
    """
    batch = db.session.get_one(ImportBatch, batch_id)
    progress(0, _STAGES)
    reading_of(batch)  # before the lock: nobody should wait for a file to be read
    db.session.rollback()
    begin_exclusive()
    db.session.refresh(batch)
    if batch.status is ImportStatus.APPLIED:
        db.session.rollback()
        return batch
    _refuse_unless_previewed(batch)
    progress(1, _STAGES)
    plan = plan_of(batch)
    if plan.digest != batch.plan_digest:
        note_plan(batch, plan)
        db.session.commit()
        raise Refusal(_MOVED)
    author = replace(by, through=f"import:{batch.id}")
    with no_collection():
        write_plan(plan, batch, author, lambda done: progress(2 + done, _STAGES))
    batch.status = ImportStatus.APPLIED
    batch.applied_at = clock.now()
    record_event(EventKind.IMPORT_APPLIED, author, None, told_batch(batch))
    db.session.commit()
    return batch


@work(TaskKind.PREVIEW_IMPORT)
def _preview(arguments: dict[str, Any], by: Author, progress: Progress) -> str:
    batch = read_upload(arguments["batch_id"], by, progress)
    return f"已读取 {sum(batch.counts.values())} 行，请预览后确认。"


@work(TaskKind.APPLY_IMPORT)
def _apply(arguments: dict[str, Any], by: Author, progress: Progress) -> str:
    batch = apply_import(arguments["batch_id"], by, progress)
    evaluate_import(batch.id, clock.today(), progress)
    return f"已导入 {sum(batch.counts[outcome] for outcome in _CHANGING)} 行。"


def kind_of(reading: SheetReading) -> ImportKind:
    kinds = {_kind_of_table(table) for table in reading.tables}
    return kinds.pop() if len(kinds) == 1 else ImportKind.SEVERAL


def _kind_of_table(table: Table) -> ImportKind:
    """A ledger that beside names and codes holds figures alone is one of figures."""
    if table.kind:
        return ImportKind(table.kind.name)
    said = {bound.column for bound in table.bindings if bound.column.field not in _NAMING}
    if not said or any(column.scope not in ("figures", "derived", "row") for column in said):
        return ImportKind.LEDGER
    figures = {column.field for column in said if column.scope == "figures"}
    return ImportKind.DEDUCTION if figures == {"rd_spend_deduction"} else ImportKind.FIGURES


def _recall(batch: ImportBatch) -> None:
    """What was said of the columns of such a file before, and what its name says of its figures."""
    reading = raw_reading_of(batch)
    known = remembered(reading)
    for mapping in known:
        mapping.used_at = clock.now()
    if known:
        batch.wishes = {"columns": {mapping.fingerprint: mapping.columns for mapping in known}}
    batch.source = guessed_source(batch, sheets_of(reading.tables))


def awaiting(batch_id: int) -> ImportBatch:
    begin_exclusive()
    batch = db.session.get_one(ImportBatch, batch_id, populate_existing=True)
    _refuse_unless_previewed(batch)
    return batch


def _refuse_unless_previewed(batch: ImportBatch) -> None:
    if batch.status is ImportStatus.APPLIED:
        raise Refusal("这次导入已经完成，不能再改。")
    if batch.status is not ImportStatus.PREVIEWED:
        raise Refusal(_OVER[batch.status])


def note_plan(batch: ImportBatch, plan: ImportPlan) -> None:
    batch.plan_digest = plan.digest
    batch.counts = {outcome.value: plan.counts.get(outcome, 0) for outcome in RowOutcome}


def told_batch(batch: ImportBatch) -> dict[str, Any]:
    return {"batch": batch.id, "file_name": batch.file_name, "sha256": batch.sha256, "counts": batch.counts}
