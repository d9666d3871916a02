"""提前几天 of a yearly call: changed by the chief, with what it was before, and back to that of usual years."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.calls import change_offsets
from crm.actions.events import Author
from crm.forms.call import CallOffsetsForm
from crm.permissions import requires
from crm.queries.call_offsets import about_offsets, offsets_in_force
from crm.queries.reminder_rules import decisions_about
from pipelines.reminders.cycle import Call, call

blueprint = Blueprint("call_offsets", __name__, url_prefix="/reminders/calendar/calls/<call_id>/offsets")


@blueprint.get("")
@requires("reminders.manage")
def edit(call_id: str) -> str:
    meant = _call(call_id)
    return _page(meant, CallOffsetsForm(data={"days_before": offsets_in_force()[meant.id].days_before}))


@blueprint.post("")
@requires("reminders.manage")
def update(call_id: str) -> ResponseReturnValue:
    meant, form, by = _call(call_id), CallOffsetsForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: change_offsets(meant.id, form.days_before.data, form.reason.data, by)):
        return _saved(meant, form.outcome)
    return _page(meant, form), form.http_status


@blueprint.post("/removal")
@requires("reminders.manage")
def destroy(call_id: str) -> ResponseReturnValue:
    meant = _call(call_id)
    return _saved(meant, change_offsets(meant.id, None, None, Author.of(current_user)))


def _saved(meant: Call, is_new: bool) -> ResponseReturnValue:
    flash(f"已保存“{meant.label}”的提前天数，从明天的计划起生效。" if is_new else "没有变化。", "good")
    return redirect(url_for("calendars.calls"), 303)


def _page(meant: Call, form: CallOffsetsForm) -> str:
    return render_template(
        "call_offsets/edit.html", call=meant, form=form, offsets=offsets_in_force()[meant.id].days_before,
        history=decisions_about(about_offsets(meant.id)),
    )  # fmt: skip


def _call(call_id: str) -> Call:
    meant = call(call_id)
    return meant if meant and meant.days_before else abort(404)
