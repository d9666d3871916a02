"""The door: signing in and out."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from crm.actions import sessions
from crm.actions.sessions import SignedIn
from crm.forms.session import SignInForm, kept_in, unpacked
from crm.models import User
from crm.own_paths import own_path
from crm.permissions import public, requires
from crm.template_filters import moment
from pipelines.vocabulary import Role

blueprint = Blueprint("sessions", __name__)


@blueprint.get("/sign-in")
@public
def new() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("home.index"), 303)
    return render_template("sessions/new.html", form=SignInForm(next=own_path(request.args.get("next"))))


@blueprint.post("/sign-in")
@public
def create() -> ResponseReturnValue:
    form = SignInForm()
    kept = kept_in(request.form.items(multi=True))
    if not form.validate() or not form.performs(lambda: _sign_in(form)):
        return render_template("sessions/new.html", form=form, kept=kept), form.http_status
    came_back = _enter(form.outcome)
    target = own_path(form.next.data) or _first_page(form.outcome.user)
    if kept and came_back:
        return render_template("sessions/resume.html", target=target, fields=unpacked(kept))
    return redirect(target, 303)


@blueprint.post("/sign-out")
@requires("account.own")
def destroy() -> ResponseReturnValue:
    sessions.sign_out(current_user, request.remote_addr or "")
    logout_user()
    session.clear()
    flash("已退出登录。", "good")
    return redirect(url_for("sessions.new"), 303)


def _first_page(user: User) -> str:
    """The chief begins with the county, everybody else where home leads."""
    return url_for("dashboards.index" if user.role is Role.SECTION_CHIEF else "home.index")


def _sign_in(form: SignInForm) -> SignedIn:
    device = request.user_agent.string
    return sessions.sign_in(form.account.data or "", form.password.data or "", request.remote_addr or "", device)


def _enter(came_in: SignedIn) -> bool:
    """Start a clean cookie; answers whether the cookie before it was the same person's."""
    token_before = session.get("_user_id")
    came_back = token_before is not None and sessions.owner_of(token_before) == came_in.user.id
    session.clear()
    g.pop("csrf_token", None)  # Flask-WTF would hand the page that follows the token of the cookie before
    came_in.user.session_token = came_in.token
    login_user(came_in.user)
    flash(_last_time(came_in), "warn" if came_in.failures_since else "plain")
    return came_back


def _last_time(came_in: SignedIn) -> str:
    last = "欢迎首次登录。"
    if came_in.last_at:
        last = f"上次登录：{moment(came_in.last_at)}，来自 {came_in.last_address}。"
    if not came_in.failures_since:
        return last
    return f"{last}其后有{came_in.failures_since}次登录未成功；如非本人所为，请修改口令并告知管理员。"
