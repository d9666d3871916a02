"""The workbook of a finished export."""

from flask import Blueprint, Response

from crm.actions.exports import exported_file
from crm.permissions import requires
from crm.views.downloads import send_workbook
from crm.views.exports import own_export

blueprint = Blueprint("export_files", __name__, url_prefix="/exports/<int:task_id>/file")


@blueprint.get("")
@requires("exports.run")
def show(task_id: int) -> Response:
    task = own_export(task_id)
    return send_workbook(exported_file(task), task.arguments["file_name"])
