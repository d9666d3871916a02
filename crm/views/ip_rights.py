"""The intellectual property of a firm."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.ip_rights import add_ip_right, update_ip_right
from crm.forms.ip_right import IpRightForm
from crm.models import IpRight
from crm.permissions import requires
from crm.queries.firm_parts import find_part
from crm.queries.scope import find_firm

blueprint = Blueprint("ip_rights", __name__, url_prefix="/firms/<int:firm_id>/ip-rights")


@blueprint.get("")
@requires("firms.view")
def index(firm_id: int) -> ResponseReturnValue:
    return redirect(url_for("firms.show", firm_id=firm_id, tab="ip-rights"), 303)


@blueprint.get("/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("ip_rights/new.html", firm=firm, form=IpRightForm())


@blueprint.post("")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = IpRightForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: add_ip_right(firm_id, form.values, by)):
        flash(f"已新增知识产权 {form.outcome.number}。", "good")
        return index(firm_id)
    return render_template("ip_rights/new.html", firm=firm, form=form), form.http_status


@blueprint.get("/<int:ip_right_id>/edit")
@requires("firms.edit")
def edit(firm_id: int, ip_right_id: int) -> str:
    ip_right = find_part(IpRight, firm_id, ip_right_id, current_user) or abort(404)
    firm = find_firm(firm_id, current_user)
    return render_template("ip_rights/edit.html", firm=firm, ip_right=ip_right, form=IpRightForm.opened_with(ip_right))


@blueprint.post("/<int:ip_right_id>/edit")
@requires("firms.edit")
def update(firm_id: int, ip_right_id: int) -> ResponseReturnValue:
    ip_right = find_part(IpRight, firm_id, ip_right_id, current_user) or abort(404)
    form, by = IpRightForm(obj=ip_right), Author.of(current_user)
    if form.validate() and form.saves(
        lambda: update_ip_right(firm_id, ip_right_id, form.values, form.memory, by), firm_id, ip_right_id
    ):
        flash(form.told, "good")
        return index(firm_id)
    firm = find_firm(firm_id, current_user)
    return render_template("ip_rights/edit.html", firm=firm, ip_right=ip_right, form=form), form.http_status
