"""The empty workbook to fill in."""

from io import BytesIO

from flask import Blueprint, Response

from crm.permissions import requires
from crm.queries.template_choices import fill_template
from crm.views.downloads import send_workbook

blueprint = Blueprint("import_templates", __name__, url_prefix="/imports/template")


@blueprint.get("")
@requires("imports.run")
def show() -> Response:
    content = BytesIO()
    fill_template(content)
    return send_workbook(content, "企业台账导入模板.xlsx")
