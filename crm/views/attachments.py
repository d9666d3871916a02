"""The files of a firm: a picture is shown, everything else is handed over to be saved."""

from flask import Blueprint, Response, abort, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.attachments import content_of, remove_attachment, small_content_of
from crm.actions.events import Author
from crm.actions.list_exports import hand_out
from crm.models import Attachment
from crm.own_paths import own_path
from crm.permissions import requires
from crm.queries.firm_parts import find_part
from crm.queries.scope import find_firm

blueprint = Blueprint("attachments", __name__, url_prefix="/firms/<int:firm_id>/attachments/<int:attachment_id>")


@blueprint.get("")
@requires("firms.view")
def show(firm_id: int, attachment_id: int) -> Response:
    attachment = find_part(Attachment, firm_id, attachment_id, current_user) or abort(404)
    if attachment.removed_at:
        abort(404)
    kind, content = attachment.kind, content_of(attachment)
    if not kind.is_picture:
        hand_out("企业文件", attachment.file_name, 1, Author.of(current_user), firm_id)
    return send_file(
        content,
        mimetype=kind.mime,
        as_attachment=not kind.is_picture,
        download_name=attachment.file_name,
    )


@blueprint.get("/small")
@requires("firms.view")
def small(firm_id: int, attachment_id: int) -> Response:
    """Of a picture, for a page that shows many."""
    attachment = find_part(Attachment, firm_id, attachment_id, current_user) or abort(404)
    if attachment.removed_at or not attachment.kind.is_picture:
        abort(404)
    return send_file(small_content_of(attachment), mimetype="image/jpeg", max_age=86_400)


@blueprint.post("/removal")
@requires("firms.edit")
def remove(firm_id: int, attachment_id: int) -> ResponseReturnValue:
    find_firm(firm_id, current_user) or abort(404)
    remove_attachment(firm_id, attachment_id, Author.of(current_user))
    flash("已移除文件。", "good")
    return redirect(own_path(request.form.get("back")) or url_for("firms.show", firm_id=firm_id), 303)
