"""A firm's entries in the negative list."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.flags import enter_flag, lift_flag
from crm.forms.flag import FlagForm, LiftingForm
from crm.models import Flag
from crm.permissions import requires
from crm.queries.firm_parts import find_part
from crm.queries.scope import find_firm

blueprint = Blueprint("flags", __name__, url_prefix="/firms/<int:firm_id>/flags")


@blueprint.get("")
@requires("firms.view")
def index(firm_id: int) -> ResponseReturnValue:
    return redirect(url_for("firms.show", firm_id=firm_id, tab="overview"), 303)


@blueprint.get("/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("flags/new.html", firm=firm, form=FlagForm())


@blueprint.post("")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = FlagForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: enter_flag(firm_id, form.values, by)):
        flash(f"已列入“{form.outcome.kind.label}”。", "good")
        return index(firm_id)
    return render_template("flags/new.html", firm=firm, form=form), form.http_status


@blueprint.get("/<int:flag_id>/lifting")
@requires("firms.edit")
def edit(firm_id: int, flag_id: int) -> str:
    flag = find_part(Flag, firm_id, flag_id, current_user) or abort(404)
    firm = find_firm(firm_id, current_user)
    return render_template("flags/lifting.html", firm=firm, flag=flag, form=LiftingForm())


@blueprint.post("/<int:flag_id>/lifting")
@requires("firms.edit")
def update(firm_id: int, flag_id: int) -> ResponseReturnValue:
    flag = find_part(Flag, firm_id, flag_id, current_user) or abort(404)
    form, by = LiftingForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: lift_flag(firm_id, flag_id, form.values["lifted_on"], by)):
        flash(f"已解除“{flag.kind.label}”。", "good")
        return index(firm_id)
    firm = find_firm(firm_id, current_user)
    return render_template("flags/lifting.html", firm=firm, flag=flag, form=form), form.http_status
