"""加计扣除: potential 高企, and 高企 that did not take the deduction."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from crm import clock
from crm.permissions import requires
from crm.queries.deduction import LISTS, DeductionFilter, deduction_page
from crm.queries.firm_choices import township_pairs

blueprint = Blueprint("deductions", __name__, url_prefix="/gaps/deductions")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    asked = DeductionFilter.from_args(request.args)
    return render_template(
        "deductions/index.html",
        asked=asked,
        page=deduction_page(asked, current_user, clock.today()),
        lists=LISTS,
        townships=township_pairs(current_user),
    )
