"""One page of a list: what is shown, of how many, and where it lies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


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
