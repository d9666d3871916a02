"""反馈: what officers said of firms' places, compared with the results."""

from flask import Blueprint, render_template
from flask_login import current_user

from crm.permissions import requires
from crm.queries.feedbacks import overrides, was_right

blueprint = Blueprint("overrides", __name__, url_prefix="/candidates/feedbacks")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    return render_template("overrides/index.html", seen=overrides(current_user), was_right=was_right)
