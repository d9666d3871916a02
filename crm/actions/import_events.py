"""The trace of an import: one event a firm, old → new, out of the plan itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from crm.actions.bulk import insert_rows
from crm.actions.changes import plain
from crm.actions.events import Author
from crm.models import Event, ImportBatch
from crm.queries.places import places, spoken_keys
from pipelines.sheets.plan import Difference, PlannedRow
from pipelines.vocabulary import EventKind, RowOutcome

# Kept as a key, told by its name: an event must be readable when the row it points at is gone.
_REFERENCES = {
    "township_id": "township", "industry_code": "industry", "tech_field_code": "tech_field", "owner_id": "owner",
}  # fmt: skip
Spoken = Mapping[str, Mapping[Any, str]]


def write_events(rows: Sequence[tuple[int, PlannedRow]], batch: ImportBatch, by: Author, now: datetime) -> None:
    by_firm: dict[int, list[PlannedRow]] = defaultdict(list)
    for firm_id, row in rows:
        by_firm[firm_id].append(row)
    spoken = _spoken_references()
    insert_rows(
        Event,
        ["at", "kind", "firm_id", "by_id", "by_name", "through", "particulars"],
        (
            [now, _kind(own), firm_id, by.user_id, by.name, by.through, _particulars(own, batch, spoken)]
            for firm_id, own in by_firm.items()
        ),
    )


def _kind(rows: Sequence[PlannedRow]) -> EventKind:
    if rows[0].outcome is RowOutcome.CREATE:
        return EventKind.FIRM_CREATED
    if all(difference.year for row in rows for difference in row.differences):
        return EventKind.FIGURES_UPDATED
    return EventKind.FIRM_UPDATED


def _particulars(rows: Sequence[PlannedRow], batch: ImportBatch, spoken: Spoken) -> dict[str, Any]:
    changes: list[dict[str, Any]] = []
    for row in rows:
        if row.outcome is RowOutcome.CREATE:
            changes += _first_values(row, spoken)
        else:
            changes += map(_change, row.differences)
    return {"file_name": batch.file_name, "rows": [row.key for row in rows], "changes": changes}


def _change(difference: Difference) -> dict[str, Any]:
    field, year, old, new = difference
    change = {"field": _REFERENCES.get(field, field), "old": _told(old), "new": _told(new)}
    return {**change, "year": year} if year else change


def _told(value: Any) -> Any:
    return "、".join(value) if isinstance(value, list | tuple) else plain(value)


def _first_values(row: PlannedRow, spoken: Spoken) -> Iterator[dict[str, Any]]:
    """What a new firm's row says, as changes from nothing."""
    yield {"field": "uscc", "old": None, "new": row.uscc}
    yield {"field": "name", "old": None, "new": row.name}
    for field, value in row.firm.items():
        if field in _REFERENCES:
            yield {"field": _REFERENCES[field], "old": None, "new": spoken[field].get(value)}
        elif field not in ("uscc", "name"):
            yield {"field": field, "old": None, "new": plain(value)}
    for year, values in row.figures.items():
        for field, value in values.items():
            yield {"field": field, "year": year, "old": None, "new": plain(value)}
    yield from _first_parts(row)


def _first_parts(row: PlannedRow) -> Iterator[dict[str, Any]]:
    parts: Iterable[tuple[str, Any]] = row.contact.values.items() if row.contact else ()
    for field, value in parts:
        yield {"field": f"contact.{field}", "old": None, "new": value}
    for recognition in row.recognitions:
        for attribute in ("recognized_on", "valid_until", "certificate_no"):
            if (value := getattr(recognition, attribute)) is not None:
                yield {"field": f"{recognition.title}.{attribute}", "old": None, "new": plain(value)}
    if row.former_names:
        yield {"field": "former_names", "old": None, "new": "、".join(row.former_names)}


def _spoken_references() -> Spoken:
    known = places()
    return {
        "township_id": spoken_keys(known.townships),
        "industry_code": spoken_keys(known.industries),
        "tech_field_code": spoken_keys(known.tech_fields),
        "owner_id": spoken_keys(known.owners),
    }
