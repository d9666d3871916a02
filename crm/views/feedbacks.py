"""反馈: what an officer thinks of a firm's place in the order."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.reviews import give_feedback
from crm.forms.review import FeedbackForm
from crm.permissions import requires
from crm.queries.scope import find_firm

blueprint = Blueprint("feedbacks", __name__, url_prefix="/firms/<int:firm_id>/feedbacks")


@blueprint.get("/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("feedbacks/new.html", firm=firm, form=FeedbackForm())


@blueprint.post("")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = FeedbackForm(), Author.of(current_user)
    if form.validate() and form.performs(
        lambda: give_feedback(firm_id, form.verdict.data, form.reason.data, form.note.data, by)
    ):
        flash("已记下您的看法，年底与结果对照。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id, tab="potential"), 303)
    return render_template("feedbacks/new.html", firm=firm, form=form), form.http_status
