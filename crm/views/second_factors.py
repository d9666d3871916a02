"""One's own second step at the door."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.actions.one_time_codes import enrolment
from crm.actions.second_factors import remove_codes, renew_recovery_codes, set_up_codes
from crm.forms.second_factor import OwnPasswordForm, SetUpForm
from crm.permissions import requires
from crm.queries.second_factors import is_required, recovery_codes_left, second_factor_of

blueprint = Blueprint("second_factors", __name__, url_prefix="/account/codes")


@blueprint.get("")
@requires("account.own")
def index() -> str:
    return _page(OwnPasswordForm())


@blueprint.get("/set-up")
@requires("account.own")
def new() -> str:
    return _set_up_page(SetUpForm())


@blueprint.post("/set-up")
@requires("account.own")
def create() -> ResponseReturnValue:
    form = SetUpForm()
    salt = enrolment(current_user, form.salt.data).salt
    password, code = form.password.data or "", form.code.data or ""
    if form.validate() and form.performs(lambda: set_up_codes(current_user, salt, password, code)):
        return render_template("second_factors/recovery_codes.html", codes=form.outcome, is_new=True)
    return _set_up_page(form), form.http_status


@blueprint.post("/recovery-codes")
@requires("account.own")
def renew() -> ResponseReturnValue:
    """Not redirected from: codes must stand neither in an address nor in a flash, which travels in the cookie."""
    form = OwnPasswordForm()
    if form.validate() and form.performs(lambda: renew_recovery_codes(current_user, form.password.data or "")):
        return render_template("second_factors/recovery_codes.html", codes=form.outcome, is_new=False)
    return _page(form), form.http_status


@blueprint.post("/removal")
@requires("account.own")
def destroy() -> ResponseReturnValue:
    form = OwnPasswordForm()
    if form.validate() and form.performs(lambda: remove_codes(current_user, form.password.data or "")):
        flash("已停用两步验证，以后只用口令登录。", "good")
        return redirect(url_for("second_factors.index"), 303)
    return _page(form), form.http_status


def _page(form: OwnPasswordForm) -> str:
    factor = second_factor_of(current_user.id)
    left = recovery_codes_left(current_user.id)
    return render_template("second_factors/index.html", form=form, factor=factor, left=left, required=_required())


def _set_up_page(form: SetUpForm) -> str:
    shown = enrolment(current_user, form.salt.data)
    form.salt.data = shown.salt
    factor = second_factor_of(current_user.id)
    return render_template("second_factors/new.html", form=form, shown=shown, factor=factor, required=_required())


def _required() -> bool:
    return is_required(current_user, current_app.config["CODES_REQUIRED"])
