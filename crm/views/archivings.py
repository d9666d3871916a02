"""A firm put away, out of every list, and taken back. Nothing is deleted."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.firms import archive_firm, restore_firm
from crm.forms.archiving import ArchivingForm
from crm.permissions import requires
from crm.queries.scope import find_firm

blueprint = Blueprint("archivings", __name__, url_prefix="/firms/<int:firm_id>/archiving")


@blueprint.get("")
@requires("firms.archive")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("archivings/new.html", firm=firm, form=ArchivingForm())


@blueprint.post("")
@requires("firms.archive")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = ArchivingForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: archive_firm(firm_id, form.values["reason"], by)):
        flash("已归档，列表中不再出现；需要时可以恢复。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id), 303)
    return render_template("archivings/new.html", firm=firm, form=form), form.http_status


@blueprint.post("/removal")
@requires("firms.archive")
def destroy(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = ArchivingForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: restore_firm(firm_id, form.values["reason"], by)):
        flash("已恢复，重新出现在列表中。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id), 303)
    return render_template("archivings/new.html", firm=firm, form=form), form.http_status
