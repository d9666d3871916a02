"""The audit page."""

from io import BytesIO

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.event_exports import EVENT_LIST, export_events
from crm.actions.events import Author
from crm.actions.list_exports import file_name
from crm.permissions import requires
from crm.queries.events import EventFilter, audit_page, last_check, people
from crm.views.downloads import send_workbook
from pipelines.vocabulary import EventKind

blueprint = Blueprint("events", __name__, url_prefix="/events")


@blueprint.get("")
@requires("events.view")
def index() -> ResponseReturnValue:
    asked = EventFilter.from_args(request.args)
    shown = {"page": audit_page(asked), "people": people(), "kinds": EventKind, "check": last_check()}
    return render_template("events/index.html", asked=asked, **shown)


@blueprint.post("/export-files")
@requires("events.export")
def export() -> Response:
    content = BytesIO()
    export_events(EventFilter.from_args(request.form), Author.of(current_user), content)
    return send_workbook(content, file_name(EVENT_LIST))
