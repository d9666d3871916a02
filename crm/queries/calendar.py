"""The month as the office sees it: every matter with a day, working days and days off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm.models import User
from crm.queries.situations import situations
from pipelines.reminders.planning import COUNTED_UP, Situation
from pipelines.reminders.workdays import is_known, is_workday

_WEEK = 7


@dataclass(frozen=True)
class Day:
    on: date
    in_month: bool
    is_workday: bool
    matters: Sequence[Situation]


@dataclass(frozen=True)
class Month:
    """weeks begin on Monday and hold the days of the neighbours too; is_guessed: its holidays are not entered."""

    first: date
    weeks: Sequence[Sequence[Day]]
    is_guessed: bool

    @property
    def matters(self) -> list[tuple[date, Sequence[Situation]]]:
        return [(day.on, day.matters) for week in self.weeks for day in week if day.in_month and day.matters]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)


def matters_of(viewer: User, today: date, *, mine: bool) -> list[Situation]:
    """What has a day of its own; what is only counted up on some day is no entry of a calendar."""
    found = [each for each in situations(today) if each.kind not in COUNTED_UP]
    return [each for each in found if each.owner_id in (viewer.id, None)] if mine else found


def month_of(first: date, viewer: User, today: date, *, mine: bool) -> Month:
    """first: any day of the month."""
    first = first.replace(day=1)
    by_day: dict[date, list[Situation]] = {}
    for each in matters_of(viewer, today, mine=mine):
        by_day.setdefault(each.on, []).append(each)
    begin = first - timedelta(days=first.weekday())
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    weeks = [
        [_day(begin + timedelta(days=start + number), first, by_day) for number in range(_WEEK)]
        for start in range(0, (last - begin).days + 1, _WEEK)
    ]
    return Month(first, weeks, not is_known(first.year))


def _day(on: date, first: date, by_day: Mapping[date, Sequence[Situation]]) -> Day:
    return Day(on, (on.year, on.month) == (first.year, first.month), is_workday(on), by_day.get(on, ()))
