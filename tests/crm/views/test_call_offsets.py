"""How many days before a yearly call is told: changed by the chief, in force from the next morning on, taken back."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from crm.actions.calls import change_offsets
from crm.actions.events import COMMAND
from crm.actions.reminders import plan_reminders
from crm.extensions import db
from crm.models import Event, Reminder, ReminderSetting
from crm.queries.call_audiences import audiences
from crm.queries.call_offsets import offsets_in_force
from crm.queries.reminders import planned_ahead
from pipelines.reminders.cycle import call, calls
from pipelines.vocabulary import EventKind, Role

OFFSETS = "/reminders/calendar/calls/little_giant/offsets"  # ends on 15 September, told 30 and 14 days before
USUAL = (30, 14)


@pytest.fixture(autouse=True)
def clock_hand():
    with time_machine.travel("2026-08-03 09:00+08:00", tick=False) as hand:
        yield hand


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.SECTION_CHIEF)


def told_on(day: date, hand) -> list[str]:
    """Offsets in the keys of what that morning plans anew about the call."""
    hand.move_to(f"{day} 07:30+08:00")
    before = set(db.session.scalars(sa.select(Reminder.key)))
    db.session.commit()
    plan_reminders(day)
    keys = set(db.session.scalars(sa.select(Reminder.key))) - before
    return sorted(key.split(":")[3] for key in keys if "call-little_giant" in key)


def test_calls_are_told_as_in_usual_years_until_somebody_changes_them(app):
    assert {call_id: each.days_before for call_id, each in offsets_in_force().items()} == {
        each.id: each.days_before for each in calls()
    }


def test_the_chief_changes_the_days_and_everybody_reads_them(chief, signed_in):
    chief.post(OFFSETS, data={"days_before": "3、60 20", "reason": "材料多"})

    page = signed_in(Role.OFFICER).get("/reminders/calendar/calls").text
    assert "60、20、3" in page
    assert "往年 30、14" in page
    assert "材料多" in chief.get(OFFSETS).text
    assert audiences() == {}  # whom it concerns is another decision
    (event,) = db.session.scalars(sa.select(Event).filter_by(kind=EventKind.REMINDER_RULE_CHANGED))
    assert event.particulars["changes"] == [{"field": "提前天数", "old": "30、14", "new": "60、20、3"}]


def test_a_new_offset_is_told_on_its_day_and_one_whose_day_is_over_never(chief, clock_hand):
    clock_hand.move_to("2026-08-20 09:00+08:00")
    change_offsets("little_giant", (27, 26, 12), None, COMMAND)  # 27 days before is the 19th, 26 is this very day

    days = [date(2026, 8, 20), date(2026, 8, 21), date(2026, 8, 24), date(2026, 9, 1), date(2026, 9, 3)]
    assert [told_on(day, clock_hand) for day in days] == [[], [], [], [], ["12"]]


def test_an_offset_that_stays_is_still_made_good(chief, clock_hand):
    clock_hand.move_to("2026-08-17 09:00+08:00")  # 30 days before was the Friday, when the clock did not ring
    change_offsets("little_giant", (30, 5), None, COMMAND)

    assert told_on(date(2026, 8, 18), clock_hand) == ["30"]


def test_what_comes_in_thirty_days_knows_the_change(chief):
    chief.post(OFFSETS, data={"days_before": "25"})

    days = planned_ahead(date(2026, 8, 3)).days
    assert [day for day, due in days.items() if any("little_giant" in each.key for each in due)] == [date(2026, 8, 21)]


def test_one_click_takes_it_back_and_the_history_stays(chief, clock_hand):
    chief.post(OFFSETS, data={"days_before": "20"})
    assert "恢复往年天数</button>" in chief.get(OFFSETS).text
    chief.post(f"{OFFSETS}/removal", data={})
    chief.post(f"{OFFSETS}/removal", data={})  # says nothing new

    assert offsets_in_force()["little_giant"].days_before == USUAL
    assert db.session.scalar(sa.select(sa.func.count(ReminderSetting.id))) == 2
    page = chief.get(OFFSETS).text
    assert "恢复往年天数</td>" in page
    assert "恢复往年天数</button>" not in page
    assert told_on(date(2026, 8, 14), clock_hand) == ["30"]


def test_days_that_come_back_are_not_told_for_the_time_between(chief, clock_hand):
    change_offsets("little_giant", (5,), None, COMMAND)
    clock_hand.move_to("2026-08-18 09:00+08:00")  # 30 days before was last Friday
    change_offsets("little_giant", None, None, COMMAND)

    assert told_on(date(2026, 8, 19), clock_hand) == []
    assert told_on(date(2026, 9, 1), clock_hand) == ["14"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "请填写提前几天提醒"),
        ("、", "请填写提前几天提醒"),
        ("三十", "提前几天提醒应为 0 至 365 的天数，用顿号隔开"),
        ("-3", "应为 0 至 365 的天数"),
        ("366", "应为 0 至 365 的天数"),
        ("1.5", "应为 0 至 365 的天数"),
        ("9" * 10_000, "应为 0 至 365 的天数"),
        ("、".join(map(str, range(13))), "最多 12 个天数"),
    ],
)
def test_rubbish_is_told_and_changes_nothing(chief, typed, told):
    page = chief.post(OFFSETS, data={"days_before": typed})

    assert (page.status_code, told in page.text) == (422, True)
    assert offsets_in_force()["little_giant"].days_before == USUAL


def test_only_the_chief_changes_them(signed_in):
    officer = signed_in(Role.OFFICER)

    assert (officer.get(OFFSETS).status_code, officer.post(OFFSETS, data={"days_before": "3"}).status_code) == (
        403,
        403,
    )
    assert OFFSETS not in officer.get("/reminders/calendar/calls").text


@pytest.mark.parametrize("call_id", ["annual_report", "nothing", "x" * 200])
def test_what_has_no_days_of_its_own_is_not_found(chief, call_id):
    assert call("annual_report").days_before == ()  # a kind of its own has its rule
    assert chief.get(f"/reminders/calendar/calls/{call_id}/offsets").status_code == 404
