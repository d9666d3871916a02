"""The first page after coming in: what one has to do today."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.permissions import can, requires
from crm.queries.firm_choices import owner_pairs
from crm.queries.first_steps import steps_left
from crm.queries.my_day import my_day

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires("account.own")
def index() -> ResponseReturnValue:
    """Who follows firms sees the day; a leader the county's numbers, an auditor the deeds."""
    if not can(current_user, "firms.edit"):
        return redirect(url_for("dashboards.index" if can(current_user, "firms.view") else "events.index"), 303)
    today = clock.today()
    month_begins = today.replace(day=1).isoformat()
    return render_template(
        "home/index.html",
        day=my_day(current_user, today),
        month_begins=month_begins,
        colleagues=owner_pairs(None),
        steps=steps_left(current_user) if can(current_user, "users.manage") else [],
    )
