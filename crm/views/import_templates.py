"""The empty workbook to fill in."""

from io import BytesIO

from flask import Blueprint, Response, abort

from crm.permissions import requires
from crm.queries.template_choices import fill_template
from crm.views.downloads import send_workbook
from pipelines.sheets.lists import KINDS
from pipelines.sheets.template_sheet import write_list_template

blueprint = Blueprint("import_templates", __name__, url_prefix="/imports/template")


@blueprint.get("")
@requires("imports.run")
def show() -> Response:
    content = BytesIO()
    fill_template(content)
    return send_workbook(content, "企业台账导入模板.xlsx")


@blueprint.get("/<kind>")
@requires("imports.run")
def show_list(kind: str) -> Response:
    wanted = next((each for each in KINDS if each.name == kind), None) or abort(404)
    content = BytesIO()
    write_list_template(content, wanted)
    return send_workbook(content, f"{wanted.label}导入模板.xlsx")
