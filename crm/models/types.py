"""Column types: money in fen, people in hundredths, moments in UTC, words by their identifier."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator


def whole_hundredths(values: Sequence[Decimal | int | None]) -> list[int | None]:
    """A column at a stretch: one by one, the values of an import would take three times as long."""
    exact = [None if value is None else value * 100 for value in values]
    whole = [None if value is None else int(value) for value in exact]
    if whole != exact:
        refused = next(value for value, a, b in zip(values, exact, whole, strict=True) if a != b)
        raise ValueError(f"more than two decimal places: {refused}")
    return whole


class Hundredths(TypeDecorator[Decimal]):
    """A Decimal with two places, kept as a whole number of hundredths: yuan as fen, 120.25 people as 12025.

    A third decimal place is refused: nothing is rounded on its way into the database.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | int | None, dialect: Any) -> int | None:
        return whole_hundredths([value])[0]

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite forgets zones, so it is put back on the way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(kind: type[StrEnum]) -> sa.Enum:
    """An enum of vocabulary.py, stored by its identifier."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )
