"""Another run of work that was cut off."""

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.tasks import restart_task
from crm.permissions import requires
from crm.queries.tasks import task_of

blueprint = Blueprint("task_runs", __name__, url_prefix="/tasks/<int:task_id>/runs")


@blueprint.post("")
@requires("tasks.view")
def create(task_id: int) -> ResponseReturnValue:
    task = restart_task(task_of(task_id, current_user) or abort(404))
    return redirect(url_for("tasks.show", task_id=task.id), 303)
