"""The first page after coming in."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.permissions import can, requires

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires("account.own")
def index() -> ResponseReturnValue:
    return redirect(url_for("firms.index" if can(current_user, "firms.view") else "events.index"), 303)
