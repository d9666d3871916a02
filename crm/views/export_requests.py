"""Lists with many whole telephone numbers: what was asked for, and what a second person said."""

from flask import Blueprint, render_template
from flask_login import current_user

from crm.forms.export import ExportDecisionForm
from crm.permissions import can, requires
from crm.queries.export_requests import export_requests

blueprint = Blueprint("export_requests", __name__, url_prefix="/export-requests")


@blueprint.get("")
@requires("exports.run")
def index() -> str:
    of_all = can(current_user, "exports.approve")
    requests = export_requests(current_user, of_all)
    return render_template("export_requests/index.html", requests=requests, of_all=of_all, form=ExportDecisionForm())
