"""What was done to firms since a deed, by their events; what was taken back again does not count."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.actions.standing_rows import among
from crm.extensions import db
from crm.models import Event
from pipelines.vocabulary import EventKind

# Tags that stand are found in their own table.
_HARMLESS = (EventKind.CONTACT_SHOWN, EventKind.FIRM_TAGGED)
_UNDONE_BY_DOOR = (EventKind.IMPORT_UNDONE, EventKind.BULK_UNDONE)
_EDITS = (EventKind.FIRM_UPDATED, EventKind.FIGURES_UPDATED)


def later_deeds(firm_ids: Sequence[int], since: datetime | None, but: str) -> dict[int, list[Any]]:
    """Firm → its events from that moment on, the latest last, without those of the door named in but."""
    columns = (Event.firm_id, Event.kind, Event.through, Event.by_name, Event.at, Event.particulars)
    later = sa.select(*columns).where(
        among(Event.firm_id, firm_ids), Event.at >= since, Event.through != but, Event.kind.not_in(_HARMLESS)
    )
    by_firm: dict[int, list[Any]] = defaultdict(list)
    for event in db.session.execute(later.order_by(Event.id)):
        by_firm[event.firm_id].append(event)
    standing = {firm_id: _without_edits_set_back(_without_undone(events)) for firm_id, events in by_firm.items()}
    return {firm_id: events for firm_id, events in standing.items() if events}


def _without_undone(events: Iterable[Any]) -> list[Any]:
    """An undo comes through the door of what it takes back; merges of a firm are undone last first."""
    left: list[Any] = []
    for event in events:
        if event.kind in _UNDONE_BY_DOOR:
            left = [each for each in left if each.through != event.through]
        elif event.kind is EventKind.MERGE_UNDONE:
            merges = [place for place, each in enumerate(left) if each.kind is EventKind.FIRMS_MERGED]
            for last in merges[-1:]:
                del left[last]
        else:
            left.append(event)
    return left


def _without_edits_set_back(events: Sequence[Any]) -> list[Any]:
    """Edits whose every value is again what it was before the first of them.

    Of contacts and titles (contact.phone) it is not said which of several is meant: their edits stand.
    """
    first: dict[tuple[str, int | None], Any] = {}
    last: dict[tuple[str, int | None], Any] = {}
    for event in events:
        for change in _edits(event):
            first.setdefault(_key(change), change["old"])
            last[_key(change)] = change["new"]
    moved = {key for key, new in last.items() if new != first[key] or "." in key[0]}
    return [event for event in events if event.kind not in _EDITS or not moved.isdisjoint(map(_key, _edits(event)))]


def _edits(event: Any) -> Sequence[Any]:
    return event.particulars.get("changes", ()) if event.kind in _EDITS else ()


def _key(change: Any) -> tuple[str, int | None]:
    return change["field"], change.get("year")
