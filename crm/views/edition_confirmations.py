"""The confirmation of a new edition; the county is judged by it at once."""

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.editions import confirm_edition
from crm.actions.events import Author
from crm.actions.tasks import is_finished_soon, start_task
from crm.permissions import requires
from crm.queries.editions_added import shown_draft
from pipelines.vocabulary import TaskKind

blueprint = Blueprint("edition_confirmations", __name__, url_prefix="/editions/<int:edition_id>/confirmation")


@blueprint.post("")
@requires("policies.manage")
def create(edition_id: int) -> ResponseReturnValue:
    if shown_draft(edition_id) is None:
        abort(404)
    by = Author.of(current_user)
    edition = confirm_edition(edition_id, by)
    programme, begun = edition.programme.value, edition.in_force_from.isoformat()
    task = start_task(TaskKind.EVALUATE, {"programme": programme, "edition_id": edition_id}, by)
    if not is_finished_soon(task):
        return redirect(url_for("tasks.show", task_id=task.id), 303)
    return redirect(url_for("policies.show", programme=programme, in_force_from=begun), 303)
