"""Who may come in: one place that lets nobody pass unless a mark on the view says so."""

from flask import Flask, Response, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from crm.actions import sessions
from crm.actions.passwords import is_expired
from crm.extensions import login
from crm.forms.session import SignInForm, worth_keeping
from crm.own_paths import own_path
from crm.permissions import ability_of, can, is_public
from crm.queries.second_factors import is_owed

_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
# Where somebody may go whose password must be changed first.
_WAY_TO_A_NEW_PASSWORD = {"passwords.edit", "passwords.update", "sessions.destroy"}
# The same for an administrator who has no second step yet.
_WAY_TO_A_CODE = _WAY_TO_A_NEW_PASSWORD | {"second_factors.new", "second_factors.create"}


class RecordNumber(IntegerConverter):
    """A number in a URL that a database can hold; a larger one names no record and is answered 404, not 500."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"max": 2**31 - 1} | kwargs)  # type: ignore[arg-type] # passed through as they come


def register(app: Flask) -> None:
    if app.config["TRUSTED_PROXIES"]:
        proxies = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign] # Flask's way
    app.url_map.converters["int"] = RecordNumber
    login.session_protection = None  # an officer's address changes with the office network; the token is the proof
    login.user_loader(sessions.resume)
    app.before_request_funcs[None].insert(0, _limit_body)  # before the CSRF check, which reads the whole form
    app.before_request(_refuse_null_characters)
    app.before_request(_let_pass)
    app.after_request(_send_headers)
    app.jinja_env.globals["can"] = lambda ability: can(current_user, ability)


def _limit_body() -> None:
    """Only an upload may be large. Werkzeug limits the fields of a multipart form, not those of a plain one."""
    if request.mimetype == "multipart/form-data":
        return
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    if request.method == "POST" and request.get_data(cache=True).count(b"&") >= current_app.config["MAX_FORM_PARTS"]:
        abort(413)


def _refuse_null_characters() -> None:
    """No text of ours holds one, PostgreSQL refuses it, and C libraries stop reading at it."""
    if any("\0" in value for values in (request.args, request.form) for value in values.values()):
        abort(400, "请求中含有不可见的控制字符，请重新输入后再提交。")


def _let_pass() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such page, or not by this method: answered 404, 405 or by a redirect to the right spelling
    view = current_app.view_functions[request.endpoint]
    if is_public(view):
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if _must_change_password():
        return redirect(url_for("passwords.edit"), 303)
    if _must_set_up_codes():
        return redirect(url_for("second_factors.new"), 303)
    ability = ability_of(view)
    if ability is None:
        abort(404)  # a view without a mark: nobody's
    if not can(current_user, ability):
        sessions.record_refused_access(current_user, request.endpoint, request.method)
        abort(403)
    return None


def _must_change_password() -> bool:
    return request.endpoint not in _WAY_TO_A_NEW_PASSWORD and (
        current_user.must_change_password or is_expired(current_user)
    )


def _must_set_up_codes() -> bool:
    return request.endpoint not in _WAY_TO_A_CODE and is_owed(current_user, current_app.config["CODES_REQUIRED"])


def _ask_to_sign_in() -> ResponseReturnValue:
    if "_user_id" in session:
        flash("登录已超时，或已在别处退出，请重新登录。", "warn")
    if request.headers.get("HX-Request"):  # a fragment cannot hold the sign-in page: the whole page goes there
        return Response(status=401, headers={"HX-Redirect": url_for("sessions.new")})
    if request.method in ("GET", "HEAD"):
        asked = request.full_path if request.query_string else request.path
        return redirect(url_for("sessions.new", next=own_path(asked) if asked != "/" else None), 303)
    # A form that was left open until the session ended: what was typed waits behind the sign-in.
    form = SignInForm(formdata=None, next=request.path)
    kept = worth_keeping(request)
    return render_template("sessions/new.html", form=form, kept=kept.fields, of_form=kept), 401


def _send_headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    if request.blueprint != "assets":  # those set their own: their names change with their content
        headers["Cache-Control"] = "no-store"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
