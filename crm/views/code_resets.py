"""A second step taken away from somebody who has lost telephone and paper."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.second_factors import reset_codes
from crm.permissions import requires
from crm.queries.users import find_user

blueprint = Blueprint("code_resets", __name__, url_prefix="/users/<int:user_id>/code-resets")


@blueprint.post("")
@requires("users.manage")
def create(user_id: int) -> ResponseReturnValue:
    user = find_user(user_id) or abort(404)
    reset_codes(user, Author.of(current_user))
    flash(f"已重置{user.name}的两步验证，下次登录只需口令；请提醒本人重新绑定。", "good")
    return redirect(url_for("users.edit", user_id=user_id), 303)
