"""Rows read in bulk, for deeds that look at the whole register.

The session, and even a row of SQLAlchemy's, costs more than reading the row itself: here the driver's tuples are turned
column by column into the values our models would hold. Only money and heads stay whole hundredths, as they are kept.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import sqlalchemy as sa

from crm.extensions import Base, db
from crm.models.types import Hundredths


def raw_rows(
    model: type[Base], fields: Iterable[str], where: sa.ColumnElement[bool] | None = None
) -> list[tuple[Any, ...]]:
    """The rows of a table, by its key, each a tuple of its values in the order of fields."""
    table = cast(sa.Table, sa.inspect(model).local_table)
    columns = [table.c[field] for field in fields]
    statement = sa.select(*columns).where(sa.true() if where is None else where).order_by(*table.primary_key.columns)
    connection = db.session.connection()
    rows = connection.execute(statement).cursor.fetchall()
    return _translated(rows, [_reader(column.type, connection.dialect) for column in columns])


def _translated(rows: Sequence[tuple[Any, ...]], readers: Sequence[Callable[[Any], Any] | None]) -> list[Any]:
    if not rows or not any(readers):
        return list(rows)
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
    for place, read in enumerate(readers):
        if read:
            columns[place] = map(read, columns[place])
    return list(zip(*columns, strict=True))


def _reader(kind: Any, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """None: the driver's value is ours."""
    if isinstance(kind, Hundredths):
        return None
    if isinstance(kind, sa.Enum):
        return {member.value: member for member in cast(Any, kind.enum_class)}.get
    if isinstance(kind, sa.Numeric) and not kind.asdecimal:  # PostgreSQL's driver answers a Decimal
        return lambda value: None if value is None else float(value)
    return kind.dialect_impl(dialect).result_processor(dialect, None)
