"""The front-end files, to whoever asks: nothing in them is secret."""

from flask import Blueprint, abort, current_app
from werkzeug.wrappers import Response

from crm.assets import find_asset
from crm.permissions import public

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


@blueprint.get("/<version>/<name>")
@public
def show(version: str, name: str) -> Response:
    found = find_asset(name, version) or abort(404)
    response = current_app.response_class(found.content, mimetype=found.type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
