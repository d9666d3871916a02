"""Mail: three templates a mail, one connection for many, and what a failure means.

The file back end writes each mail beside the database, so that nothing leaves the machine until the office says so.
"""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app
from flask_mailman import EmailMultiAlternatives
from jinja2 import Environment, StrictUndefined, TemplateError

_TRANSIENT = range(400, 500)
_LONGEST = 300


class Outcome(NamedTuple):
    """error None: accepted. is_permanent: another try would fail alike. is_over: the connection is gone with it."""

    error: str | None = None
    is_permanent: bool = False
    is_over: bool = False


@contextmanager
def connection() -> Iterator[Any]:
    """One connection for a run of mails; OSError when the server cannot be reached."""
    opened = current_app.extensions["mailman"].get_connection()
    opened.open()
    try:
        yield opened
    finally:
        with suppress(OSError, smtplib.SMTPException):  # what was accepted is accepted
            opened.close()


def send(name: str, to: str, message_id: str, through: Any, **values: Any) -> Outcome:
    """Write the mail and hand it over."""
    try:
        written(name, to, message_id, through, **values).send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        return Outcome(_told(words), code not in _TRANSIENT)
    except smtplib.SMTPServerDisconnected as gone:
        return Outcome(_told(gone), is_over=True)
    except smtplib.SMTPResponseException as refused:
        return Outcome(_told(refused.smtp_error), refused.smtp_code not in _TRANSIENT, is_over=refused.smtp_code == 421)
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(_told(error), is_over=True)
    except TemplateError as fault:
        return Outcome(f"邮件模板写错了：{_told(fault)}", is_permanent=True)
    except ValueError as error:  # an address or a subject that cannot stand in a header
        return Outcome(_told(error), is_permanent=True)
    return Outcome()


def written(name: str, to: str, message_id: str, through: Any, **values: Any) -> EmailMultiAlternatives:
    """Out of templates/emails/<name>.{subject.txt,txt,html}; jinja2.TemplateError for a field that nobody gave."""
    templates = _templates(current_app.jinja_env)
    subject, text, page = (
        templates.get_template(f"emails/{name}.{part}").render(**values) for part in ("subject.txt", "txt", "html")
    )
    message = EmailMultiAlternatives(
        " ".join(subject.split()), text, current_app.config["MAIL_DEFAULT_SENDER"], [to],
        headers={"Message-ID": f"<{message_id}>"}, connection=through,
    )  # fmt: skip
    message.attach_alternative(page, "text/html")
    return message


@lru_cache(maxsize=1)
def _templates(pages: Environment) -> Environment:
    """Those of the pages, but a field without a value is an error: a mail with a hole in it must not go out."""
    return pages.overlay(undefined=StrictUndefined)


def _told(words: Any) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words) or type(words).__name__
    return text[:_LONGEST]
