"""What happened to a firm, newest first, in the words of the office."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from crm.clock import OFFICE_ZONE
from crm.extensions import db
from crm.models import Event
from crm.queries.merged import entries_of
from crm.queries.restorable import can_be_restored
from crm.queries.spoken import REFERENCES, field_label, spoken, spoken_through
from pipelines.vocabulary import EventKind

PAGE = 20
KINDS = (
    EventKind.FIRM_CREATED, EventKind.FIRM_UPDATED, EventKind.FIGURES_UPDATED, EventKind.IP_RIGHT_SAVED,
    EventKind.RECOGNITION_SAVED, EventKind.FLAG_SAVED, EventKind.ANSWERED, EventKind.ATTACHMENT_REMOVED,
    EventKind.DECIDED, EventKind.CONTACT_SAVED, EventKind.CONTACT_REMOVED, EventKind.CONTACT_SHOWN,
    EventKind.VISIT_RECORDED, EventKind.VISIT_SAVED, EventKind.FOLLOW_UP_SAVED,
    EventKind.CANDIDACY_OPENED, EventKind.CANDIDACY_SAVED, EventKind.STAGE_MOVED, EventKind.MOVES_UNDONE,
    EventKind.MATERIAL_CHECKED, EventKind.PART_SAVED, EventKind.ATTENDED, EventKind.ALLIANCE_JOINED,
    EventKind.FIRM_ARCHIVED,
    EventKind.FIRM_RESTORED, EventKind.FIRM_TAGGED, EventKind.BULK_UNDONE,
    EventKind.IMPORT_UNDONE, EventKind.FIRMS_MERGED, EventKind.MERGE_UNDONE,
    EventKind.INSTITUTION_SAVED, EventKind.INSTITUTION_ARCHIVED, EventKind.INSTITUTION_RESTORED,
    EventKind.PROJECT_SAVED, EventKind.PROJECT_MOVED, EventKind.PROJECT_ARCHIVED, EventKind.PROJECT_RESTORED,
)  # fmt: skip
_SEARCHED_FOR_WRITERS = 50


@dataclass(frozen=True)
class ToldChange:
    """字段：旧 → 新, ready to be read. place: where it stands in its event, if the old value can be put back."""

    label: str
    old: str
    new: str
    place: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Entry:
    """One event; import_id leads to the import that made it."""

    id: int
    at: datetime
    kind: EventKind
    by_name: str
    through: str
    import_id: int | None
    subject: str | None
    reason: str | None
    changes: tuple[ToldChange, ...]


@dataclass(frozen=True)
class Timeline:
    """One page, grouped by the office's day. older: the key of the next page, None at the end."""

    kinds = KINDS

    days: tuple[tuple[date, tuple[Entry, ...]], ...]
    kind: EventKind | None
    older: int | None


def timeline(firm_id: int, args: Mapping[str, str]) -> Timeline:
    """args may hold kind and before (an event's number); what makes no sense is passed over."""
    firm_ids = entries_of(firm_id)
    kind = next((word for word in KINDS if word.value == args.get("kind")), None)
    statement = sa.select(Event).where(Event.firm_id.in_(firm_ids)).order_by(Event.at.desc(), Event.id.desc())
    if kind:
        statement = statement.where(Event.kind == kind)
    if (before := args.get("before", "")).isascii() and before.isdigit() and len(before) < 10:
        last = sa.select(Event.at, Event.id).where(Event.id == int(before), Event.firm_id.in_(firm_ids)).subquery()
        statement = statement.where(sa.tuple_(Event.at, Event.id) < sa.select(last.c.at, last.c.id).scalar_subquery())
    events = db.session.scalars(statement.limit(PAGE + 1)).all()
    entries = [entry_of(event) for event in events[:PAGE]]
    days = groupby(entries, key=lambda entry: entry.at.astimezone(OFFICE_ZONE).date())
    return Timeline(
        days=tuple((day, tuple(of_day)) for day, of_day in days),
        kind=kind,
        older=entries[-1].id if len(events) > PAGE else None,
    )


def last_writers(firm_id: int, fields: Iterable[str], subject_id: int | None = None) -> dict[str, Event]:
    """Who last changed each field, among the latest events; a figure's field is called `rd_spend-2024`."""
    wanted = set(fields)
    latest = sa.select(Event).where(Event.firm_id == firm_id).order_by(Event.at.desc(), Event.id.desc())
    writers: dict[str, Event] = {}
    for event in db.session.scalars(latest.limit(_SEARCHED_FOR_WRITERS)):
        if event.particulars.get("subject_id") == subject_id:
            for change in event.particulars.get("changes", ()):
                writers.setdefault(_key(change), event)
    return {field: event for field, event in writers.items() if field in wanted}


def _key(change: Mapping[str, Any]) -> str:
    field = REFERENCES.get(change["field"], change["field"])
    return f"{field}-{change['year']}" if change.get("year") else field


def entry_of(event: Event) -> Entry:
    door, _, number = event.through.partition(":")
    return Entry(
        id=event.id,
        at=event.at,
        kind=event.kind,
        by_name=event.by_name,
        through=spoken_through(event.through),
        import_id=int(number) if door == "import" and number.isdigit() else None,
        subject=event.particulars.get("subject"),
        reason=event.particulars.get("reason"),
        changes=tuple(_told(event.kind, *each) for each in enumerate(event.particulars.get("changes", ()))),
    )


def _told(kind: EventKind, place: int, change: Mapping[str, Any]) -> ToldChange:
    told, year = change["field"], change.get("year")
    return ToldChange(
        label=field_label(kind, told, year),
        old=spoken(kind, told, change.get("old")),
        new=spoken(kind, told, change.get("new")),
        place=place if can_be_restored(kind, told) else None,
    )
