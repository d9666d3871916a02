"""The trace of an import: one event a firm, old → new, out of the plan itself."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crm.actions.bulk import insert_rows
from crm.actions.changes import plain
from crm.actions.events import Author, note_events
from crm.models import Event, ImportBatch
from pipelines.sheets.plan import Difference, PlannedRow
from pipelines.vocabulary import EventKind

# Kept as a key, told by its name: an event must be readable when the row it points at is gone.
_TOLD_BY_NAME = {
    "township_id": "township", "industry_code": "industry", "tech_field_code": "tech_field", "owner_id": "owner",
}  # fmt: skip
_OF_ITEMS = {
    "ip_right": EventKind.IP_RIGHT_SAVED, "application": EventKind.APPLICATION_SAVED,
    "recognition": EventKind.RECOGNITION_SAVED, "visit": EventKind.VISIT_RECORDED,
    "institution": EventKind.INSTITUTION_SAVED, "project": EventKind.PROJECT_SAVED,
    "contact": EventKind.CONTACT_SAVED,
}  # fmt: skip


def write_events(rows: Sequence[tuple[int, PlannedRow]], batch: ImportBatch, by: Author, now: datetime) -> None:
    by_firm: dict[int, list[PlannedRow]] = defaultdict(list)
    for firm_id, row in rows:
        by_firm[firm_id].append(row)
    insert_rows(
        Event,
        ["at", "kind", "firm_id", "by_id", "by_name", "through", "address", "particulars"],
        (
            [now, _kind(own), firm_id, by.user_id, by.name, by.through, by.address, _particulars(own, batch)]
            for firm_id, own in by_firm.items()
        ),
    )
    note_events()


def _kind(rows: Sequence[PlannedRow]) -> EventKind:
    if rows[0].makes_firm:
        return EventKind.FIRM_CREATED
    kinds = {row.item.kind if row.item else "" for row in rows}
    if len(kinds) == 1 and (kind := _OF_ITEMS.get(kinds.pop())):
        return kind
    if all(difference.year for row in rows for difference in row.differences):
        return EventKind.FIGURES_UPDATED
    return EventKind.FIRM_UPDATED


def _particulars(rows: Sequence[PlannedRow], batch: ImportBatch) -> dict[str, Any]:
    """Where it stood in the file, and what changed. A new firm had nothing before: its values are its rows'."""
    changes = [_change(difference) for row in rows for difference in row.differences]
    return {"file_name": batch.file_name, "rows": [row.key for row in rows], "changes": changes}


def _change(difference: Difference) -> dict[str, Any]:
    field, year, old, new = difference
    change = {"field": _TOLD_BY_NAME.get(field, field), "old": _told(old), "new": _told(new)}
    return {**change, "year": year} if year else change


def _told(value: Any) -> Any:
    return "、".join(value) if isinstance(value, list | tuple) else plain(value)
