"""Rows as the database keeps them (actions/row_images.py), in the words of events and pages."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.extensions import Base
from crm.models.types import Hundredths
from crm.queries.belongings import LABELS
from crm.queries.import_differences import References
from crm.queries.spoken import PART_LABELS, field_label
from pipelines.vocabulary import EventKind

_PARTS = {
    "contacts": "contact", "ip_rights": "ip_right", "recognitions": "recognition", "applications": "application",
    "visits": "visit", "flags": "flag", "candidacies": "candidacy", "follow_ups": "follow_up", "firm_tags": "tag",
}  # fmt: skip
_UNTOLD = frozenset({
    "id", "firm_id", "normalised_name", "sources", "by_id", "noted_at", "created_at", "updated_at", "version",
    "is_demo", "is_archived", "merged_into_id", "archived_at", "archived_reason",
})  # fmt: skip
_NAMED_AFTER = {"township_id": "township", "industry_code": "industry", "tech_field_code": "tech_field",
                "owner_id": "owner"}  # fmt: skip


def told_changes(
    table: str, old: dict[str, Any], new: dict[str, Any], year: int | None, names: References
) -> list[dict[str, Any]]:
    """What an event says of a row whose columns went from old to new; a column that is missing was or is empty."""
    if table not in _PARTS and table not in ("firms", "annual_figures"):
        return []
    part = _PARTS.get(table)
    changes = []
    for column in old | new:
        told_old, told_new = (_told(table, column, values.get(column), names) for values in (old, new))
        if column in _UNTOLD or told_old == told_new or (part and column not in PART_LABELS[part]):
            continue
        field = f"{part}.{column}" if part else _NAMED_AFTER.get(column, column)
        changes.append({"field": field, "old": told_old, "new": told_new} | ({"year": year} if year else {}))
    return changes


def labels_of(table: str, columns: Iterable[str], year: int | None = None) -> list[str]:
    """What the columns of a row are called; the row itself where none of them has a name."""
    told = [column for column in columns if column not in _UNTOLD]
    if part := _PARTS.get(table):
        names = [f"{LABELS[table]}的{PART_LABELS[part][column]}" for column in told if column in PART_LABELS[part]]
    else:
        names = [field_label(EventKind.FIRM_UPDATED, column, year) for column in told if table != "former_names"]
    return names or [LABELS.get(table, "阶段" if table == "stage_moves" else "企业信息")]


def _told(table: str, column: str, value: Any, names: References) -> Any:
    kind = Base.metadata.tables[table].c[column].type
    if value is None:
        return None
    if column in names:
        return names[column].get(value, str(value))
    if isinstance(kind, Hundredths):
        return f"{(Decimal(value) / 100).normalize():f}"
    return bool(value) if isinstance(kind, sa.Boolean) else value
