"""The office's working days, against a second source."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from pipelines.reminders.workdays import is_known, is_workday, workday_on_or_after, workday_on_or_before


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_of_the_year_is_what_another_calendar_says(year):
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]

    assert [day for day in days if is_workday(day) != chinese_calendar.is_workday(day)] == []
    assert is_known(year)


def test_a_day_in_the_spring_festival_goes_back_to_the_last_day_before_it():
    assert workday_on_or_before(date(2026, 2, 18)) == date(2026, 2, 14)  # a made-up Saturday
    assert workday_on_or_after(date(2026, 2, 18)) == date(2026, 2, 24)


def test_a_year_nobody_has_entered_falls_back_to_weekdays_and_says_so():
    assert not is_known(2031)
    assert is_workday(date(2031, 1, 1))  # a Wednesday, and surely a holiday: hence the warning
    assert not is_workday(date(2031, 1, 4))
