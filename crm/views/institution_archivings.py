"""An R&D institution that was entered by mistake, put away and taken back. Nothing is deleted."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.institutions import archive_institution, restore_institution
from crm.forms.archiving import ArchivingForm
from crm.models import Institution
from crm.permissions import requires
from crm.queries.firm_parts import find_part
from crm.queries.scope import find_firm

blueprint = Blueprint(
    "institution_archivings", __name__, url_prefix="/firms/<int:firm_id>/institutions/<int:institution_id>/archiving"
)


@blueprint.get("")
@requires("firms.edit")
def new(firm_id: int, institution_id: int) -> str:
    institution = find_part(Institution, firm_id, institution_id, current_user) or abort(404)
    return _page(institution, ArchivingForm())


@blueprint.post("")
@requires("firms.edit")
def create(firm_id: int, institution_id: int) -> ResponseReturnValue:
    institution = find_part(Institution, firm_id, institution_id, current_user) or abort(404)
    form, by = ArchivingForm(), Author.of(current_user)
    if form.validate() and form.performs(
        lambda: archive_institution(firm_id, institution_id, form.values["reason"], by)
    ):
        flash("已归档，不再出现在台账和统计中；可以在“已归档”里恢复。", "good")
        return redirect(url_for("firms.show", firm_id=firm_id, tab="institutions"), 303)
    return _page(institution, form), form.http_status


@blueprint.post("/removal")
@requires("firms.edit")
def destroy(firm_id: int, institution_id: int) -> ResponseReturnValue:
    institution = find_part(Institution, firm_id, institution_id, current_user) or abort(404)
    restore_institution(firm_id, institution_id, Author.of(current_user))
    flash(f"已恢复“{institution.name}”。", "good")
    return redirect(url_for("firms.show", firm_id=firm_id, tab="institutions"), 303)


def _page(institution: Institution, form: ArchivingForm) -> str:
    return render_template(
        "institution_archivings/new.html",
        firm=find_firm(institution.firm_id, current_user),
        institution=institution,
        form=form,
    )
