"""Who is in just now, from where and by which browser."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Session

_KEY_LENGTH = 16
# The first that fits: what calls itself Edge says Chrome and Safari too.
_BROWSERS = (
    ("Edg/", "Edge"), ("Qaxbrowser|QAXBrowser", "奇安信浏览器"), ("QIHU|360", "360 浏览器"),
    ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone|iPad", "iOS"), ("UOS|Kylin", "信创系统"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class OpenSession:
    """key: the beginning of its hash, by which a page may name it."""

    key: str
    token_hash: str
    address: str
    device: str
    created_at: datetime
    seen_at: datetime


def session_key(token_hash: str) -> str:
    return token_hash[:_KEY_LENGTH]


def open_sessions(user_id: int, used_since: datetime, begun_since: datetime) -> Sequence[OpenSession]:
    """The latest used first; who still owes a code is not in."""
    rows = db.session.scalars(
        sa.select(Session)
        .where(Session.user_id == user_id, Session.ended_at.is_(None), Session.awaiting_id.is_(None))
        .where(Session.seen_at >= used_since, Session.created_at >= begun_since)
        .order_by(Session.seen_at.desc(), Session.token_hash)
    )
    return [
        OpenSession(
            session_key(row.token_hash),
            row.token_hash,
            row.address,
            spoken_device(row.device),
            row.created_at,
            row.seen_at,
        )
        for row in rows
    ]


def spoken_device(user_agent: str) -> str:
    """Chrome，Windows: as much as a person needs to know his own again."""
    found = (
        next((name for sign, name in names if re.search(sign, user_agent)), None) for names in (_BROWSERS, _SYSTEMS)
    )
    return "，".join(filter(None, found)) or user_agent[:40]
