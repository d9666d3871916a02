"""R&D institutions: the ledger over the county, graded cultivation, and those of a firm."""

from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.events import Author
from crm.actions.institution_exports import (
    CULTIVATION_LIST,
    INSTITUTION_LIST,
    export_cultivation,
    export_institutions,
)
from crm.actions.institutions import add_institution, update_institution
from crm.actions.list_exports import file_name
from crm.forms.institution import InstitutionForm
from crm.models import Institution
from crm.permissions import requires
from crm.queries.cultivation import LEVELS, NEAR, CultivationFilter, cultivation_page
from crm.queries.firm_choices import division_pairs, township_pairs
from crm.queries.firm_parts import find_part
from crm.queries.institutions import REVIEWS, STATES, InstitutionFilter, approval_years, institution_page, is_overdue
from crm.queries.scope import find_firm
from crm.views.downloads import send_workbook
from pipelines.vocabulary import InstitutionKind, InstitutionLevel

blueprint = Blueprint("institutions", __name__)


@blueprint.get("/institutions")
@requires("firms.view")
def index() -> str:
    asked = InstitutionFilter.from_args(request.args)
    choices = {
        "level": [(each.value, each.label) for each in InstitutionLevel],
        "kind": [(each.value, each.label) for each in InstitutionKind],
        "township": township_pairs(current_user),
        "industry": division_pairs(),
        "approved": [(year, f"{year} 年认定") for year in approval_years(current_user)],
        "review": list(REVIEWS.items()),
    }
    return render_template(
        "institutions/index.html",
        asked=asked,
        page=institution_page(asked, current_user, clock.today()),
        choices=choices,
        states=STATES,
        is_overdue=lambda row: is_overdue(row, asked.on or clock.today()),
    )


@blueprint.post("/institutions/export-files")
@requires("exports.run")
def export() -> Response:
    asked, content = InstitutionFilter.from_args(request.form), BytesIO()
    export_institutions(asked, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(INSTITUTION_LIST))


@blueprint.get("/institutions/cultivation")
@requires("firms.view")
def cultivation() -> str:
    asked = CultivationFilter.from_args(request.args)
    page = cultivation_page(asked, current_user, clock.today())
    choices = {"level": list(LEVELS.items()), "township": township_pairs(current_user), "near": list(NEAR.items())}
    return render_template("institutions/cultivation.html", asked=asked, page=page, choices=choices)


@blueprint.post("/institutions/cultivation/export-files")
@requires("exports.run")
def export_of_cultivation() -> Response:
    asked, content = CultivationFilter.from_args(request.form), BytesIO()
    export_cultivation(asked, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(CULTIVATION_LIST))


@blueprint.get("/firms/<int:firm_id>/institutions/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("institutions/new.html", firm=firm, form=InstitutionForm())


@blueprint.post("/firms/<int:firm_id>/institutions")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = InstitutionForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: add_institution(firm_id, form.values, by)):
        flash(f"已登记“{form.outcome.name}”。", "good")
        return _back(firm_id)
    return render_template("institutions/new.html", firm=firm, form=form), form.http_status


@blueprint.get("/firms/<int:firm_id>/institutions/<int:institution_id>/edit")
@requires("firms.edit")
def edit(firm_id: int, institution_id: int) -> str:
    institution = find_part(Institution, firm_id, institution_id, current_user) or abort(404)
    return _edited(institution, InstitutionForm.opened_with(institution))


@blueprint.post("/firms/<int:firm_id>/institutions/<int:institution_id>/edit")
@requires("firms.edit")
def update(firm_id: int, institution_id: int) -> ResponseReturnValue:
    institution = find_part(Institution, firm_id, institution_id, current_user) or abort(404)
    form, by = InstitutionForm(obj=institution), Author.of(current_user)
    if form.validate() and form.saves(
        lambda: update_institution(firm_id, institution_id, form.values, form.memory, by), firm_id, institution_id
    ):
        flash(form.told, "good")
        return _back(firm_id)
    return _edited(institution, form), form.http_status


def _edited(institution: Institution, form: InstitutionForm) -> str:
    return render_template(
        "institutions/edit.html", firm=find_firm(institution.firm_id, current_user), institution=institution, form=form
    )


def _back(firm_id: int) -> ResponseReturnValue:
    return redirect(url_for("firms.show", firm_id=firm_id, tab="institutions"), 303)
