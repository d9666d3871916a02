"""What stands in a mail to be clicked without signing in: good for one reminder, for thirty days, and only once."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from pipelines.vocabulary import ReminderKind

_SALT = "mail-link"
_THIRTY_DAYS = 30 * 24 * 3600


def link_path(reminder_id: int, kind: ReminderKind) -> str | None:
    """None: nothing can be done about this kind by a click."""
    if kind is not ReminderKind.FOLLOW_UP_DUE:
        return None
    return current_app.url_map.bind("localhost").build("mail_links.show", {"token": _signer().dumps(reminder_id)})


def read_link(token: str) -> int | None:
    """The reminder it is about; None: touched, too old, or made up."""
    try:
        reminder_id = _signer().loads(token, max_age=_THIRTY_DAYS)
    except BadSignature:
        return None
    return reminder_id if isinstance(reminder_id, int) else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=_SALT)
