"""A firm whose reminders are stopped gets and causes none, in whichever matter it is counted."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from crm.actions.events import COMMAND
from crm.actions.reminder_stops import resume_reminders, stop_reminders
from crm.actions.reminders import plan_reminders
from crm.extensions import db
from crm.models import Campaign, CampaignWindow, Event, Firm, FollowUp, Reminder, ReminderStop
from crm.queries.reminder_stops import stop_of
from crm.queries.reminders import planned_ahead
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, ReminderKind, Role, Stage, Title
from tests.builders import a_candidacy, a_firm, a_project, a_recognition, a_user

TODAY = date(2026, 6, 15)  # a Monday


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-15 07:30+08:00", tick=False):
        yield


@pytest.fixture
def firm(app) -> Firm:
    """With something of every kind that is due on this Monday and about firms."""
    a_user(Role.SECTION_CHIEF)
    owner = a_user(Role.OFFICER)
    firm = a_firm("嘉善停用科技有限公司", owner_id=owner.id)
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批")
    campaign.windows = [CampaignWindow(firm_closes_on=date(2026, 6, 30), by_name="章科长")]
    db.session.add(campaign)
    db.session.flush()
    a_candidacy(firm, Stage.PREPARING, campaign_id=campaign.id, owner_id=owner.id, due_on=TODAY)
    a_recognition(firm, Title.HIGH_TECH, date(2023, 9, 13), valid_until=date(2026, 9, 13))
    a_project(firm, acceptance_due_on=date(2026, 7, 28), owner_id=owner.id)
    db.session.add(FollowUp(firm_id=firm.id, what="回访", owner_id=owner.id, due_on=TODAY, by_name="某人"))
    db.session.commit()
    return firm


def kinds_planned() -> set[ReminderKind]:
    plan_reminders(TODAY)
    return set(db.session.scalars(sa.select(Reminder.kind)))


def test_without_a_stop_everything_is_told(firm):
    assert kinds_planned() >= {
        ReminderKind.APPLICATION_DEADLINE, ReminderKind.CERTIFICATE_EXPIRING, ReminderKind.CANDIDACY_DUE,
        ReminderKind.FOLLOW_UP_DUE, ReminderKind.WEEKLY_DIGEST,
    }  # fmt: skip


def test_a_stopped_firm_causes_no_reminder_of_any_kind(firm):
    stop_reminders(firm.id, "已迁出在办", None, COMMAND)

    assert kinds_planned() <= {ReminderKind.CALL_DUE}  # the calls of the section itself, about no firm
    assert all("停用科技" not in row.words for row in db.session.scalars(sa.select(Reminder)))


def test_it_is_not_counted_among_the_others(firm):
    other = a_firm(owner_id=firm.owner_id)
    campaign = db.session.scalars(sa.select(Campaign)).one()
    a_candidacy(other, Stage.PREPARING, campaign_id=campaign.id, owner_id=firm.owner_id)
    db.session.commit()
    stop_reminders(firm.id, "已迁出在办", None, COMMAND)
    plan_reminders(TODAY)

    (told,) = db.session.scalars(sa.select(Reminder).filter_by(kind=ReminderKind.APPLICATION_DEADLINE))
    assert "还有 1 家没有提交" in told.words


def test_a_stop_with_a_last_day_ends_by_itself(firm):
    stop_reminders(firm.id, "企业搬迁", TODAY, COMMAND)

    assert stop_of(firm.id, TODAY) is not None
    assert stop_of(firm.id, TODAY + timedelta(days=1)) is None


def test_what_comes_in_thirty_days_knows_the_day_on_which_a_stop_ends(firm):
    stop_reminders(firm.id, "企业搬迁", date(2026, 6, 24), COMMAND)

    days = planned_ahead(TODAY).days

    told = [day for day, due in days.items() if ReminderKind.APPLICATION_DEADLINE in {each.kind for each in due}]
    assert min(told) == date(2026, 6, 25)


def test_one_click_takes_it_back(firm):
    stop_reminders(firm.id, "已迁出在办", None, COMMAND)
    resume_reminders(firm.id, COMMAND)

    assert ReminderKind.APPLICATION_DEADLINE in kinds_planned()
    kinds = db.session.scalars(sa.select(Event.kind).filter_by(firm_id=firm.id).order_by(Event.id)).all()
    assert kinds == [EventKind.REMINDERS_STOPPED, EventKind.REMINDERS_RESUMED]
    with pytest.raises(Refusal, match="没有停用"):
        resume_reminders(firm.id, COMMAND)


def test_said_again_otherwise_counts_as_it_is_said_now(firm):
    stop_reminders(firm.id, "企业搬迁", TODAY, COMMAND)
    stop_reminders(firm.id, "企业要求", None, COMMAND)
    stop_reminders(firm.id, "企业要求", None, COMMAND)

    stop = stop_of(firm.id, TODAY)
    assert stop
    assert (stop.reason, stop.until) == ("企业要求", None)
    assert db.session.scalar(sa.select(sa.func.count(ReminderStop.id))) == 2


def test_a_stop_cannot_end_before_it_begins(firm):
    with pytest.raises(Refusal, match="不能早于今天"):
        stop_reminders(firm.id, "误填", TODAY - timedelta(days=1), COMMAND)
