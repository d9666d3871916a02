"""Long work: how far it is, and where its result lies."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.permissions import requires
from crm.queries.tasks import TaskState, state_of, task_of, tasks_of
from pipelines.vocabulary import TaskKind, TaskStatus

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")


@blueprint.get("")
@requires("tasks.view")
def index() -> str:
    return render_template("tasks/index.html", tasks=tasks_of(current_user))


@blueprint.get("/<int:task_id>")
@requires("tasks.view")
def show(task_id: int) -> ResponseReturnValue:
    task = state_of(task_of(task_id, current_user) or abort(404))
    polled = "HX-Request" in request.headers
    if task.status is TaskStatus.DONE:
        there = result_address(task)
        return Response(headers={"HX-Redirect": there}) if polled else redirect(there, 303)
    return render_template("tasks/_state.html" if polled else "tasks/show.html", task=task)


def result_address(task: TaskState) -> str:
    if task.kind is TaskKind.EXPORT:
        return url_for("exports.show", task_id=task.id)
    if task.kind is TaskKind.UNDO_BULK:
        return url_for("bulk_deeds.show", bulk_deed_id=task.arguments["bulk_deed_id"])
    if task.kind in (TaskKind.TRAIN_MODEL, TaskKind.SCORE_FIRMS):
        return url_for("model_versions.index")
    if task.kind in (TaskKind.MAKE_BACKUP, TaskKind.REHEARSE_BACKUP):
        return url_for("backups.index")
    if task.kind in (TaskKind.TRY_EDITION, TaskKind.EVALUATE) and "edition_id" not in task.arguments:
        return url_for("policies.index")
    if task.kind in (TaskKind.TRY_EDITION, TaskKind.EVALUATE):
        return url_for("editions.show", edition_id=task.arguments["edition_id"])
    return url_for("imports.show", batch_id=task.arguments["batch_id"])
