"""差距清单: which single condition keeps whom out, over the whole county."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from crm import clock
from crm.permissions import requires
from crm.queries.firm_choices import township_pairs
from crm.queries.gap_filter import GapFilter
from crm.queries.gaps import judging_programmes, single_gaps
from pipelines.vocabulary import ShortlistTier

blueprint = Blueprint("gaps", __name__, url_prefix="/gaps")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    asked, today = GapFilter.from_args(request.args), clock.today()
    return render_template(
        "gaps/index.html",
        asked=asked,
        page=single_gaps(asked, current_user, today),
        programmes=judging_programmes(today),
        townships=township_pairs(current_user),
        tiers=ShortlistTier,
    )
