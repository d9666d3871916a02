"""What a planned row would change, told alike on the preview and in the event."""

from collections.abc import Iterator, Mapping
from typing import Any

from crm.queries.places import places, spoken_keys
from pipelines.sheets.comparing import typed
from pipelines.sheets.plan import Difference, PlannedRow

References = Mapping[str, Mapping[Any, str]]


def references() -> References:
    """Field → key → name, for the fields in which a firm keeps a key."""
    known = places()
    return {
        "township_id": spoken_keys(known.townships),
        "industry_code": spoken_keys(known.industries),
        "tech_field_code": spoken_keys(known.tech_fields),
        "owner_id": spoken_keys(known.owners),
    }


def differences_of(row: PlannedRow, names: References) -> Iterator[Difference]:
    """The differences the plan found; for a new firm all it says, as differences from nothing."""
    if not row.makes_firm:
        yield from row.differences
        return
    yield Difference("uscc", None, None, row.uscc)
    yield Difference("name", None, None, row.name)
    for field, value in row.firm.items():
        if field not in ("uscc", "name"):
            yield Difference(field, None, None, names[field].get(value) if field in names else typed(field, value))
    for year, values in row.figures.items():
        for field, value in values.items():
            yield Difference(field, year, None, typed(field, value))
    yield from _parts(row)


def _parts(row: PlannedRow) -> Iterator[Difference]:
    if row.contact:
        for field, value in row.contact.values.items():
            yield Difference(f"contact.{field}", None, None, value)
    for recognition in row.recognitions:
        for attribute in ("recognized_on", "valid_until", "certificate_no"):
            if (value := getattr(recognition, attribute)) is not None:
                yield Difference(f"{recognition.title}.{attribute}", None, None, value)
    if row.former_names:
        yield Difference("former_names", None, None, row.former_names)
