"""Rules of reminding that the chief changes: what is planned next obeys them, what was to be told before is not."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from crm.actions.events import COMMAND
from crm.actions.reminder_rules import change_rule
from crm.actions.reminders import plan_reminders
from crm.extensions import db
from crm.models import Campaign, CampaignWindow, Event, FollowUp, Reminder, User
from crm.queries.reminder_rules import rules_in_force
from crm.queries.reminders import planned_ahead
from pipelines.refusals import Refusal
from pipelines.reminders.planning import rules
from pipelines.vocabulary import EventKind, ReminderKind, Role, Stage, Title
from tests.builders import a_candidacy, a_firm, a_user

DEADLINE = ReminderKind.APPLICATION_DEADLINE
CLOSES = date(2026, 6, 30)  # a Tuesday


@pytest.fixture
def owner(app) -> User:
    a_user(Role.SECTION_CHIEF)
    owner = a_user(Role.OFFICER)
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批")
    campaign.windows = [CampaignWindow(firm_closes_on=CLOSES, by_name="章科长")]
    db.session.add(campaign)
    db.session.flush()
    a_candidacy(a_firm(), Stage.PREPARING, campaign_id=campaign.id, owner_id=owner.id)
    db.session.commit()
    return owner


def told_on(day: date) -> list[str]:
    """Offsets in the keys of what the morning plans about the deadline, to the owner."""
    with time_machine.travel(f"{day} 07:30+08:00", tick=False):
        before = set(db.session.scalars(sa.select(Reminder.key)))
        plan_reminders(day)
        keys = set(db.session.scalars(sa.select(Reminder.key).filter_by(kind=DEADLINE))) - before
    return sorted({key.split(":")[3] for key in keys})


def change_on(day: date, *days: int, to_chief: int | None = 7) -> None:
    with time_machine.travel(f"{day} 10:00+08:00", tick=False):
        change_rule(DEADLINE, days, to_chief, 1, "今年材料多", COMMAND)


def test_shipped_rules_count_until_somebody_changes_them(app):
    assert rules_in_force() == rules()


def test_a_new_offset_is_told_on_its_day(owner):
    change_on(date(2026, 6, 1), 20, 7)

    assert told_on(date(2026, 6, 10)) == ["20"]
    assert told_on(date(2026, 6, 15)) == []  # fifteen days before is told no longer
    assert told_on(date(2026, 6, 23)) == ["7"]


def test_a_new_offset_whose_day_is_over_is_never_made_good(owner):
    change_on(date(2026, 6, 10), 22, 20, 7)  # twenty-two days before was the day before yesterday, twenty is today

    assert [told_on(date(2026, 6, day)) for day in (10, 11, 12)] == [[], [], []]
    assert told_on(date(2026, 6, 23)) == ["7"]


def test_an_offset_that_stays_is_still_made_good_after_a_silent_day(owner):
    change_on(date(2026, 6, 15), 15, 2)  # the clock did not ring on that Monday, fifteen days before

    assert told_on(date(2026, 6, 16)) == ["15"]


def test_what_is_told_in_the_coming_days_knows_the_change(owner):
    with time_machine.travel("2026-06-01 09:00+08:00", tick=False):
        change_rule(DEADLINE, (20,), None, None, None, COMMAND)

        days = planned_ahead(date(2026, 6, 1)).days

    assert [day for day, due in days.items() if DEADLINE in {each.kind for each in due}] == [date(2026, 6, 10)]


def test_the_chief_is_told_from_the_day_that_the_rule_says(owner):
    change_on(date(2026, 5, 1), 20, 7, to_chief=20)

    told_on(date(2026, 6, 10))

    roles = db.session.scalars(sa.select(User.role).join(Reminder).where(Reminder.kind == DEADLINE))
    assert set(roles) == {Role.OFFICER, Role.SECTION_CHIEF}


def test_late_matters_of_before_are_not_told_to_a_chief_who_asks_to_be_told_from_now_on(owner):
    db.session.add(
        FollowUp(firm_id=a_firm().id, what="回访", owner_id=owner.id, due_on=date(2026, 6, 8), by_name="某人")
    )
    db.session.commit()
    with time_machine.travel("2026-05-01 10:00+08:00", tick=False):
        change_rule(ReminderKind.FOLLOW_UP_DUE, None, None, 10, "先不抄送", COMMAND)
    with time_machine.travel("2026-06-12 10:00+08:00", tick=False):  # it was three days late the day before
        change_rule(ReminderKind.FOLLOW_UP_DUE, None, -3, 10, "再抄送", COMMAND)
    with time_machine.travel("2026-06-15 07:30+08:00", tick=False):
        plan_reminders(date(2026, 6, 15))

    told = db.session.scalars(sa.select(Reminder.user_id).filter_by(kind=ReminderKind.FOLLOW_UP_DUE))
    assert set(told) == {owner.id}


def test_each_change_is_kept_and_recorded_old_and_new(owner):
    change_on(date(2026, 6, 1), 20, 7)

    (event,) = db.session.scalars(sa.select(Event).filter_by(kind=EventKind.REMINDER_RULE_CHANGED))
    assert event.particulars["changes"] == [{"field": "提前天数", "old": "60、30、15、7、3、1、0", "new": "20、7"}]


def test_the_same_again_is_no_change(owner):
    change_on(date(2026, 6, 1), *rules()[DEADLINE].days_before)

    assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 0


def test_what_is_counted_up_has_no_offsets_to_change(app):
    with pytest.raises(Refusal, match="没有可以改的天数"):
        change_rule(ReminderKind.WEEKLY_DIGEST, (3,), None, None, None, COMMAND)
