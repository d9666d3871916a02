"""数据存疑: firms whose figures contradict one another."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from crm.permissions import requires
from crm.queries.firm_choices import township_pairs
from crm.queries.gap_filter import GapFilter
from crm.queries.gaps import doubtful_firms

blueprint = Blueprint("doubts", __name__, url_prefix="/gaps/doubts")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    asked = GapFilter.from_args(request.args)
    return render_template(
        "doubts/index.html",
        asked=asked,
        page=doubtful_firms(asked, current_user),
        townships=township_pairs(current_user),
    )
