"""A condition on one column of standings, and the firms that fulfil several."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.models import Standing

Areas = Callable[[Collection[int]], frozenset[int]]


@dataclass(frozen=True)
class Condition:
    """A test of one column. The test is given the column, so that a plan may keep it away from the column's index.

    leads: an index finds the firms that pass; without it most pass, and there is none.
    """

    column: str
    test: Callable[[Any], sa.ColumnElement[bool]]
    leads: bool = True

    def plain(self) -> sa.ColumnElement[bool]:
        """As it is: the planner may look for the rows by the column's index."""
        return self.test(getattr(Standing, self.column))

    def hidden(self) -> sa.ColumnElement[bool]:
        """To be tried on the rows that are met on the way, whichever way that is: no index serves an expression."""
        return self.test(hidden(getattr(Standing, self.column)))


def hidden(column: Any) -> Any:
    return sa.func.coalesce(column, sa.null())


def first_leading(conditions: Sequence[Condition]) -> Condition | None:
    return next((condition for condition in conditions if condition.leads), None)


def gathered(conditions: Sequence[Condition], leader: Condition | None = None) -> sa.Select[Any]:
    """Every condition but the leader's is hidden from the planner: by guesses of its own it goes astray."""
    leader = leader or first_leading(conditions)
    tests = [condition.plain() if condition is leader else condition.hidden() for condition in conditions]
    return sa.select(Standing.firm_id).where(*tests)
