"""缺数据: what must be collected before the open judgements are known."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from crm import clock
from crm.permissions import requires
from crm.queries.askings import askings, people_to_ask
from crm.queries.firm_choices import township_pairs
from crm.queries.gap_filter import GapFilter
from crm.queries.gaps import judging_programmes, missing_figures
from pipelines.vocabulary import ShortlistTier

blueprint = Blueprint("missing_figures", __name__, url_prefix="/gaps/missing-figures")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    asked, today = GapFilter.from_args(request.args), clock.today()
    page = missing_figures(asked, current_user, today)
    people = people_to_ask([row.id for row in page.rows])
    return render_template(
        "missing_figures/index.html",
        asked=asked,
        page=page,
        askings={row.id: askings(row.id, row.lacking, people) for row in page.rows},
        programmes=judging_programmes(today),
        townships=township_pairs(current_user),
        tiers=ShortlistTier,
    )
