"""Deadlines as calendar files: what a phone or Outlook keeps, subscribed to by a private address."""

from collections.abc import Iterable
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from crm import clock
from pipelines.reminders.planning import Situation

_SALT = "calendar-feed"


def calendar_file(matters: Iterable[Situation]) -> bytes:
    """Whole days, each with an alarm on the morning before; the same matter keeps its identity when its day moves."""
    from icalendar import Alarm, Calendar, Event  # slow import

    calendar = Calendar()
    calendar.add("prodid", "-//Yanzhen//CN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "雁阵期限")
    for matter in matters:
        entry = Event()
        entry.add("uid", f"{matter.kind}-{matter.subject}@yanzhen")
        entry.add("dtstamp", clock.now())
        entry.add("dtstart", matter.on)
        entry.add("dtend", matter.on + timedelta(days=1))
        entry.add("summary", matter.words)
        entry.add("url", f"{current_app.config['BASE_URL']}{matter.path}")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", matter.words)
        alarm.add("trigger", timedelta(hours=-15))
        entry.add_component(alarm)
        calendar.add_component(entry)
    return calendar.to_ical()


def feed_token(user_id: int, key: str) -> str:
    """key: of the account; a new one makes every address that was given out worthless."""
    return _signer().dumps([user_id, key])


def read_feed_token(token: str) -> tuple[int, str] | None:
    try:
        user_id, key = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return (user_id, key) if isinstance(user_id, int) and isinstance(key, str) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=_SALT)
