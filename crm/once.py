"""A form sent twice has one effect, and the second answer shows the first result.

Every form carries a token. The first commit of the request that brings it writes the token down in the deed's own
transaction: of two requests in the same moment one commits, the other fails as a whole and is led to the first result.
What is compared is the token with everything else that was sent: who goes back, changes the form and sends it again,
means something else. A form that was refused has had no effect and may be sent again.
"""

import time
from collections import OrderedDict
from contextlib import suppress
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, flash, g, has_request_context, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError, OperationalError

from crm.extensions import db, impatient_connection
from crm.models import OnceToken
from crm.own_paths import own_path, page_before

FIELD = "once"
_SAID = "这份表单已经提交过一次，没有重复办理；下面是第一次的结果。"
_LONGEST_TOKEN = 64
_REMEMBERED = 500
_SECONDS_BETWEEN_LOOKS = 0.05

# Answers of this process that could not be written down because an import held the database.
_answers: OrderedDict[str, str] = OrderedDict()


def register(app: Flask) -> None:
    app.before_request(_answer_again)
    app.after_request(_keep_answer)
    app.add_template_global(hidden_tokens)


def hidden_tokens() -> Markup:
    """The hidden fields of every form that is posted: against forgery, and against having its effect twice."""
    return Markup(
        '<input type="hidden" name="csrf_token" value="{}"><input type="hidden" name="once" value="{}">'
    ).format(generate_csrf(), token_urlsafe(12))


def claim() -> None:
    """For a deed that the database does not see, such as a mail sent at once: before it is done, not with it."""
    db.session.commit()


def is_taken(error: IntegrityError) -> bool:
    """Whether another request with the same form was first."""
    return "once_tokens" in str(error.orig)


def first_result() -> ResponseReturnValue:
    """Where the first answer led to; waits a little for it when it is still being made."""
    db.session.rollback()
    session.pop("_flashes", None)  # what the second try has complained of is not so
    flash(_SAID)
    there = _awaited(g.once) or page_before() or "/"
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Redirect": there})
    return redirect(there, 303)


def _answer_again() -> ResponseReturnValue | None:
    token = request.form.get(FIELD, "") if request.method == "POST" else ""
    if not 0 < len(token) <= _LONGEST_TOKEN or not current_user.is_authenticated:
        return None
    g.once = _digest(token)
    return first_result() if _known(g.once) else None


def _digest(token: str) -> str:
    said = sha256()
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in (FIELD, "csrf_token")]
    for part in (current_user.id, request.path, token, *(part for pair in sorted(sent) for part in pair)):
        said.update(f"{len(str(part))}:{part}".encode("utf-8", "surrogatepass"))
    for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        said.update(f"{name}:{file.filename}:".encode("utf-8", "surrogatepass"))
        while piece := file.stream.read(1 << 20):
            said.update(piece)
        file.stream.seek(0)
    return said.hexdigest()


@sa.event.listens_for(db.session, "before_commit")
def _write_down(running: Any) -> None:
    """The first commit of the request is the deed's, or the first step of it."""
    if has_request_context() and g.get("once") and not g.get("once_kept"):
        running.add(OnceToken(digest=g.once))


@sa.event.listens_for(db.session, "after_commit")
def _is_written(_running: Any) -> None:
    if has_request_context() and g.get("once"):
        g.once_kept = True


def _keep_answer(response: Response) -> Response:
    """Only a deed that leads on counts: a form shown again, or a refusal, is to be mended and sent again."""
    if not g.get("once"):
        return response
    leads_to = response.headers.get("HX-Redirect") or (response.location if 300 <= response.status_code < 400 else None)
    if leads_to and not g.get("refused"):
        if g.get("once_kept"):
            _remember(g.once, leads_to)
    elif g.get("once_kept"):
        _forget(g.once)
    elif _known(g.once):  # refused because the first had done it meanwhile
        return current_app.make_response(first_result())
    return response


def _known(digest: str) -> bool:
    return db.session.scalar(sa.select(OnceToken.digest).where(OnceToken.digest == digest)) is not None


def _awaited(digest: str) -> str | None:
    until = time.monotonic() + current_app.config["PAGE_WAIT_SECONDS"]
    while True:
        db.session.rollback()  # a look of its own each time: the first request commits elsewhere
        kept = db.session.scalar(sa.select(OnceToken.target).where(OnceToken.digest == digest))
        if there := own_path(kept or _answers.get(digest)):
            return there
        if time.monotonic() > until:
            return None
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _remember(digest: str, there: str) -> None:
    """In the table as long as nobody holds it: an answer must not wait for somebody else's import."""
    _answers[digest] = there
    while len(_answers) > _REMEMBERED:
        _answers.popitem(last=False)
    write = sa.update(OnceToken).where(OnceToken.digest == digest).values(target=there[:2000])
    with suppress(OperationalError), impatient_connection() as connection:
        connection.execute(write)
        connection.commit()


def _forget(digest: str) -> None:
    db.session.rollback()
    with suppress(OperationalError):
        db.session.execute(sa.delete(OnceToken).where(OnceToken.digest == digest))
        db.session.commit()
    db.session.rollback()
