"""Working days of the office: weekdays without the public holidays, with the made-up Saturdays and Sundays (调休).

One YAML a year, from the State Council's notice. A year without one falls back to weekdays, and whoever asks is told.
"""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

_FOLDER = Path(__file__).with_name("workdays")
_SATURDAY = 5


class Year(NamedTuple):
    closed: frozenset[date]
    makeup: frozenset[date]


def is_workday(day: date) -> bool:
    year = _years().get(day.year)
    if year and day in year.makeup:
        return True
    return not _is_weekend(day) and not (year and day in year.closed)


def workday_on_or_before(day: date) -> date:
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def workday_on_or_after(day: date) -> date:
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def workdays_before(day: date, number: int) -> date:
    """So many working days earlier than the day or, where that is none, than the working day before it."""
    day = workday_on_or_before(day)
    for _ in range(number):
        day = workday_on_or_before(day - timedelta(days=1))
    return day


def workdays_after(day: date, number: int) -> date:
    """So many working days later; the day itself, working or not, is none of them."""
    for _ in range(number):
        day = workday_on_or_after(day + timedelta(days=1))
    return day


def three_months_after(day: date) -> date:
    """The same day of the third month on, or that month's last: 30 November leads to the end of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + 3, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def is_known(year: int) -> bool:
    """Whether the holidays of the year are entered; without them a working day is only a guess."""
    return year in _years()


@cache
def _years() -> dict[int, Year]:
    return {int(path.stem): _read(path) for path in sorted(_FOLDER.glob("[0-9]*.yaml"))}


def _read(path: Path) -> Year:
    said = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506 - a safe loader
    year = Year(*(_days(path.stem, said[name]) for name in Year._fields))
    wrong = [day for day in year.closed if _is_weekend(day)] + [day for day in year.makeup if not _is_weekend(day)]
    if wrong:
        raise ValueError(f"{path.name}: {wrong[0]} 不合常理：放假的应是平日，补班的应是周末")
    return year


def _days(year: str, days: list[str]) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"{year}-{day}") for day in days)


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY
