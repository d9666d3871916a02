"""What a second person says to a list with many whole telephone numbers."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.export_requests import approve_request, refuse_request
from crm.forms.export import ExportDecisionForm
from crm.permissions import can, requires
from crm.queries.export_requests import request_of
from pipelines.refusals import Refusal

blueprint = Blueprint("export_decisions", __name__, url_prefix="/export-requests/<int:request_id>/decision")


@blueprint.post("")
@requires("exports.approve")
def create(request_id: int) -> ResponseReturnValue:
    asked, form, by = request_of(request_id) or abort(404), ExportDecisionForm(), Author.of(current_user)
    if not form.validate():
        raise Refusal("；".join(form.note.errors) or "请重新提交。")
    asker = asked.asked_by
    if "approve" in request.form:
        approve_request(request_id, asker.active and can(asker, "contacts.export"), by)
        flash(f"已批准，{asker.name}可在“任务”里下载。", "good")
    else:
        refuse_request(request_id, form.note.data, by)
        flash("已退回这份申请。", "good")
    return redirect(url_for("export_requests.index"), 303)
