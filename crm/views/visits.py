"""Visits: over the county, and of a firm."""

from datetime import date
from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.attachments import Given
from crm.actions.events import Author
from crm.actions.list_exports import file_name
from crm.actions.visit_exports import UNVISITED_LIST, VISIT_LIST, export_unvisited, export_visits
from crm.actions.visits import add_photos, record_visit, update_visit
from crm.forms.visit import NewVisitForm, PhotoForm, VisitForm
from crm.models import Visit
from crm.permissions import requires
from crm.queries.firm_choices import owner_pairs, township_pairs
from crm.queries.firm_parts import find_part
from crm.queries.scope import find_firm
from crm.queries.unvisited import QUARTER, behind_page, loads
from crm.queries.unvisited import WHICH as BEHIND_WHICH
from crm.queries.visits import VisitFilter, visit_page, visitors, visits_of
from crm.queries.work_filter import WorkFilter
from crm.views.downloads import send_workbook
from pipelines.vocabulary import VisitKind

blueprint = Blueprint("visits", __name__)


@blueprint.get("/visits")
@requires("firms.view")
def index() -> str:
    asked = VisitFilter.from_args(request.args)
    return render_template(
        "visits/index.html",
        asked=asked,
        page=visit_page(asked, current_user),
        kinds=VisitKind,
        visitors=visitors(),
        townships=township_pairs(current_user),
    )


@blueprint.post("/visits/export-files")
@requires("exports.run")
def export() -> Response:
    content = BytesIO()
    export_visits(VisitFilter.from_args(request.form), current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(VISIT_LIST))


@blueprint.get("/visits/behind")
@requires("firms.view")
def behind() -> str:
    asked = WorkFilter.of(request.args, BEHIND_WHICH)
    return render_template(
        "visits/behind.html",
        asked=asked,
        page=behind_page(asked, current_user, clock.today()),
        which=BEHIND_WHICH,
        townships=township_pairs(current_user),
        owners=owner_pairs(None),
    )


@blueprint.post("/visits/behind/export-files")
@requires("exports.run")
def export_behind() -> Response:
    asked, content = WorkFilter.of(request.form, BEHIND_WHICH), BytesIO()
    export_unvisited(asked, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(UNVISITED_LIST))


@blueprint.get("/visits/load")
@requires("firms.view")
def load() -> str:
    today = clock.today()
    quarter_begins = date.fromordinal(today.toordinal() - QUARTER + 1)
    return render_template(
        "visits/load.html", loads=loads(current_user, today), first=quarter_begins.isoformat(), last=today.isoformat()
    )


@blueprint.get("/firms/<int:firm_id>/visits/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    return render_template("visits/new.html", firm=firm, form=NewVisitForm(data={"visited_on": clock.today()}))


@blueprint.post("/firms/<int:firm_id>/visits")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = NewVisitForm(), Author.of(current_user)
    if form.validate() and form.performs(
        lambda: record_visit(firm_id, form.of_visit, form.need.data, form.next_on.data, by)
    ):
        flash("已记走访，可以接着传照片。", "good")
        return redirect(url_for("visits.show", firm_id=firm_id, visit_id=form.outcome.id), 303)
    return render_template("visits/new.html", firm=firm, form=form), form.http_status


@blueprint.get("/firms/<int:firm_id>/visits/<int:visit_id>")
@requires("firms.view")
def show(firm_id: int, visit_id: int) -> str:
    visit = find_part(Visit, firm_id, visit_id, current_user) or abort(404)
    return _page(visit, PhotoForm())


@blueprint.post("/firms/<int:firm_id>/visits/<int:visit_id>/photos")
@requires("firms.edit")
def attach(firm_id: int, visit_id: int) -> ResponseReturnValue:
    visit = find_part(Visit, firm_id, visit_id, current_user) or abort(404)
    form, by = PhotoForm(), Author.of(current_user)
    given = [Given(file.stream, file.filename or "") for file in form.files.data or ()]
    if form.validate() and form.performs(lambda: add_photos(firm_id, visit_id, given, by)):
        flash(f"已上传 {form.outcome} 个文件。", "good")
        return redirect(url_for("visits.show", firm_id=firm_id, visit_id=visit_id), 303)
    return _page(visit, form), form.http_status


@blueprint.get("/firms/<int:firm_id>/visits/<int:visit_id>/edit")
@requires("firms.edit")
def edit(firm_id: int, visit_id: int) -> str:
    visit = find_part(Visit, firm_id, visit_id, current_user) or abort(404)
    return render_template("visits/edit.html", firm=visit.firm, visit=visit, form=VisitForm.opened_with(visit))


@blueprint.post("/firms/<int:firm_id>/visits/<int:visit_id>/edit")
@requires("firms.edit")
def update(firm_id: int, visit_id: int) -> ResponseReturnValue:
    visit = find_part(Visit, firm_id, visit_id, current_user) or abort(404)
    form, by = VisitForm(obj=visit), Author.of(current_user)
    if form.validate() and form.saves(
        lambda: update_visit(firm_id, visit_id, form.values, form.memory, by), firm_id, visit_id
    ):
        flash(form.told, "good")
        return redirect(url_for("visits.show", firm_id=firm_id, visit_id=visit_id), 303)
    return render_template("visits/edit.html", firm=visit.firm, visit=visit, form=form), form.http_status


def _page(visit: Visit, form: PhotoForm) -> str:
    kept = visits_of(visit.firm_id)
    owed = [each for each in kept.owed if each.visit_id == visit.id]
    files = kept.files.get(str(visit.id), ())
    return render_template(
        "visits/show.html",
        firm=visit.firm,
        visit=visit,
        owed=owed,
        files=files,
        form=form,
        colleagues=owner_pairs(None),
    )
