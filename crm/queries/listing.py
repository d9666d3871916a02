"""One page of firms out of a million: by walking an index in the list's order, or by gathering the few that match.

Walking passes, for twenty firms, some twenty times as many entries as one in how many matches; gathering passes all
that match. Which of the two is cheaper is known once they are counted, and counting stops at 10,000.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Standing
from crm.models.standing import is_put_away
from crm.queries.tested import Condition, first_leading, gathered, hidden

COUNTED_UP_TO = 10_000
_GATHERED_UP_TO = 4_000
# A condition on the second column is left to the planner when the list is sorted by the first: an index holds both.
_HELD_TOGETHER = {"next_expiry_on": "tier", "sales_revenue": "above_scale", "completeness": "figures"}


@dataclass(frozen=True)
class Listing:
    """Which firms, sorted by what; falls: from the largest down. leader: the condition whose index finds the fewest."""

    conditions: Sequence[Condition]
    key: Any
    falls: bool
    leader: Condition | None

    @property
    def stretches(self) -> list["Stretch"]:
        """What is not known comes last, whichever way the list runs: a stretch of its own, from the same index."""
        return [Stretch(self, True), Stretch(self, False)] if self.key.nullable else [Stretch(self, None)]


def listing(conditions: Sequence[Condition], key: Any, falls: bool) -> Listing:
    """Asks the database which of several conditions finds the fewest; of equals the first."""
    leading = [condition for condition in conditions if condition.leads]
    leader = first_leading(conditions)
    if len(leading) > 1:
        found = _capped_counts([sa.select(Standing.firm_id).where(condition.plain()) for condition in leading])
        leader = leading[found.index(min(found))]
    return Listing(conditions, key, falls, leader)


@dataclass(frozen=True)
class Stretch:
    """The firms of a listing whose sorted value is known (True), is not (False), or always is (None)."""

    listing: Listing
    is_known: bool | None

    def gathered(self) -> sa.Select[Any]:
        """By the index of the leader, in no order."""
        leader, key = self.listing.leader, self.listing.key
        is_free = leader is None or _HELD_TOGETHER.get(key.key) == leader.column
        return self._limited(gathered(self.listing.conditions, leader), key if is_free else hidden(key))

    def walked(self) -> sa.Select[Any]:
        """By the index of what the list is sorted by."""
        sorted_by = self.listing.key.key
        held = (sorted_by, _HELD_TOGETHER.get(sorted_by))
        tests = [each.plain() if each.column in held else each.hidden() for each in self.listing.conditions]
        return self._limited(sa.select(Standing.firm_id).where(*tests), self.listing.key)

    def window(self, first: int, last: int, count: int, is_exact: bool) -> list[int]:
        """The ids from place first up to before last; from the end of the stretch when that is nearer."""
        turned = is_exact and first > count - last
        falls = self.listing.falls is not turned
        if self.listing.leader and count <= _GATHERED_UP_TO:
            statement, key = self.gathered(), hidden(self.listing.key)
        else:
            statement, key = self.walked(), self.listing.key
        # The firm's number settles what is equal; it runs with the order, so that one index holds both.
        order = [each.desc() if falls else each.asc() for each in (key, Standing.firm_id)]
        skipped = count - last if turned else first
        ids = db.session.scalars(statement.order_by(*order).offset(skipped).limit(last - first)).all()
        return [*reversed(ids)] if turned else [*ids]

    def _limited(self, statement: sa.Select[Any], key: Any) -> sa.Select[Any]:
        if self.is_known is None:
            return statement
        return statement.where(key.is_not(None) if self.is_known else key.is_(None))


def counted(stretches: Sequence[Stretch], needed: int) -> tuple[list[int], bool]:
    """How many firms each stretch holds, and whether that is exact: up to 10,000, or all when more are needed.

    Where the known ones are more than 10,000 the unknown ones are not looked for: no page comes to them.
    """
    if needed > COUNTED_UP_TO:
        return _counted_all(stretches), True
    limit = COUNTED_UP_TO + 1
    first, *rest = (_count(stretch.gathered().limit(limit)) for stretch in stretches)
    begun = sa.select(first.label("begun")).subquery().c.begun
    found = [*db.session.execute(sa.select(begun, *(sa.case((begun >= limit, 0), else_=each) for each in rest))).one()]
    return found, sum(found) < limit


def _counted_all(stretches: Sequence[Stretch]) -> list[int]:
    """All of each stretch. The size of the whole register is known by its pages; only the rest is counted."""
    if stretches[0].listing.leader or len(stretches[0].listing.conditions) > 1:
        return [*db.session.execute(sa.select(*(_count(stretch.gathered()) for stretch in stretches))).one()]
    archived = sa.select(Standing.firm_id).where(is_put_away(Standing.is_archived))
    everything = sa.select(sa.func.count()).select_from(Standing).scalar_subquery()
    rest_of_list = (_count(each.gathered()) for each in stretches[1:])
    whole, away, *rest = db.session.execute(sa.select(everything, _count(archived), *rest_of_list)).one()
    return [whole - away - sum(rest), *rest]


def counted_whole(wanted: Sequence[Sequence[Condition]]) -> list[int]:
    """How many firms fulfil each of several lists of conditions, up to 10,001, asked at once."""
    return _capped_counts([gathered(conditions) for conditions in wanted])


def window(stretches: Sequence[Stretch], counts: Sequence[int], is_exact: bool, first: int, size: int) -> list[int]:
    """The ids of one page. A count that stopped at 10,000 is only relied on below it."""
    ids: list[int] = []
    for stretch, count, end in zip(stretches, counts, accumulate(counts), strict=True):
        begin = end - count
        start, stop = max(first, begin) - begin, min(first + size, end) - begin
        if start < stop:
            ids += stretch.window(start, stop, count, is_exact)
    return ids


def _capped_counts(statements: Sequence[sa.Select[Any]]) -> list[int]:
    counts = [_count(statement.limit(COUNTED_UP_TO + 1)) for statement in statements]
    return [*db.session.execute(sa.select(*counts)).one()]


def _count(statement: sa.Select[Any]) -> Any:
    held = statement.with_only_columns(sa.literal(1)).subquery()
    return sa.select(sa.func.count()).select_from(held).scalar_subquery()
