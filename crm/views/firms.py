"""The register of firms: its list, and one firm."""

from flask import Blueprint

from crm.permissions import requires

blueprint = Blueprint("firms", __name__, url_prefix="/firms")


@blueprint.get("")
@requires("firms.view")
def index() -> str:
    return ""
