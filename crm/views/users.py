"""Accounts, for the administrator: who may come in, as what, responsible for where."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions import users
from crm.actions.events import Author
from crm.actions.lock_out import lock_minutes
from crm.actions.sessions import key_of, open_since
from crm.forms.user import NewUserForm, UserForm
from crm.models import User
from crm.permissions import requires
from crm.queries.reassignments import held_by
from crm.queries.second_factors import second_factor_of
from crm.queries.sessions import open_sessions
from crm.queries.users import find_user, sensible_args, user_page
from pipelines.vocabulary import Role

blueprint = Blueprint("users", __name__, url_prefix="/users")


@blueprint.get("")
@requires("users.manage")
def index() -> ResponseReturnValue:
    asked = sensible_args(request.args)
    page = user_page(asked, clock.now() - lock_minutes(), current_app.config["SIGN_IN_TRIES"])
    return render_template("users/index.html", page=page, asked=asked, roles=Role)


@blueprint.get("/new")
@requires("users.manage")
def new() -> ResponseReturnValue:
    return render_template("users/new.html", form=NewUserForm())


@blueprint.post("")
@requires("users.manage")
def create() -> ResponseReturnValue:
    form = NewUserForm()
    if form.validate() and form.performs(lambda: users.create_user(Author.of(current_user), **form.values)):
        return render_template("users/password.html", user=form.outcome.user, password=form.outcome.password)
    return render_template("users/new.html", form=form), form.http_status


@blueprint.get("/<int:user_id>/edit")
@requires("users.manage")
def edit(user_id: int) -> ResponseReturnValue:
    user = _user_or_404(user_id)
    return _edit_page(user, UserForm(user))


@blueprint.post("/<int:user_id>/edit")
@requires("users.manage")
def update(user_id: int) -> ResponseReturnValue:
    user, form = _user_or_404(user_id), UserForm()
    if form.validate() and form.performs(lambda: users.update_user(user_id, Author.of(current_user), **form.values)):
        flash(f"已保存{form.outcome.name}的账号。", "good")
        return _go_on(form.outcome)
    return _edit_page(user, form), form.http_status


def _go_on(user: User) -> ResponseReturnValue:
    """Who is out leaves nothing lying about that nobody would be reminded of."""
    if user.active or not any(held_by(user.id).values()):
        return redirect(url_for("users.index"), 303)
    flash(f"{user.name}已停用，名下还有未了的企业、培育对象或跟进，请选择接手的人。", "warn")
    return redirect(url_for("reassignments.index", giver=user.id), 303)


def _edit_page(user: User, form: UserForm) -> str:
    return render_template(
        "users/edit.html",
        user=user,
        form=form,
        has_codes=second_factor_of(user.id) is not None,
        held=held_by(user.id),
        sessions=open_sessions(user.id, *open_since()),
        own=key_of(current_user.get_id()),
    )


def _user_or_404(user_id: int) -> User:
    return find_user(user_id) or abort(404)
