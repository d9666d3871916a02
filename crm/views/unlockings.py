"""Letting somebody try again who is locked out."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.users import unlock_user
from crm.permissions import requires
from crm.queries.users import find_user

blueprint = Blueprint("unlockings", __name__, url_prefix="/users/<int:user_id>/unlockings")


@blueprint.post("")
@requires("users.manage")
def create(user_id: int) -> ResponseReturnValue:
    user = find_user(user_id) or abort(404)
    unlock_user(user, Author.of(current_user))
    flash(f"已解除{user.name}的登录锁定。", "good")
    return redirect(url_for("users.index"), 303)
