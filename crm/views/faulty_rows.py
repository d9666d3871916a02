"""The rows an import leaves out, handed back for correction."""

from io import BytesIO

from flask import Blueprint, Response, abort
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.import_plans import plan_of, reading_of
from crm.actions.list_exports import hand_out
from crm.permissions import requires
from crm.views.downloads import send_workbook
from crm.views.imports import own_batch
from pipelines.sheets.faulty_rows import write_faulty

blueprint = Blueprint("faulty_rows", __name__, url_prefix="/imports/<int:batch_id>/faulty-rows")


@blueprint.get("")
@requires("imports.run")
def index(batch_id: int) -> Response:
    batch = own_batch(batch_id)
    content = BytesIO()
    count = write_faulty(content, reading_of(batch), plan_of(batch).rows)
    if not count:
        abort(404, "这次导入没有留下未导入的行。")
    hand_out("未导入行", batch.file_name, count, Author.of(current_user))
    return send_workbook(content, f"未导入行_{batch.file_name.rpartition('.')[0] or batch.file_name}.xlsx")
