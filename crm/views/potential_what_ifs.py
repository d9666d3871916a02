"""试算: what the model would say with other figures; nothing is saved."""

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from crm import clock
from crm.forms.what_if import PotentialWhatIfForm
from crm.permissions import requires
from crm.queries.models import live_scoring
from crm.queries.potential_what_if import tried
from crm.queries.scope import find_firm

blueprint = Blueprint("potential_what_ifs", __name__, url_prefix="/firms/<int:firm_id>/potential/what-if")


@blueprint.get("")
@requires("firms.view")
def show(firm_id: int) -> tuple[str, int]:
    firm = find_firm(firm_id, current_user) or abort(404)
    scoring = live_scoring() or abort(404, "还没有启用的模型，没有可以试算的概率。")
    form = PotentialWhatIfForm(request.args)
    given = form.values if form.validate() else {}
    seen = tried(firm_id, scoring, given, clock.today())
    page = render_template("potential_what_ifs/show.html", firm=firm, form=form, seen=seen, scoring=scoring)
    return page, form.http_status
