"""The titles of a firm."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.recognitions import add_recognition, update_recognition
from crm.forms.recognition import RecognitionForm
from crm.models import Recognition
from crm.permissions import requires
from crm.queries.firm_parts import find_part
from crm.queries.scope import find_firm

blueprint = Blueprint("recognitions", __name__, url_prefix="/firms/<int:firm_id>/recognitions")


@blueprint.get("")
@requires("firms.view")
def index(firm_id: int) -> ResponseReturnValue:
    return redirect(url_for("firms.show", firm_id=firm_id, tab="recognitions"), 303)


@blueprint.get("/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("recognitions/new.html", firm=firm, form=RecognitionForm())


@blueprint.post("")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = RecognitionForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: add_recognition(firm_id, form.values, by)):
        flash(f"已登记“{form.outcome.title.label}”。", "good")
        return index(firm_id)
    return render_template("recognitions/new.html", firm=firm, form=form), form.http_status


@blueprint.get("/<int:recognition_id>/edit")
@requires("firms.edit")
def edit(firm_id: int, recognition_id: int) -> str:
    recognition = find_part(Recognition, firm_id, recognition_id, current_user) or abort(404)
    firm, form = find_firm(firm_id, current_user), RecognitionForm.opened_with(recognition)
    return render_template("recognitions/edit.html", firm=firm, recognition=recognition, form=form)


@blueprint.post("/<int:recognition_id>/edit")
@requires("firms.edit")
def update(firm_id: int, recognition_id: int) -> ResponseReturnValue:
    recognition = find_part(Recognition, firm_id, recognition_id, current_user) or abort(404)
    form, by = RecognitionForm(obj=recognition), Author.of(current_user)
    if form.validate() and form.saves(
        lambda: update_recognition(firm_id, recognition_id, form.values, form.memory, by), firm_id, recognition_id
    ):
        flash(form.told, "good")
        return index(firm_id)
    firm = find_firm(firm_id, current_user)
    return render_template("recognitions/edit.html", firm=firm, recognition=recognition, form=form), form.http_status
