"""加计扣除: potential 高企, and 高企 that did not take the deduction."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from crm import clock
from crm.permissions import requires
from crm.queries.deduction import BREAKS, LISTS, DeductionFilter, coverage, deduction_page
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


@blueprint.get("/coverage")
@requires("firms.view")
def cover() -> str:
    asked, today = DeductionFilter.from_args(request.args), clock.today()
    return render_template(
        "deductions/coverage.html", asked=asked, year=asked.year or today.year - 1, breaks=BREAKS,
        rows=coverage(asked, current_user, today), years=range(today.year - 1, today.year - 7, -1),
    )  # fmt: skip
