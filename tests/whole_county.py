"""Everything that is known, for tests that take deeds back and compare."""

from typing import Any

import sqlalchemy as sa

from crm.extensions import Base, db

# What was done stays written when it is taken back; judgements are kept, and derived rows have their own tests.
_HISTORY = {"events", "row_images", "import_batches", "tasks", "evaluations", "fact_sets", "latest_evaluations"}
_OF_WRITING = {"version", "updated_at"}
_NUMBERED_ANEW = {"firm_tags"}  # a tag that comes back is a row of its own


def whole_county() -> dict[str, list[tuple[Any, ...]]]:
    """Table → its rows, ready to be compared; moves that were taken back do not count."""
    db.session.rollback()
    return {
        table.name: sorted((tuple(row) for row in db.session.execute(_rows(table))), key=repr)
        for table in Base.metadata.sorted_tables
        if table.name not in _HISTORY
    }


def _rows(table: sa.Table) -> sa.Select[Any]:
    left_out = _OF_WRITING | ({"id"} if table.name in _NUMBERED_ANEW else set())
    columns = [column for column in table.columns if column.name not in left_out]
    rows = sa.select(*columns)
    return rows.where(table.c.undone_at.is_(None)) if table.name == "stage_moves" else rows
