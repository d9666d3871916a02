"""Imports: a workbook comes in, its plan is seen."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from crm.actions.events import Author
from crm.actions.import_plans import plan_of
from crm.actions.imports import receive_upload
from crm.actions.tasks import is_finished_soon, start_task
from crm.forms.import_batch import ImportForm
from crm.models import ImportBatch
from crm.permissions import can, requires
from crm.queries.import_history import HistoryFilter, import_history, seen_batch
from crm.queries.import_preview import Summary, conflict_count, preview_page
from crm.queries.imports import batch_of, earlier_import
from crm.queries.tasks import task_of_batch
from pipelines.refusals import Refusal
from pipelines.sheets.lists import KINDS
from pipelines.vocabulary import ImportKind, ImportStatus, RowOutcome, TaskKind, TaskStatus

blueprint = Blueprint("imports", __name__, url_prefix="/imports")


@blueprint.get("")
@requires("imports.run")
def index() -> str:
    asked = HistoryFilter.from_args(request.args)
    of_all = can(current_user, "imports.oversee")
    page = import_history(asked, current_user, of_all)
    words = {"kinds": ImportKind, "states": ImportStatus}
    return render_template("imports/index.html", asked=asked, page=page, of_all=of_all, **words)


@blueprint.get("/new")
@requires("imports.run")
def new() -> str:
    return render_template("imports/new.html", form=ImportForm(), kinds=KINDS)


@blueprint.post("")
@requires("imports.run")
def create() -> ResponseReturnValue:
    form = ImportForm()
    if form.validate_on_submit() and form.performs(lambda: _read(form.file.data)):
        return redirect(form.outcome, 303)
    return render_template("imports/new.html", form=form, kinds=KINDS), form.http_status


@blueprint.get("/<int:batch_id>")
@requires("imports.run")
def show(batch_id: int) -> ResponseReturnValue:
    batch = shown_batch(batch_id)
    if batch.status is ImportStatus.READING and (task := task_of_batch(batch_id, current_user)):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    is_own = batch.created_by_id == current_user.id
    if batch.status is not ImportStatus.PREVIEWED or not is_own:
        return render_template("imports/ended.html", batch=batch, is_own=is_own)
    plan = plan_of(batch)
    return render_template(
        "imports/show.html",
        batch=batch,
        plan=plan,
        summary=Summary(plan.counts),
        page=preview_page(plan, batch, request.args),
        earlier=earlier_import(batch),
        outcomes=RowOutcome,
        conflicts=conflict_count(plan),
    )


def shown_batch(batch_id: int) -> ImportBatch:
    """One's own, or for who oversees imports anybody's: its outcome, never its rows."""
    return seen_batch(batch_id, current_user, can(current_user, "imports.oversee")) or abort(404)


def own_batch(batch_id: int) -> ImportBatch:
    return batch_of(batch_id, current_user) or abort(404)


def _read(upload: FileStorage) -> str:
    """Where to go next: to the preview, or to the task when reading takes longer than a page."""
    by = Author.of(current_user)
    batch = receive_upload(upload.stream, upload.filename or "", by)
    task = start_task(TaskKind.PREVIEW_IMPORT, {"batch_id": batch.id}, by)
    finished = is_finished_soon(task)
    if task.status is TaskStatus.FAILED:
        raise Refusal(task.message or "")
    return url_for("imports.show", batch_id=batch.id) if finished else url_for("tasks.show", task_id=task.id)
