"""Notes that name somebody."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.mentions import see_mention
from crm.permissions import requires

blueprint = Blueprint("mentions", __name__, url_prefix="/mentions")


@blueprint.post("/<int:mention_id>/seen")
@requires("firms.edit")
def see(mention_id: int) -> ResponseReturnValue:
    see_mention(mention_id, Author.of(current_user))
    return redirect(url_for("home.index"), 303)
