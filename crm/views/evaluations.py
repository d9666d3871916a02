"""One judgement of a firm, as it was made."""

from flask import Blueprint, abort, render_template
from flask_login import current_user

from crm.permissions import requires
from crm.queries.evaluations import replayed
from crm.queries.judgements import shown
from crm.queries.scope import find_firm

blueprint = Blueprint("evaluations", __name__, url_prefix="/firms/<int:firm_id>/evaluations")


@blueprint.get("/<int:evaluation_id>")
@requires("firms.view")
def show(firm_id: int, evaluation_id: int) -> str:
    firm = find_firm(firm_id, current_user) or abort(404)
    replay = replayed(firm_id, evaluation_id) or abort(404)
    assessed = replay.assessment and shown(replay.assessment)
    return render_template("evaluations/show.html", firm=firm, replay=replay, shown=assessed)
