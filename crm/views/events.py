"""The audit page."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from crm.permissions import requires
from crm.queries.events import EventFilter, audit_page, people
from pipelines.vocabulary import EventKind

blueprint = Blueprint("events", __name__, url_prefix="/events")


@blueprint.get("")
@requires("events.view")
def index() -> ResponseReturnValue:
    asked = EventFilter.from_args(request.args)
    return render_template("events/index.html", asked=asked, page=audit_page(asked), people=people(), kinds=EventKind)
