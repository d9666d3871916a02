"""Research projects: the ledger, and one of them."""

from io import BytesIO

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions.attachments import Given
from crm.actions.events import Author
from crm.actions.list_exports import file_name
from crm.actions.project_exports import PROJECT_LIST, export_projects
from crm.actions.projects import add_documents, add_project, update_project
from crm.forms.project import DocumentForm, NewProjectForm, ProjectForm, ProjectMoveForm
from crm.models import Project
from crm.permissions import requires
from crm.queries.firm_choices import owner_pairs, township_pairs
from crm.queries.projects import (
    DUES,
    PHASES,
    PROVINCIAL,
    ProjectFilter,
    documents_of,
    find_project,
    is_late,
    project_page,
    project_totals,
    situation_of,
    start_years,
)
from crm.queries.scope import find_firm
from crm.views.downloads import send_workbook
from pipelines.projects import STAGES, path_of
from pipelines.vocabulary import ProjectProgramme

blueprint = Blueprint("projects", __name__)


@blueprint.get("/projects")
@requires("firms.view")
def index() -> str:
    asked, today = ProjectFilter.from_args(request.args), clock.today()
    provincial = (",".join(PROVINCIAL), "、".join(each.label for each in PROVINCIAL))
    choices = {
        "programme": [*((each.value, each.label) for each in ProjectProgramme), provincial],
        "stage": [(each.value, each.label) for each in STAGES],
        "phase": list(PHASES.items()),
        "township": township_pairs(current_user),
        "owner": [("mine", "我的"), ("none", "未分派"), *owner_pairs(None)],
        "started": [(year, f"{year} 年立项") for year in start_years(current_user)],
        "due": list(DUES.items()),
    }
    return render_template(
        "projects/index.html",
        asked=asked,
        page=project_page(asked, current_user, today),
        totals=project_totals(asked, current_user, today),
        choices=choices,
        is_late=lambda row: is_late(row, today),
    )


@blueprint.post("/projects/export-files")
@requires("exports.run")
def export() -> Response:
    asked, content = ProjectFilter.from_args(request.form), BytesIO()
    export_projects(asked, current_user, Author.of(current_user), content)
    return send_workbook(content, file_name(PROJECT_LIST))


@blueprint.get("/firms/<int:firm_id>/projects/new")
@requires("firms.edit")
def new(firm_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    form = NewProjectForm(data={"owner_id": firm.owner_id, "stage_since": clock.today()})
    return render_template("projects/new.html", firm=firm, form=form)


@blueprint.post("/firms/<int:firm_id>/projects")
@requires("firms.edit")
def create(firm_id: int) -> ResponseReturnValue:
    firm = find_firm(firm_id, current_user) or abort(404)
    form, by = NewProjectForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: add_project(firm_id, form.values, by)):
        flash(f"已登记“{form.outcome.title}”。", "good")
        return redirect(url_for("projects.show", project_id=form.outcome.id), 303)
    return render_template("projects/new.html", firm=firm, form=form), form.http_status


@blueprint.get("/projects/<int:project_id>")
@requires("firms.view")
def show(project_id: int) -> str:
    project = find_project(project_id, current_user) or abort(404)
    move = ProjectMoveForm.for_move(situation_of(project), data={"moved_on": clock.today()})
    return shown(project, move, DocumentForm())


@blueprint.get("/projects/<int:project_id>/edit")
@requires("firms.edit")
def edit(project_id: int) -> str:
    project = find_project(project_id, current_user) or abort(404)
    return render_template("projects/edit.html", project=project, form=ProjectForm.opened_with(project))


@blueprint.post("/projects/<int:project_id>/edit")
@requires("firms.edit")
def update(project_id: int) -> ResponseReturnValue:
    project = find_project(project_id, current_user) or abort(404)
    form, by = ProjectForm(obj=project), Author.of(current_user)
    if form.validate() and form.saves(
        lambda: update_project(project_id, form.values, form.memory, by), project.firm_id, project_id
    ):
        flash(form.told, "good")
        return redirect(url_for("projects.show", project_id=project_id), 303)
    return render_template("projects/edit.html", project=project, form=form), form.http_status


@blueprint.post("/projects/<int:project_id>/documents")
@requires("firms.edit")
def attach(project_id: int) -> ResponseReturnValue:
    project = find_project(project_id, current_user) or abort(404)
    form, by = DocumentForm(), Author.of(current_user)
    given = [Given(file.stream, file.filename or "") for file in form.files.data or ()]
    if form.validate() and form.performs(lambda: add_documents(project_id, given, by)):
        flash(f"已上传 {form.outcome} 个文件。", "good")
        return redirect(url_for("projects.show", project_id=project_id), 303)
    move = ProjectMoveForm.for_move(situation_of(project), formdata=None, data={"moved_on": clock.today()})
    return shown(project, move, form), form.http_status


def shown(project: Project, move: ProjectMoveForm, documents: DocumentForm) -> str:
    standing = [each for each in project.moves if each.undone_at is None]
    return render_template(
        "projects/show.html",
        project=project,
        stages=path_of(project.programme),
        move=move,
        last_move=standing[-1] if standing else None,
        documents=documents,
        files=documents_of(project),
        late=is_late(project, clock.today()),
    )
