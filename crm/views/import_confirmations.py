"""The confirmation of an import: sent twice, it leads to the first result."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.tasks import is_finished_soon, start_task
from crm.permissions import requires
from crm.views.imports import own_batch
from pipelines.vocabulary import TaskKind, TaskStatus

blueprint = Blueprint("import_confirmations", __name__, url_prefix="/imports/<int:batch_id>/confirmation")


@blueprint.post("")
@requires("imports.run")
def create(batch_id: int) -> ResponseReturnValue:
    batch = own_batch(batch_id)
    task = start_task(TaskKind.APPLY_IMPORT, {"batch_id": batch.id}, Author.of(current_user))
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    if task.status is TaskStatus.FAILED:
        flash(task.message or "", "bad")
    return redirect(url_for("imports.show", batch_id=batch.id), 303)
