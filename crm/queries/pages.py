"""One page of a list: what is shown, of how many, and where it lies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.queries.listing import COUNTED_UP_TO


@dataclass(frozen=True)
class Page:
    rows: Sequence[Any]
    total: int
    number: int
    size: int
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @classmethod
    def of(cls, total: int, number: int, size: int, rows_of: Callable[[int, int], Sequence[Any]]) -> "Page":
        """number: as it was asked for, beyond the end the last. rows_of: how many to pass over, to take → the rows."""
        number = min(number, max(1, -(-total // size)))
        return cls(rows_of((number - 1) * size, size), total, number, size)

    @classmethod
    def counted(cls, rows: sa.Select[Any], number: int, size: int) -> "Page":
        """One page of a statement's rows. They are counted up to 10,000, or all of them where more are asked for."""
        limit = COUNTED_UP_TO + 1 if number * size <= COUNTED_UP_TO else None
        held = rows.order_by(None).with_only_columns(sa.literal(1)).limit(limit).subquery()
        total = db.session.scalar(sa.select(sa.func.count()).select_from(held)) or 0
        is_capped = limit is not None and total == limit
        number = min(number, max(1, -(-total // size)))
        shown = db.session.execute(rows.limit(size).offset((number - 1) * size)).all()
        return cls(shown, COUNTED_UP_TO if is_capped else total, number, size, is_capped)
