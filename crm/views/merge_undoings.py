"""A merge is taken back."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.merges import undo_merge
from crm.permissions import requires
from crm.queries.merges import merge_of

blueprint = Blueprint("merge_undoings", __name__, url_prefix="/merges/<int:merge_id>/undoing")


@blueprint.post("")
@requires("firms.merge")
def create(merge_id: int) -> ResponseReturnValue:
    merge = merge_of(merge_id, current_user) or abort(404)
    kept = undo_merge(merge.id, Author.of(current_user))
    flash(f"已撤销合并，“{merge.gone_name}”恢复为单独的企业。", "good")
    if kept:
        flash(f"合并后改过的内容保持现状：{'、'.join(kept)}。", "warn")
    return redirect(url_for("merges.index"), 303)
