"""停用 and 恢复 of a firm's reminders, from the firm's page."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.reminder_stops import resume_reminders, stop_reminders
from crm.forms.reminder_rule import StopForm
from crm.permissions import requires
from crm.queries.reminder_stops import stop_of
from crm.queries.scope import find_firm

blueprint = Blueprint("reminder_stops", __name__, url_prefix="/firms/<int:firm_id>/reminder-stop")


@blueprint.get("")
@requires("reminders.view")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    known = stop_of(firm_id, clock.today())
    form = StopForm(data={"reason": known.reason, "until": known.until}) if known else StopForm()
    return render_template("reminder_stops/new.html", firm=firm, form=form)


@blueprint.post("")
@requires("reminders.view")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = StopForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: stop_reminders(firm_id, **form.values, by=by)):
        flash("已停用该企业的提醒。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id, tab="contacts"), 303)
    return render_template("reminder_stops/new.html", firm=firm, form=form), form.http_status


@blueprint.post("/removal")
@requires("reminders.view")
def destroy(firm_id: int) -> ResponseReturnValue:
    find_firm(firm_id, current_user) or abort(404)
    resume_reminders(firm_id, Author.of(current_user))
    flash("已恢复该企业的提醒。", "good")
    return redirect(url_for("firms.show", firm_id=firm_id, tab="contacts"), 303)
