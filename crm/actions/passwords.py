"""Changing a password, by its owner or by an administrator."""

from datetime import timedelta

from flask import current_app

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.password_hashes import hashed, matches, one_time_password
from crm.actions.password_rules import check_password
from crm.actions.sessions import end_sessions
from crm.extensions import db
from crm.models import User
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def is_expired(user: User) -> bool:
    days: int = current_app.config["PASSWORD_DAYS"]
    return days > 0 and clock.now() - user.password_changed_at > timedelta(days=days)


def change_password(user: User, old: str, new: str) -> None:
    """The owner's own change; every other place where he is in ends."""
    if not matches(user.password_hash, old):
        raise Refusal("现用口令不对")
    if new == old:
        raise Refusal("新口令不应与现用口令相同")
    check_password(new, user.account, user.name)
    _set_password(user, new, must_change=False)
    end_sessions(user.id, except_token=user.session_token)
    record_event(EventKind.PASSWORD_CHANGED, Author.of(user))
    db.session.commit()


def reset_password(user: User, by: Author) -> str:
    """A new one-time password, to be shown once to the administrator and changed by the owner when coming in."""
    password = one_time_password()
    _set_password(user, password, must_change=True)
    user.unlocked_at = clock.now()
    end_sessions(user.id)
    record_event(EventKind.PASSWORD_RESET, by, particulars={"subject": f"{user.name}（{user.account}）"})
    db.session.commit()
    return password


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    user.password_hash = hashed(password)
    user.password_changed_at = clock.now()
    user.must_change_password = must_change
