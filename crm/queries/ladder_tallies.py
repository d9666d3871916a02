"""What the ladder came to on a day and on the same day of the year before, out of sums: how many rows are read depends
on days and townships, not on firms."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import LadderChange, LadderTally, User
from crm.queries.scope import top_townships, visible_townships
from pipelines.vocabulary import ChangeKind, TallySpan, Tier


class Summed(NamedTuple):
    """Firms that changed alike. month: the first day of the month it happened in; None: before the year began."""

    month: date | None
    township: int
    kind: ChangeKind
    before: str
    after: str
    is_alone: bool
    firms: int


class Twice(NamedTuple):
    """One of several changes of position of one firm within a year: what came of them is told by all together."""

    firm_id: int
    changed_on: date
    before: str
    after: str


class Flows(NamedTuple):
    """Firms that came onto a rung and left it, by rung; who did both within the stretch is in neither."""

    came: Counter[str]
    went: Counter[str]


class MonthFlows(NamedTuple):
    """last: the month's last day, or the day that was asked for. standing: firms on each rung that evening."""

    first: date
    last: date
    flows: Flows
    standing: Mapping[Tier, int]


class Tallies:
    """A firm counts where it lies today, with the township above its area."""

    def __init__(self, on: date, viewer: User | None) -> None:
        self.on = on
        self.begins = date(on.year, 1, 1)
        self.rows = _summed(on, viewer)
        self._twice = _changed_twice(self.begins, on, viewer)

    def holders(self, tier: Tier) -> int:
        return held(self.rows, tier)

    def holders_at_opening(self, tier: Tier) -> int:
        return held((row for row in self.rows if row.month is None), tier)

    def counted(self, kind: ChangeKind, tier: Tier) -> int:
        """This year: firms given the title for the first time (FIRST), or given it at all (GRANTED)."""
        return given(self.rows, kind, tier)

    def positions(self) -> dict[Tier, int]:
        """Firms on each rung, those on the lowest less all there are."""
        return {tier: _standing(self.rows, tier) for tier in Tier}

    def by_township(self) -> Mapping[int, Sequence[Summed]]:
        """NOWHERE for firms without one."""
        tops = top_townships()
        rows: dict[int, list[Summed]] = defaultdict(list)
        for row in self.rows:
            rows[tops.get(row.township, row.township)].append(row)
        return rows

    def flows(self) -> Flows:
        """From the evening before the year began."""
        return _flows([row for row in self.rows if row.month], self._twice)

    def months(self) -> Iterator[MonthFlows]:
        standing = {tier: _standing((row for row in self.rows if row.month is None), tier) for tier in Tier}
        first = self.begins
        while first <= self.on:
            following = (first + timedelta(days=31)).replace(day=1)
            rows = [row for row in self.rows if row.month == first]
            twice = [each for each in self._twice if each.changed_on.replace(day=1) == first]
            standing = {tier: before + _standing(rows, tier) for tier, before in standing.items()}
            yield MonthFlows(first, min(following - timedelta(days=1), self.on), _flows(rows, twice), standing)
            first = following


def same_day_last_year(on: date) -> date:
    """29 February becomes 28 February."""
    return on.replace(year=on.year - 1, day=28 if (on.month, on.day) == (2, 29) else on.day)


def held(rows: Iterable[Summed], tier: Tier) -> int:
    """Firms whose title of that rung is valid at the end of the rows."""
    return _balance(rows, ChangeKind.HOLDING, tier)


def given(rows: Iterable[Summed], kind: ChangeKind, tier: Tier) -> int:
    return sum(row.firms for row in rows if row.month and row.kind is kind and row.after == tier)


def _standing(rows: Iterable[Summed], tier: Tier) -> int:
    return _balance(rows, ChangeKind.POSITION, tier)


def _balance(rows: Iterable[Summed], kind: ChangeKind, tier: Tier) -> int:
    of_kind = [row for row in rows if row.kind is kind]
    return sum((row.after == tier) * row.firms - (row.before == tier) * row.firms for row in of_kind)


def _flows(rows: Iterable[Summed], twice: Sequence[Twice]) -> Flows:
    came: Counter[str] = Counter()
    went: Counter[str] = Counter()
    for row in rows:
        if row.kind is ChangeKind.POSITION and row.is_alone:
            came[row.after] += row.firms
            went[row.before] += row.firms
    for _, changes in groupby(twice, key=lambda each: each.firm_id):
        first, *_, last = [*(several := list(changes)), several[-1]]
        if first.before != last.after:
            came[last.after] += 1
            went[first.before] += 1
    return Flows(came, went)


def _summed(on: date, viewer: User | None) -> list[Summed]:
    """Whole years before this one in one sum, whole months of this one, the days of the month up to the day."""
    span, begins = LadderTally.span, LadderTally.begins
    year, month = date(on.year, 1, 1), on.replace(day=1)
    stretch = sa.or_(
        sa.and_(span == TallySpan.YEAR, begins < year),
        sa.and_(span == TallySpan.MONTH, begins >= year, begins < month),
        sa.and_(span == TallySpan.DAY, begins >= month, begins <= on),
    )
    of_month = sa.case((span == TallySpan.YEAR, sa.null()), (span == TallySpan.MONTH, begins), else_=month)
    alike = (
        sa.type_coerce(of_month, sa.Date()).label("month"), LadderTally.township_id, LadderTally.kind,
        LadderTally.before, LadderTally.after, LadderTally.is_alone,
    )  # fmt: skip
    summed: Any = sa.select(*alike, sa.func.sum(LadderTally.firms)).where(stretch).group_by(*alike)
    rows = db.session.execute(_in_scope(summed, viewer, LadderTally.township_id))
    return [Summed(*row) for row in rows]


def _changed_twice(first: date, last: date, viewer: User | None) -> list[Twice]:
    """By firm, the oldest first; few firms are so."""
    read: Any = sa.select(LadderChange.firm_id, LadderChange.changed_on, LadderChange.before, LadderChange.after)
    read = read.where(~LadderChange.is_alone, LadderChange.changed_on.between(first, last))
    ordered = read.order_by(LadderChange.firm_id, LadderChange.changed_on)
    return [Twice(*row) for row in db.session.execute(_in_scope(ordered, viewer, LadderChange.township_id))]


def _in_scope(statement: Any, viewer: User | None, township: Any) -> Any:
    visible = visible_townships(viewer)
    return statement if visible is None else statement.where(township.in_(visible))
