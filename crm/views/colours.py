"""三色榜."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from crm import clock
from crm.permissions import requires
from crm.queries.colours import ColourFilter, colour_page, reasons_of
from crm.queries.decisions import decided_word
from crm.queries.firm_choices import township_pairs
from crm.queries.policies import known_policies
from pipelines.vocabulary import Programme

blueprint = Blueprint("colours", __name__, url_prefix="/gaps/colours")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    asked, today = ColourFilter.from_args(request.args), clock.today()
    return render_template(
        "colours/index.html",
        asked=asked,
        page=colour_page(asked, current_user, today),
        policy=known_policies().in_force(Programme.TRI_COLOR, today),
        townships=township_pairs(current_user),
        decided_word=decided_word,
        reasons_of=reasons_of,
    )
