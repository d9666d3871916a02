"""Where somebody is signed in: one's own list, and for the administrator everybody's."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.events import Author
from crm.actions.sessions import end_session, key_of, open_since
from crm.models import User
from crm.permissions import requires
from crm.queries.sessions import open_sessions
from crm.queries.users import find_user

blueprint = Blueprint("open_sessions", __name__)


@blueprint.get("/account/sessions")
@requires("account.own")
def index() -> str:
    rows = open_sessions(current_user.id, *open_since())
    return render_template("open_sessions/index.html", rows=rows, own=key_of(current_user.get_id()))


@blueprint.post("/account/sessions/<key>/ending")
@requires("account.own")
def end_own(key: str) -> ResponseReturnValue:
    return _ended(current_user, key, url_for("open_sessions.index"))


@blueprint.post("/users/<int:user_id>/sessions/<key>/ending")
@requires("users.manage")
def end(user_id: int, key: str) -> ResponseReturnValue:
    return _ended(find_user(user_id) or abort(404), key, url_for("users.edit", user_id=user_id))


def _ended(user: User, key: str, back: str) -> ResponseReturnValue:
    if end_session(user, key, Author.of(current_user)):
        flash("已结束那里的登录。", "good")
    else:
        flash("那里的登录已经结束。")
    return redirect(back, 303)
