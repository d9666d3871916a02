"""Days travel as ordinals while they are drawn, and become dates when rows are written."""

from datetime import date

from seeds.draws import Ints

NO_DAY = 0


def ordinal(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal()


def dates(days: Ints) -> list[date | None]:
    return [date.fromordinal(day) if day else None for day in days.tolist()]


def after_three_years(day: date) -> date:
    """The day a certificate runs out (办法 第九条); no certificate is dated 29 February."""
    return day.replace(year=day.year + 3)
