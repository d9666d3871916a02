"""The rows of a plan, each with the id of its firm."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crm.actions.bulk import free_firm_id
from pipelines.sheets.plan import PlannedRow

NumberedRows = Sequence[tuple[int, PlannedRow]]


def numbered(rows: Iterable[PlannedRow]) -> NumberedRows:
    """Each row with the id of its firm; several rows may speak of one new firm."""
    next_id = free_firm_id()
    new: dict[str, int] = {}
    numbered = []
    for row in rows:
        if row.firm_id is None and row.uscc not in new:
            new[row.uscc] = next_id
            next_id += 1
        numbered.append((row.firm_id or new[row.uscc], row))
    return numbered


def all_fields(records: Iterable[Mapping[str, Any]]) -> list[str]:
    """In the order they are first said; most records say the same."""
    return list(dict.fromkeys(field for said in dict.fromkeys(map(tuple, records)) for field in said))
