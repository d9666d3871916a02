"""A project that was entered by mistake, put away and taken back. Nothing is deleted."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.projects import archive_project, restore_project
from crm.forms.archiving import ArchivingForm
from crm.permissions import requires
from crm.queries.projects import find_project

blueprint = Blueprint("project_archivings", __name__, url_prefix="/projects/<int:project_id>/archiving")


@blueprint.get("")
@requires("firms.edit")
def new(project_id: int) -> str:
    project = find_project(project_id, current_user) or abort(404)
    return render_template("project_archivings/new.html", project=project, form=ArchivingForm())


@blueprint.post("")
@requires("firms.edit")
def create(project_id: int) -> ResponseReturnValue:
    project = find_project(project_id, current_user) or abort(404)
    form, by = ArchivingForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: archive_project(project_id, form.values["reason"], by)):
        flash("已归档，不再出现在台账和统计中；可以在这里恢复。", "good")
        return redirect(url_for("projects.show", project_id=project_id), 303)
    return render_template("project_archivings/new.html", project=project, form=form), form.http_status


@blueprint.post("/removal")
@requires("firms.edit")
def destroy(project_id: int) -> ResponseReturnValue:
    project = find_project(project_id, current_user) or abort(404)
    restore_project(project_id, Author.of(current_user))
    flash(f"已恢复“{project.title}”。", "good")
    return redirect(url_for("projects.show", project_id=project_id), 303)
