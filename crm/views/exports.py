"""Exports: the list as it is filtered, as a workbook."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.exports import export_arguments, exported_file
from crm.actions.tasks import is_finished_soon, start_task
from crm.models import Task
from crm.permissions import can, requires
from crm.queries.firm_filter import FirmFilter
from crm.queries.tasks import task_of
from pipelines.refusals import Refusal
from pipelines.vocabulary import TaskKind, TaskStatus

blueprint = Blueprint("exports", __name__, url_prefix="/exports")


@blueprint.post("")
@requires("exports.run")
def create() -> ResponseReturnValue:
    """`whole` asks for the ledger with all its columns; without it the columns of the list."""
    arguments = export_arguments(
        FirmFilter.from_args(request.form),
        whole="whole" in request.form,
        with_contacts=can(current_user, "contacts.unmask"),
    )
    task = start_task(TaskKind.EXPORT, arguments, Author.of(current_user))
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    if task.status is TaskStatus.FAILED:
        raise Refusal(task.message or "")
    return redirect(url_for("export_files.show", task_id=task.id), 303)


@blueprint.get("/<int:task_id>")
@requires("exports.run")
def show(task_id: int) -> str:
    return render_template("exports/show.html", task=own_export(task_id))


def own_export(task_id: int) -> Task:
    """A finished export of one's own whose file is still kept."""
    task = task_of(task_id, current_user)
    if task is None or task.kind is not TaskKind.EXPORT or task.status is not TaskStatus.DONE:
        abort(404)
    if not exported_file(task).exists():
        abort(404, "导出的文件已过保留期，请重新导出。")
    return task
