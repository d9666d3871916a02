"""A deed on many firms taken back: first what that would come to, then the deed."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.bulk_undoing import told_undone, undo_bulk_deed, undoing_of
from crm.actions.events import Author
from crm.actions.tasks import start_task
from crm.models import BulkDeed
from crm.permissions import can, requires
from crm.views.bulk_deeds import ABILITIES, shown_deed
from pipelines.vocabulary import TaskKind

blueprint = Blueprint("bulk_deed_undoings", __name__, url_prefix="/bulk-deeds/<int:bulk_deed_id>/undoing")

AT_ONCE = 20_000  # firms that go back while the page waits: some four seconds


@blueprint.get("")
@requires("firms.edit")
def new(bulk_deed_id: int) -> str:
    done = _own(bulk_deed_id)
    return render_template("bulk_deeds/undo.html", done=done, undoing=undoing_of(done, current_user))


@blueprint.post("")
@requires("firms.edit")
def create(bulk_deed_id: int) -> ResponseReturnValue:
    done, by = _own(bulk_deed_id), Author.of(current_user)
    if done.changed <= AT_ONCE:
        flash(told_undone(undo_bulk_deed(done.id, by)), "good")
        return redirect(url_for("bulk_deeds.show", bulk_deed_id=bulk_deed_id), 303)
    task = start_task(TaskKind.UNDO_BULK, {"bulk_deed_id": bulk_deed_id}, by)
    return redirect(url_for("tasks.show", task_id=task.id), 303)


def _own(bulk_deed_id: int) -> BulkDeed:
    done = shown_deed(bulk_deed_id)
    if not can(current_user, ABILITIES[done.kind]):
        abort(403)
    return done
