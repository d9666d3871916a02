"""预评分: a firm marked on the official form."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.reviews import pre_score
from crm.forms.review import PreScoreForm
from crm.permissions import requires
from crm.queries.scope import find_firm

blueprint = Blueprint("pre_scores", __name__, url_prefix="/firms/<int:firm_id>/pre-scores")


@blueprint.get("/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("pre_scores/new.html", firm=firm, form=PreScoreForm())


@blueprint.post("")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = PreScoreForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: pre_score(firm_id, form.day, form.parts, form.note.data, by)):
        flash("已保存预评分，下次排序时用上。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id, tab="potential"), 303)
    return render_template("pre_scores/new.html", firm=firm, form=form), form.http_status
