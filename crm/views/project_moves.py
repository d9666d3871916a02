"""Moves of a project from stage to stage, and the last one taken back."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.projects import move_project, undo_move
from crm.forms.project import DocumentForm, ProjectMoveForm
from crm.permissions import requires
from crm.queries.projects import find_project, situation_of
from crm.views.projects import shown

blueprint = Blueprint("project_moves", __name__, url_prefix="/projects/<int:project_id>/moves")


@blueprint.post("")
@requires("firms.edit")
def create(project_id: int) -> ResponseReturnValue:
    project = find_project(project_id, current_user) or abort(404)
    form, by = ProjectMoveForm.for_move(situation_of(project)), Author.of(current_user)
    if form.validate() and form.performs(
        lambda: move_project(
            project_id, form.to.data, form.day, by, form.reason.data, form.document_number.data,
            form.due_on.data,
        )
    ):  # fmt: skip
        flash(f"已登记“{form.to.data.label}”。", "good")
        return redirect(url_for("projects.show", project_id=project_id), 303)
    return shown(project, form, DocumentForm(formdata=None)), form.http_status


@blueprint.post("/<int:move_id>/undoing")
@requires("firms.edit")
def undo(project_id: int, move_id: int) -> ResponseReturnValue:
    find_project(project_id, current_user) or abort(404)
    undo_move(project_id, move_id, Author.of(current_user))
    flash("已撤销上一次移动。", "good")
    return redirect(url_for("projects.show", project_id=project_id), 303)
