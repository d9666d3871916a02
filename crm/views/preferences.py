"""How the list of firms looks for the person who looks at it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.preferences import keep_preference
from crm.own_paths import page_before
from crm.permissions import requires
from crm.queries.firm_filter import FirmFilter

blueprint = Blueprint("preferences", __name__, url_prefix="/firms/look")


@blueprint.post("")
@requires("firms.view")
def create() -> ResponseReturnValue:
    keep_preference(current_user.id, FirmFilter.from_args(request.form).preferred())
    flash("已记住：以后打开企业库都用现在的列、列宽、疏密和每页条数。", "good")
    return _back()


@blueprint.post("/removal")
@requires("firms.view")
def destroy() -> ResponseReturnValue:
    keep_preference(current_user.id, {})
    flash("已恢复企业库原来的样子。", "good")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(page_before() or url_for("firms.index", view="all"), 303)
