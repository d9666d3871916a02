"""An import is taken back: first what that would come to, then the deed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.import_undoing import undoing_of
from crm.actions.tasks import is_finished_soon, start_task
from crm.permissions import requires
from crm.queries.parameters import LARGEST_ID
from crm.views.imports import shown_batch
from pipelines.vocabulary import TaskKind, TaskStatus

blueprint = Blueprint("import_undoings", __name__, url_prefix="/imports/<int:batch_id>/undoing")
_SHOWN = 200  # of firms with later edits; the rest is counted


@blueprint.get("")
@requires("imports.run")
def new(batch_id: int) -> str:
    batch = shown_batch(batch_id)
    return render_template("imports/undo.html", batch=batch, undoing=undoing_of(batch, current_user), shown=_SHOWN)


@blueprint.post("")
@requires("imports.run")
def create(batch_id: int) -> ResponseReturnValue:
    batch = shown_batch(batch_id)
    given = (text for text in request.form.getlist("forced") if text.isascii() and text.isdigit() and len(text) < 11)
    forced = [number for number in map(int, given) if number <= LARGEST_ID]
    task = start_task(TaskKind.UNDO_IMPORT, {"batch_id": batch.id, "forced": forced}, Author.of(current_user))
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    flash(task.message or "", "bad" if task.status is TaskStatus.FAILED else "good")
    return redirect(url_for("imports.show", batch_id=batch.id), 303)
