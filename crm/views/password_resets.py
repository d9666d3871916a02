"""A new password for somebody who has forgotten his."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.passwords import reset_password
from crm.permissions import requires
from crm.queries.users import find_user

blueprint = Blueprint("password_resets", __name__, url_prefix="/users/<int:user_id>/password-resets")


@blueprint.post("")
@requires("users.manage")
def create(user_id: int) -> ResponseReturnValue:
    """Not redirected from: a password must stand neither in an address nor in a flash, which travels in the cookie."""
    user = find_user(user_id) or abort(404)
    password = reset_password(user, Author.of(current_user))
    return render_template("users/password.html", user=user, password=password)
