"""A previewed import is given up."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.imports import discard_import
from crm.permissions import requires
from crm.views.imports import own_batch

blueprint = Blueprint("import_discardings", __name__, url_prefix="/imports/<int:batch_id>/discarding")


@blueprint.post("")
@requires("imports.run")
def create(batch_id: int) -> ResponseReturnValue:
    batch = discard_import(own_batch(batch_id).id, Author.of(current_user))
    flash(f"已放弃导入“{batch.file_name}”，没有写入任何数据。", "good")
    return redirect(url_for("imports.index"), 303)
