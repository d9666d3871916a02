"""One's own password."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.password_rules import rule_in_words
from crm.actions.passwords import change_password, is_expired
from crm.forms.password import PasswordForm
from crm.permissions import requires

blueprint = Blueprint("passwords", __name__, url_prefix="/password")


@blueprint.get("")
@requires("account.own")
def edit() -> ResponseReturnValue:
    return _page(PasswordForm())


@blueprint.post("")
@requires("account.own")
def update() -> ResponseReturnValue:
    form = PasswordForm()
    old, new = form.password.data or "", form.new_password.data or ""
    if form.validate() and form.performs(lambda: change_password(current_user, old, new)):
        flash("口令已修改，在其他地方的登录均已退出。", "good")
        return redirect(url_for("home.index"), 303)
    return _page(form), form.http_status


def _page(form: PasswordForm) -> str:
    return render_template("passwords/edit.html", form=form, is_expired=is_expired(current_user), rule=rule_in_words())
