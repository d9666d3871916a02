"""The documents firms are judged by: their list, and one edition."""

from flask import Blueprint, abort, render_template

from crm import clock
from crm.permissions import requires
from crm.queries.editions import editions_by_programme, shown_edition

blueprint = Blueprint("policies", __name__, url_prefix="/policies")


@blueprint.get("")
@requires("policies.view")
def index() -> str:
    return render_template("policies/index.html", programmes=editions_by_programme(clock.today()))


@blueprint.get("/<programme>/<in_force_from>")
@requires("policies.view")
def show(programme: str, in_force_from: str) -> str:
    edition = shown_edition(programme, in_force_from, clock.today()) or abort(404)
    return render_template("policies/show.html", edition=edition)
