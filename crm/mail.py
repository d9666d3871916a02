"""Mail: three templates a mail, the bytes that go over the wire, one connection for many, and what a failure means.

The file back end writes each mail beside the database, so that nothing leaves the machine until the office says so.
"""

import re
import smtplib
from binascii import b2a_base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate, parseaddr
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app
from flask_mailman.message import sanitize_address
from jinja2 import Environment, StrictUndefined, Template, TemplateError

_BACKENDS = {"smtp": "crm.mail_smtp"}
_TRANSIENT = range(400, 500)
_GOING_AWAY = 421
_LONGEST = 300
_PARTS = ("subject.txt", "txt", "html")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_SUBJECT_STEP, _LINE = 9, 76  # characters in an encoded word: as many as fit into a line if each takes four bytes
# Written by hand: the email package takes five times as long as the mail server. Base64 passes every server, has no
# long line and none that begins with a dot, and cannot hold the boundary.
_FORM = """\
From: {sender}
To: {to}
Subject: {subject}
Date: {date}
Message-ID: <{message_id}>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_part"

--=_part
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

{text}
--=_part
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

{page}
--=_part--
""".replace("\n", "\r\n")


class Letter(NamedTuple):
    subject: str
    text: str
    page: str


class Outcome(NamedTuple):
    """error None: accepted. is_permanent: another try would fail alike. is_over: the connection is gone with it;
    is_unanswered: before the server said what it did with the mail."""

    error: str | None = None
    is_permanent: bool = False
    is_over: bool = False
    is_unanswered: bool = False


@contextmanager
def connection() -> Iterator[Any]:
    """One connection for a run of mails; OSError when the server cannot be reached."""
    opened = current_app.extensions["mailman"].get_connection(_BACKENDS.get(current_app.config["MAIL_BACKEND"]))
    opened.open()
    try:
        yield opened
    finally:
        with suppress(OSError, smtplib.SMTPException):  # what was accepted is accepted
            opened.close()


def letter(name: str, **values: Any) -> Letter:
    """Out of templates/emails/<name>.{subject.txt,txt,html}; jinja2.TemplateError for a field that nobody gave."""
    subject, text, page = [template.render(values) for template in _templates(current_app.jinja_env, name)]
    return Letter(" ".join(subject.split()), text, page)


def send(name: str, to: str, message_id: str, through: Any, **values: Any) -> Outcome:
    """Write the mail and hand it over."""
    written = write(name, to, message_id, **values)
    return written if isinstance(written, Outcome) else hand_over(written, to, through)


def write(name: str, to: str, message_id: str, **values: Any) -> bytes | Outcome:
    """The mail as it goes over the wire, or why it cannot."""
    try:
        return as_bytes(letter(name, **values), to, message_id)
    except TemplateError as fault:
        return Outcome(f"邮件模板写错了：{_told(fault)}", is_permanent=True)
    except ValueError as error:  # an address that cannot stand in a header
        return Outcome(_told(error), is_permanent=True)


def as_bytes(letter: Letter, to: str, message_id: str) -> bytes:
    return _FORM.format(
        sender=_sender(current_app.config["MAIL_DEFAULT_SENDER"]).header, to=_address(to),
        subject=_subject(letter.subject), date=formatdate(), message_id=message_id,
        text=_body(letter.text), page=_body(letter.page),
    ).encode("ascii")  # fmt: skip


def hand_over(written: bytes, to: str, through: Any, meanwhile: Callable[[], None] = lambda: None) -> Outcome:
    """meanwhile: what is to be done before the mail leaves, and can be while the server looks at the address; it is not
    when the connection is gone."""
    try:
        through.hand_over(_sender(current_app.config["MAIL_DEFAULT_SENDER"]).address, _mailbox(to), written, meanwhile)
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        return Outcome(_told(words), code not in _TRANSIENT, is_over=code == _GOING_AWAY)
    except smtplib.SMTPServerDisconnected as gone:
        return Outcome(_told(gone), is_over=True, is_unanswered=True)
    except smtplib.SMTPResponseException as refused:
        is_over = refused.smtp_code == _GOING_AWAY
        return Outcome(_told(refused.smtp_error), refused.smtp_code not in _TRANSIENT, is_over)
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(_told(error), is_over=True, is_unanswered=True)
    return Outcome()


class _Sender(NamedTuple):
    header: str
    address: str


@lru_cache
def _sender(setting: str) -> _Sender:
    header = sanitize_address(setting, "utf-8")
    return _Sender(header, parseaddr(header)[1])


def _address(to: str) -> str:
    """ValueError for what is none, or would be more than one."""
    return to if _PLAIN_ADDRESS.fullmatch(to) else sanitize_address(to, "utf-8")


def _mailbox(to: str) -> str:
    """Without the name that an address may bear."""
    return to if _PLAIN_ADDRESS.fullmatch(to) else parseaddr(_address(to))[1]


def _subject(words: str) -> str:
    steps = [words[start : start + _SUBJECT_STEP] for start in range(0, len(words), _SUBJECT_STEP)]
    return "\r\n ".join(f"=?utf-8?b?{_base64(step)}?=" for step in steps)


def _body(text: str) -> str:
    whole = _base64(text)
    return "\r\n".join([whole[start : start + _LINE] for start in range(0, len(whole), _LINE)])


def _base64(text: str) -> str:
    return b2a_base64(text.encode(), newline=False).decode("ascii")


@lru_cache
def _templates(pages: Environment, name: str) -> list[Template]:
    """Compiled as those of the pages are, but a field without a value is an error: a mail with a hole in it must not go
    out. Nor has a mail what pages have at hand: to hand that over would take longer than to write the mail."""
    mails = pages.overlay(undefined=StrictUndefined)
    mails.globals = {}
    return [mails.get_template(f"emails/{name}.{part}") for part in _PARTS]


def _told(words: Any) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words) or type(words).__name__
    return text[:_LONGEST]
