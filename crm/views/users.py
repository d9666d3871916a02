"""Accounts, for the administrator: who may come in, as what, responsible for where."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import clock
from crm.actions import users
from crm.actions.events import Author
from crm.actions.lock_out import lock_minutes
from crm.forms.user import NewUserForm, UserForm
from crm.models import User
from crm.permissions import requires
from crm.queries.second_factors import second_factor_of
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
        return redirect(url_for("users.index"), 303)
    return _edit_page(user, form), form.http_status


def _edit_page(user: User, form: UserForm) -> str:
    has_codes = second_factor_of(user.id) is not None
    return render_template("users/edit.html", user=user, form=form, has_codes=has_codes)


def _user_or_404(user_id: int) -> User:
    return find_user(user_id) or abort(404)
