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
from crm.models.ladder_change import COUNTY
from crm.queries.scope import top_townships, visible_townships, within_scope
from pipelines.vocabulary import ChangeKind, TallySpan, Tier


class Summed(NamedTuple):
    """Firms that changed alike. month: the first day of the month it happened in; None: before the year began."""

    month: date | None
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
        self._viewer = viewer
        self.rows = [Summed(*row) for row in db.session.execute(_summed(on, viewer))]
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
        """NOWHERE for firms without one. Of what was this year the month is not told, only that it was."""
        tops = top_townships()
        rows: dict[int, list[Summed]] = defaultdict(list)
        for township, *summed in db.session.execute(_summed_by_township(self.on, self._viewer)):
            rows[tops.get(township, township)].append(Summed(*summed))
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


def _summed(on: date, viewer: User | None) -> Any:
    stretch, year, month = _stretch(on)
    span, begins = LadderTally.span, LadderTally.begins
    of_month = sa.case((begins < year, sa.null()), (span == TallySpan.MONTH, begins), else_=month)
    visible = visible_townships(viewer)
    place = LadderTally.township_id
    area = place == COUNTY if visible is None else place.in_(visible)
    return _grouped([], of_month, sa.and_(area, stretch))


def _summed_by_township(on: date, viewer: User | None) -> Any:
    stretch, year, _ = _stretch(on)
    is_listed = LadderTally.kind.in_((ChangeKind.HOLDING, ChangeKind.FIRST))
    of_year = sa.case((LadderTally.begins < year, sa.null()), else_=year)
    visible = visible_townships(viewer)
    place = LadderTally.township_id
    area = place != COUNTY if visible is None else place.in_(visible)
    return _grouped([place], of_year, sa.and_(area, stretch, is_listed))


def _grouped(before: list[Any], month: Any, where: sa.ColumnElement[bool]) -> Any:
    alike = [
        *before, sa.type_coerce(month, sa.Date()).label("month"), LadderTally.kind, LadderTally.before,
        LadderTally.after, LadderTally.is_alone,
    ]  # fmt: skip
    return sa.select(*alike, sa.func.sum(LadderTally.firms)).where(where).group_by(*alike)


def _stretch(on: date) -> tuple[sa.ColumnElement[bool], date, date]:
    """Whole years before this one, whole months of this one, the days of the month up to the day; the first days of
    the year and of the month."""
    span, begins = LadderTally.span, LadderTally.begins
    year, month = date(on.year, 1, 1), on.replace(day=1)
    stretch = sa.or_(
        sa.and_(span == TallySpan.YEAR, begins < year),
        sa.and_(span == TallySpan.MONTH, begins >= year, begins < month),
        sa.and_(span == TallySpan.DAY, begins >= month, begins <= on),
    )
    return stretch, year, month


def _changed_twice(first: date, last: date, viewer: User | None) -> list[Twice]:
    """By firm, the oldest first; few firms are so."""
    read: Any = sa.select(LadderChange.firm_id, LadderChange.changed_on, LadderChange.before, LadderChange.after)
    read = read.where(~LadderChange.is_alone, LadderChange.changed_on.between(first, last))
    ordered = read.order_by(LadderChange.firm_id, LadderChange.changed_on)
    return [Twice(*row) for row in db.session.execute(within_scope(ordered, viewer, LadderChange.township_id))]
