"""What was said once of the columns of a shape of file, for the next file of that shape."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import ColumnMapping
from pipelines.sheets.columns import COLUMNS
from pipelines.sheets.lists import KINDS
from pipelines.sheets.mapping import Wishes, fingerprint
from pipelines.sheets.tables import SheetReading, Table


def remembered(reading: SheetReading) -> list[ColumnMapping]:
    """Of the tables that have columns nobody recognised."""
    shapes = {fingerprint(table) for table in reading.tables if table.unknown_titles}
    if not shapes:
        return []
    return list(db.session.scalars(sa.select(ColumnMapping).where(ColumnMapping.fingerprint.in_(shapes))))


def all_mappings() -> Sequence[ColumnMapping]:
    return db.session.scalars(sa.select(ColumnMapping).order_by(ColumnMapping.id.desc())).all()


def mapping_of(shape: str) -> ColumnMapping | None:
    return db.session.scalar(sa.select(ColumnMapping).where(ColumnMapping.fingerprint == shape))


def spoken_columns(mapping: ColumnMapping) -> list[tuple[str, str]]:
    """Each title with what it is read as; ○ stands for the year of the day."""
    return [
        (title.replace("○年", "○").replace("○", "某年"), _titles().get(key, key))
        for title, key in mapping.columns.items()
    ]


@cache
def _titles() -> Mapping[str, str]:
    columns = (*COLUMNS, *(column for kind in KINDS for column in kind.columns))
    return {f"{column.scope}.{column.field}": column.title for column in columns}


def wishes_of(kept: Mapping[str, Any]) -> Wishes:
    """As a batch keeps them."""
    return Wishes(kept.get("left_out", ()), kept.get("columns", {}), kept.get("years", {}))


def sheets_of(tables: Iterable[Table]) -> list[str]:
    """The sheets that hold something to import, each once."""
    return list(dict.fromkeys(table.sheet for table in tables))
