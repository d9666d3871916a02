"""The end of a title before its time, or at it: one a title."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.recognitions import end_recognition
from crm.forms.recognition import EndingForm
from crm.models import Recognition
from crm.permissions import requires
from crm.queries.firm_parts import find_part
from crm.queries.scope import find_firm

blueprint = Blueprint(
    "recognition_endings", __name__, url_prefix="/firms/<int:firm_id>/recognitions/<int:recognition_id>/ending"
)


@blueprint.get("")
@requires("firms.edit")
def new(firm_id: int, recognition_id: int) -> str:
    recognition = find_part(Recognition, firm_id, recognition_id, current_user) or abort(404)
    firm = find_firm(firm_id, current_user)
    return render_template("recognitions/ending.html", firm=firm, recognition=recognition, form=EndingForm())


@blueprint.post("")
@requires("firms.edit")
def create(firm_id: int, recognition_id: int) -> ResponseReturnValue:
    recognition = find_part(Recognition, firm_id, recognition_id, current_user) or abort(404)
    form, by = EndingForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: end_recognition(firm_id, recognition_id, form.values, by)):
        flash("已登记终止。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id, tab="recognitions"), 303)
    firm = find_firm(firm_id, current_user)
    return render_template("recognitions/ending.html", firm=firm, recognition=recognition, form=form), form.http_status
