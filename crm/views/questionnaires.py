"""能力问卷: what a firm answered about its organisation."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.reviews import fill_questionnaire
from crm.forms.review import QuestionnaireForm
from crm.permissions import requires
from crm.queries.scope import find_firm

blueprint = Blueprint("questionnaires", __name__, url_prefix="/firms/<int:firm_id>/questionnaires")


@blueprint.get("/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("questionnaires/new.html", firm=firm, form=QuestionnaireForm())


@blueprint.post("")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = QuestionnaireForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: fill_questionnaire(firm_id, form.day, form.answers, by)):
        flash("已保存问卷，下次排序时用上。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id, tab="potential"), 303)
    return render_template("questionnaires/new.html", firm=firm, form=form), form.http_status
