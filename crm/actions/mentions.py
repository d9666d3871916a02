"""Colleagues named with @ in a note are told on their first page."""

import re
from collections.abc import Iterator

import sqlalchemy as sa

from crm import clock
from crm.actions.events import Author
from crm.extensions import db
from crm.models import Mention, User
from pipelines.refusals import Refusal

_SHOWN = 300


def note_mentions(text: str | None, firm_id: int, by: Author, visit_id: int | None = None) -> None:
    """In the caller's transaction. Whoever wrote it needs not be told; a name two colleagues bear tells both."""
    for user_id in _named(text or ""):
        if user_id != by.user_id:
            mention = Mention(user_id=user_id, firm_id=firm_id, visit_id=visit_id, words=(text or "")[:_SHOWN])
            mention.by_name = by.name
            db.session.add(mention)


def see_mention(mention_id: int, by: Author) -> None:
    mention = db.session.get(Mention, mention_id)
    if mention is None or mention.user_id != by.user_id:
        raise Refusal("这条提醒已不存在。")
    mention.seen_at = mention.seen_at or clock.now()
    db.session.commit()


def _named(text: str) -> Iterator[int]:
    """The longest name counts: @沈小明 names nobody called 沈小."""
    if "@" not in text and "＠" not in text:
        return
    accounts = db.session.execute(sa.select(User.id, User.name).where(User.active)).all()
    longest_first = sorted({name for _, name in accounts}, key=len, reverse=True)
    if not longest_first:
        return
    named = set(re.findall(f"[@＠]({'|'.join(map(re.escape, longest_first))})", text))
    yield from (key for key, name in accounts if name in named)
