"""动态: what changed in the county since somebody last looked: titles, results, colours, deadlines, plans, editions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crm.clock import OFFICE_ZONE
from crm.extensions import db
from crm.models import Event, Firm, LatestEvaluation, NewsSeen, User
from crm.queries.scope import within_scope
from crm.queries.timeline import Entry, entry_of
from pipelines.funnel.stages import ENDED
from pipelines.vocabulary import EventKind, Programme, TriColor

KINDS = (
    EventKind.RECOGNITION_SAVED, EventKind.STAGE_MOVED, EventKind.CALL_DATED, EventKind.CAMPAIGN_SAVED,
    EventKind.EDITION_CONFIRMED, EventKind.TARGET_SAVED, EventKind.REPORT_ISSUED, EventKind.IMPORT_APPLIED,
)  # fmt: skip
_FIRST_LOOK = timedelta(days=14)
_MOST = 200


@dataclass(frozen=True)
class Told:
    """An event as people read it, with its firm where it has one."""

    entry: Entry
    firm_id: int | None
    firm_name: str | None


@dataclass(frozen=True)
class Coloured:
    firm_id: int
    firm_name: str
    before: TriColor
    now: TriColor
    since: date


@dataclass(frozen=True)
class News:
    """newest: up to which event it goes; has_more: only the newest are told."""

    since: datetime
    told: Sequence[Told]
    colours: Sequence[Coloured]
    newest: int
    has_more: bool

    @property
    def count(self) -> int:
        return len(self.told) + len(self.colours)


def news_for(viewer: User, now: datetime) -> News:
    """Whoever never looked is told of the last two weeks."""
    seen = db.session.get(NewsSeen, viewer.id)
    last = db.session.get(Event, seen.event_id) if seen else None
    since, after = (last.at, last.id) if last else (now - _FIRST_LOOK, 0)
    rows = db.session.execute(_events(viewer, since).where(Event.id > after).limit(_MOST + 1)).all()
    told = [Told(entry_of(event), event.firm_id, name) for event, name in rows[:_MOST] if _is_news(event)]
    newest = db.session.scalar(sa.select(sa.func.max(Event.id))) or 0
    return News(since, told, list(_colours(viewer, since)), newest, len(rows) > _MOST)


def count_between(first: datetime, before: datetime) -> int:
    """How much there was of it in the whole county; for the digest of a week."""
    wanted = sa.select(Event).where(Event.kind.in_(KINDS), Event.at >= first, Event.at < before).limit(_MOST)
    return sum(_is_news(event) for event in db.session.scalars(wanted))


def _events(viewer: User, since: datetime) -> sa.Select[Any]:
    """The newest first. What is of no firm is everybody's; what is of one, of those who may see it."""
    wanted: Any = sa.select(Event, Firm.name).outerjoin(Firm, Firm.id == Event.firm_id)
    wanted = wanted.where(Event.kind.in_(KINDS), Event.at >= since)
    within = within_scope(sa.select(Firm.id), viewer, Firm.township_id)
    if within.whereclause is not None:
        wanted = wanted.where(sa.or_(Event.firm_id.is_(None), Event.firm_id.in_(within)))
    return wanted.order_by(Event.at.desc(), Event.id.desc())


def _is_news(event: Event) -> bool:
    """A move is one when it ends a candidacy: granted, refused, given up."""
    if event.kind is not EventKind.STAGE_MOVED:
        return True
    ends = {stage.label for stage in ENDED}
    return any(change.get("new") in ends for change in event.particulars.get("changes", ()))


def _colours(viewer: User, since: datetime) -> Iterator[Coloured]:
    changed: Any = sa.select(
        Firm.id, Firm.name, LatestEvaluation.colour_before, LatestEvaluation.colour, LatestEvaluation.colour_since
    ).join(Firm, Firm.id == LatestEvaluation.firm_id)
    changed = changed.where(
        LatestEvaluation.programme == Programme.TRI_COLOR,
        LatestEvaluation.colour.is_not(None),
        LatestEvaluation.colour_before.is_not(None),
        LatestEvaluation.colour_since > since.astimezone(OFFICE_ZONE).date(),
        Firm.archived_at.is_(None),
    )
    ordered = within_scope(changed, viewer, Firm.township_id).order_by(LatestEvaluation.colour_since.desc(), Firm.id)
    return (Coloured(*row) for row in db.session.execute(ordered.limit(_MOST)))
