"""Which reminder falls on which working day, and to whom."""

from datetime import date, timedelta

import pytest

from pipelines.reminders.planning import Situation, due, late_day, planned_days, rules
from pipelines.reminders.workdays import is_workday
from pipelines.vocabulary import ReminderKind

OWNER, CHIEF = 7, 1
DEADLINE = date(2026, 6, 30)


def a_situation(kind: ReminderKind = ReminderKind.APPLICATION_DEADLINE, on: date = DEADLINE, owner: int | None = OWNER):
    return Situation(kind, "campaign-1", on, owner, "2026 年第一批申报截止", "/candidacies/campaigns/1")


def told(today: date, *situations: Situation) -> list[tuple[int, int]]:
    """(days before, to whom) of what is due today."""
    return [((each.on - today).days, each.to_id) for each in due(situations or [a_situation()], today, CHIEF)]


def test_every_kind_has_its_rule_and_its_days_run_down():
    assert set(rules()) == set(ReminderKind)
    assert all(list(rule.days_before) == sorted(rule.days_before, reverse=True) for rule in rules().values())


def test_a_reminder_falls_on_its_day():
    assert told(date(2026, 5, 29)) == [(32, OWNER)]  # 30 days before is a Sunday: it is told on the Friday
    assert told(date(2026, 6, 15)) == [(15, OWNER)]


def test_a_day_that_is_no_working_day_is_told_on_the_one_before():
    on = date(2026, 10, 6)  # in the national holiday

    assert [day for _, day in planned_days(a_situation(on=on), rules()[ReminderKind.APPLICATION_DEADLINE])][-3:] == [
        date(2026, 9, 30), date(2026, 9, 30), date(2026, 9, 30),
    ]  # fmt: skip
    assert told(date(2026, 9, 30), a_situation(on=on)) == [(6, OWNER), (6, CHIEF)]


def test_near_the_day_the_chief_is_told_too():
    assert told(date(2026, 6, 23)) == [(7, OWNER), (7, CHIEF)]


def test_what_nobody_owns_is_told_to_the_chief():
    assert told(date(2026, 6, 15), a_situation(owner=None)) == [(15, CHIEF)]


def test_on_a_day_off_nothing_is_told():
    assert told(date(2026, 6, 27)) == []  # a Saturday


def test_planned_twice_is_the_same_key():
    once, again = due([a_situation()], date(2026, 6, 15), CHIEF), due([a_situation()], date(2026, 6, 15), CHIEF)

    assert [each.key for each in once] == [each.key for each in again]


def test_what_a_silent_clock_has_missed_is_told_once_and_only_the_newest():
    missed = due([a_situation()], date(2026, 6, 18), CHIEF)  # the 15th passed without a ring

    assert [each.planned_on for each in missed] == [date(2026, 6, 15)]


def test_another_day_of_the_matter_is_told_anew():
    before = {each.key for each in due([a_situation()], date(2026, 6, 15), CHIEF)}
    after = {each.key for each in due([a_situation(on=date(2026, 7, 15))], date(2026, 6, 30), CHIEF)}

    assert before.isdisjoint(after)


def test_a_deadline_that_is_over_is_not_told_any_more():
    assert told(date(2026, 7, 1)) == []


def test_a_follow_up_is_told_on_its_day_and_to_the_chief_when_it_is_late():
    follow_up = a_situation(ReminderKind.FOLLOW_UP_DUE, date(2026, 6, 15))

    assert told(date(2026, 6, 15), follow_up) == [(0, OWNER)]
    assert CHIEF in [to for _, to in told(date(2026, 6, 18), follow_up)]


def stages_told(today: date, owner: int | None) -> list[tuple[str, date, int]]:
    """(Stage, the day it belongs to, to whom) of a follow-up that was due on the 15th and late on the 18th."""
    follow_up = a_situation(ReminderKind.FOLLOW_UP_DUE, date(2026, 6, 15), owner)
    return [(each.key.split(":")[3], each.planned_on, each.to_id) for each in due([follow_up], today, CHIEF)]


def test_that_it_is_late_is_made_good_when_the_clock_was_silent_that_day():
    on_its_day, late = date(2026, 6, 15), date(2026, 6, 18)

    assert stages_told(date(2026, 6, 22), OWNER) == [("0", on_its_day, OWNER), ("-1", late, CHIEF)]
    assert stages_told(date(2026, 6, 26), OWNER) == [("-1", late, CHIEF)]  # eleven days after it was due
    assert stages_told(date(2026, 6, 29), OWNER) == []


def test_a_chief_who_missed_both_the_day_and_that_it_is_late_is_told_the_newer():
    assert stages_told(date(2026, 6, 22), None) == [("-1", date(2026, 6, 18), CHIEF)]


@pytest.mark.parametrize(
    ("kind", "due_on", "late_on"),
    [
        (
            ReminderKind.CANDIDACY_DUE,
            date(2026, 11, 27),
            date(2026, 11, 30),
        ),  # late on a Saturday
        (ReminderKind.FOLLOW_UP_DUE, date(2026, 10, 1), date(2026, 10, 8)),  # late within the national holiday
    ],
)
def test_nobody_is_told_that_a_matter_is_late_before_it_is(kind, due_on, late_on):
    assert late_day(a_situation(kind, due_on), rules()[kind]) == late_on


@pytest.mark.parametrize("kind", [ReminderKind.APPLICATION_DEADLINE, ReminderKind.CERTIFICATE_EXPIRING])
def test_two_years_day_by_day_tell_each_matter_as_an_independent_count_says(kind):
    """A clock that never rings on a Wednesday: what fell on it is told on the next working day it rings."""
    matters = [a_situation(kind, date(2026, 3, 1) + timedelta(days=9 * number)) for number in range(30)]
    first, last, wednesday = date(2025, 1, 1), date(2026, 12, 31), 2
    rings = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    rings = [day for day in rings if day.weekday() != wednesday and is_workday(day)]

    told = {(each.on, each.key.split(":")[3]) for day in rings for each in due(matters, day, None)}

    expected = set()
    for matter in matters:
        days = {on: days for days, on in planned_days(matter, rules()[matter.kind])}  # of one day the last offset
        for on, offset in days.items():
            ring = next((day for day in rings if day >= on), None)
            if on < first or ring is None or ring > matter.on or any(on < other <= ring for other in days):
                continue
            expected.add((matter.on, str(offset)))
    assert told == expected
    assert len(expected) > 60
