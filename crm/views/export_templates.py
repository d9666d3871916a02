"""The templates by which lists are handed out."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.export_templates import add_template, remove_template, update_template
from crm.extensions import db
from crm.forms.export_template import ExportTemplateForm
from crm.models import ExportTemplate
from crm.permissions import requires
from crm.queries.export_columns import export_templates, lost_columns
from crm.queries.parameters import LARGEST_ID

blueprint = Blueprint("export_templates", __name__, url_prefix="/export-templates")


@blueprint.get("")
@requires("exports.design")
def index() -> str:
    return render_template("export_templates/index.html", templates=export_templates(), lost_columns=lost_columns)


@blueprint.get("/new")
@requires("exports.design")
def new() -> str:
    return render_template("export_templates/edit.html", form=ExportTemplateForm(), template=None)


@blueprint.post("")
@requires("exports.design")
def create() -> ResponseReturnValue:
    form, by = ExportTemplateForm(), Author.of(current_user)
    if form.validate() and form.performs(lambda: add_template(form.values, by)):
        flash(f"已保存模板“{form.outcome.name}”，导出时可以选用。", "good")
        return redirect(url_for("export_templates.index"), 303)
    return render_template("export_templates/edit.html", form=form, template=None), form.http_status


@blueprint.get("/<int:template_id>/edit")
@requires("exports.design")
def edit(template_id: int) -> str:
    template = _template(template_id)
    return render_template("export_templates/edit.html", form=ExportTemplateForm(template), template=template)


@blueprint.post("/<int:template_id>/edit")
@requires("exports.design")
def update(template_id: int) -> ResponseReturnValue:
    template, by = _template(template_id), Author.of(current_user)
    form = ExportTemplateForm(template)
    if form.validate() and form.performs(lambda: update_template(template_id, form.values, form.seen_version, by)):
        flash(f"已保存模板“{form.outcome.name}”。", "good")
        return redirect(url_for("export_templates.index"), 303)
    return render_template("export_templates/edit.html", form=form, template=template), form.http_status


@blueprint.post("/<int:template_id>/removal")
@requires("exports.design")
def destroy(template_id: int) -> ResponseReturnValue:
    _template(template_id)
    flash(f"已移除模板“{remove_template(template_id, Author.of(current_user))}”。", "good")
    return redirect(url_for("export_templates.index"), 303)


def _template(template_id: int) -> ExportTemplate:
    return (db.session.get(ExportTemplate, template_id) if template_id <= LARGEST_ID else None) or abort(404)
