"""What the office decides about a firm for one programme."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.decisions import decide
from crm.actions.events import Author
from crm.forms.decision import DecisionForm
from crm.permissions import requires
from crm.queries.scope import find_firm
from pipelines.vocabulary import Programme

blueprint = Blueprint("decisions", __name__, url_prefix="/firms/<int:firm_id>/decisions/<programme>")


@blueprint.get("")
@requires("judgements.decide")
def new(firm_id: int, programme: str) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    asked = _programme(programme)
    return render_template("decisions/new.html", firm=firm, programme=asked, form=DecisionForm.about(asked))


@blueprint.post("")
@requires("judgements.decide")
def create(firm_id: int, programme: str) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    asked, by = _programme(programme), Author.of(current_user)
    form = DecisionForm.about(asked)
    if form.validate() and form.performs(
        lambda: decide(firm_id, asked, form.word(asked), form.reason.data or "", form.until.data, by)
    ):
        flash("已保存人工认定，系统算出的结论仍在旁边。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id, tab="qualification", programme=programme), 303)
    return render_template("decisions/new.html", firm=firm, programme=asked, form=form), form.http_status


def _programme(name: str) -> Programme:
    return next((programme for programme in Programme if programme.value == name), None) or abort(404)
