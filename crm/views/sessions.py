"""The door: signing in and out."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from crm.actions import sessions
from crm.actions.sessions import AwaitsCode, SignedIn
from crm.forms.second_factor import CodeForm
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
    if not form.validate() or not form.performs(lambda: _sign_in(form)):
        return _door(form), form.http_status
    if isinstance(form.outcome, AwaitsCode):
        session["awaiting"] = form.outcome.token
        return _code_page(CodeForm(formdata=None, next=form.next.data))
    return _go_on(form.outcome, form.next.data)


@blueprint.post("/sign-in/code")
@public
def confirm() -> ResponseReturnValue:
    form = CodeForm()
    if not sessions.awaits_code(session.get("awaiting", "")):
        return _too_late(form)
    if form.validate() and form.performs(lambda: _confirm(form)):
        return _go_on(form.outcome, form.next.data)
    return _code_page(form), form.http_status


@blueprint.post("/session/keeping")
@requires("account.own")
def keep() -> ResponseReturnValue:
    """Somebody is still there: being let in here has noted it."""
    return "", 204


@blueprint.post("/sign-out")
@requires("account.own")
def destroy() -> ResponseReturnValue:
    sessions.sign_out(current_user, request.remote_addr or "")
    logout_user()
    session.clear()
    flash("已退出登录。", "good")
    return redirect(url_for("sessions.new"), 303)


def _door(form: SignInForm) -> str:
    return render_template("sessions/new.html", form=form, kept=kept_in(request.form.items(multi=True)))


def _too_late(form: CodeForm) -> ResponseReturnValue:
    again = SignInForm(formdata=None, next=form.next.data)
    again.form_errors.append("登录等待时间已过，请重新输入账号和口令")
    return _door(again), 422


def _code_page(form: CodeForm) -> str:
    return render_template("sessions/code.html", form=form, kept=kept_in(request.form.items(multi=True)))


def _first_page(user: User) -> str:
    """The chief begins with the county, everybody else where home leads."""
    return url_for("dashboards.index" if user.role is Role.SECTION_CHIEF else "home.index")


def _go_on(came_in: SignedIn, asked: str | None) -> ResponseReturnValue:
    kept, came_back = kept_in(request.form.items(multi=True)), _enter(came_in)
    target = own_path(asked) or _first_page(came_in.user)
    if kept and came_back:
        return render_template("sessions/resume.html", target=target, fields=unpacked(kept))
    return redirect(target, 303)


def _confirm(form: CodeForm) -> SignedIn:
    token, code = session.get("awaiting", ""), form.code.data or ""
    return sessions.confirm(token, code, request.remote_addr or "", request.user_agent.string)


def _sign_in(form: SignInForm) -> SignedIn | AwaitsCode:
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
