"""The year 2026 played day by day over an invented county: every reminder on its right working day, none on a day off.

What is expected is counted here once more, with another calendar and without the code that plans.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions.demo import load_demo
from crm.actions.events import COMMAND
from crm.actions.reminder_rules import change_rule
from crm.actions.reminder_stops import stop_reminders
from crm.actions.reminders import plan_reminders
from crm.extensions import db
from crm.models import Campaign, CampaignWindow, Candidacy, Firm, FollowUp, Recognition, Reminder, User
from pipelines.vocabulary import ReminderKind, Role, Stage, Title

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
BEGUN = date(2025, 12, 1)  # what the days before the year would have told is told before it
DEADLINE, EXTENDED, MOVED_ON = date(2026, 6, 30), date(2026, 7, 31), date(2026, 6, 18)
RULE_CHANGED_ON, STOPPED_ON = date(2026, 3, 16), date(2026, 5, 11)
EARLIER = 2  # days before a follow-up is due, told from the day after the rule was changed
OFFSETS = {
    ReminderKind.APPLICATION_DEADLINE: (60, 30, 15, 7, 3, 1, 0),
    ReminderKind.CERTIFICATE_EXPIRING: (365, 270, 180, 90, 30),
    ReminderKind.FOLLOW_UP_DUE: (0,),
}
CHIEF_FROM = {ReminderKind.APPLICATION_DEADLINE: 7, ReminderKind.CERTIFICATE_EXPIRING: 90}
Told = tuple[ReminderKind, date, date, int]  # kind, planned on, the matter's day, to whom


def is_workday(day: date) -> bool:
    """Another calendar's word; of the years it does not know, weekdays."""
    return chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5


def workday_on_or_before(day: date) -> date:
    return day if is_workday(day) else workday_on_or_before(day - timedelta(days=1))


def workday_on_or_after(day: date) -> date:
    return day if is_workday(day) else workday_on_or_after(day + timedelta(days=1))


def days_of(kind: ReminderKind, on: date) -> dict[date, int]:
    """Working day → offset; where two fall on one day the nearer is told."""
    days = {workday_on_or_before(on - timedelta(days=offset)): offset for offset in OFFSETS[kind]}
    earlier = workday_on_or_before(on - timedelta(days=EARLIER))
    if kind is ReminderKind.FOLLOW_UP_DUE and earlier > RULE_CHANGED_ON:
        days = {earlier: EARLIER} | days
    return days


def stopped_firm() -> int:
    """That of a follow-up which is due after its reminders were stopped."""
    due = sa.select(FollowUp.firm_id).where(FollowUp.done_on.is_(None), FollowUp.due_on > STOPPED_ON)
    return db.session.scalars(due.order_by(FollowUp.id).limit(1)).one()


@pytest.fixture
def county(app) -> int:
    """Three colleagues' county of a hundred and twenty firms; answers the chief."""
    with time_machine.travel(f"{BEGUN} 07:30+08:00", tick=False):
        load_demo(120, 7, BEGUN)
        chief = db.session.scalars(sa.select(User.id).filter_by(role=Role.SECTION_CHIEF)).one()
        owner = db.session.scalars(sa.select(User.id).filter_by(account="keyuan1")).one()
        db.session.execute(sa.delete(CampaignWindow))  # of the demo's own campaigns
        campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="试验批")
        campaign.windows = [CampaignWindow(firm_closes_on=DEADLINE, by_name="章科长")]
        db.session.add(campaign)
        db.session.flush()
        for row in db.session.scalars(sa.select(Candidacy).limit(12)):
            row.campaign_id, row.stage, row.owner_id = campaign.id, Stage.PREPARING, owner
            row.closed_on = None
        for number, row in enumerate(db.session.scalars(sa.select(FollowUp).order_by(FollowUp.id).limit(30))):
            row.done_on, row.due_on, row.owner_id = None, FIRST + timedelta(days=11 * number), owner
        db.session.commit()
    return chief


def played() -> Iterator[None]:
    day = BEGUN
    while day <= LAST:
        with time_machine.travel(
            datetime.combine(day, datetime.min.time(), clock.OFFICE_ZONE).replace(hour=7), tick=False
        ):
            if day == MOVED_ON:
                campaign = db.session.scalars(sa.select(Campaign).filter_by(round="试验批")).one()
                moved = CampaignWindow(
                    campaign_id=campaign.id, firm_closes_on=EXTENDED, reason="延期", by_name="章科长"
                )
                db.session.add(moved)
                db.session.commit()
            if day == STOPPED_ON:
                firm_id = stopped_firm()
                db.session.commit()
                stop_reminders(firm_id, "企业要求", None, COMMAND)
            plan_reminders(day)
            if day == RULE_CHANGED_ON:
                change_rule(ReminderKind.FOLLOW_UP_DUE, (EARLIER, 0), -3, "早一点知道", COMMAND)
        yield
        day += timedelta(days=1)


def matters() -> Iterator[tuple[ReminderKind, date, int | None, date, date]]:
    """Kind, day, whose, and between which days it stood so."""
    for owner in set(db.session.scalars(sa.select(Candidacy.owner_id).join(Campaign).filter_by(round="试验批"))):
        yield ReminderKind.APPLICATION_DEADLINE, DEADLINE, owner, BEGUN, MOVED_ON - timedelta(days=1)
        yield ReminderKind.APPLICATION_DEADLINE, EXTENDED, owner, MOVED_ON, LAST
    held: dict[int, list[Recognition]] = {}
    for row in db.session.scalars(sa.select(Recognition).filter_by(title=Title.HIGH_TECH)):
        held.setdefault(row.firm_id, []).append(row)
    for firm_id, rows in held.items():
        firm, newest = db.session.get_one(Firm, firm_id), max(rows, key=lambda row: row.recognized_on)
        if newest.valid_until and not newest.ended_on and not firm.archived_at:
            until = min(newest.valid_until, until_of(firm_id))
            yield ReminderKind.CERTIFICATE_EXPIRING, newest.valid_until, firm.owner_id, BEGUN, until
    for row in db.session.scalars(sa.select(FollowUp).where(FollowUp.done_on.is_(None))):
        if not row.firm.archived_at:
            yield ReminderKind.FOLLOW_UP_DUE, row.due_on, row.owner_id, BEGUN, until_of(row.firm_id)


def until_of(firm_id: int) -> date:
    """The last day on which a firm causes reminders."""
    return STOPPED_ON - timedelta(days=1) if firm_id == stopped_firm() else LAST


def expected(chief: int) -> set[Told]:
    told: set[Told] = set()
    for kind, on, owner, since, until in matters():
        for day, offset in days_of(kind, on).items():
            if since <= day <= until and FIRST <= day <= LAST:
                near = kind in CHIEF_FROM and offset <= CHIEF_FROM[kind]
                told |= {(kind, day, on, to) for to in {owner or chief, *([chief] if near else [])}}
        if kind is ReminderKind.FOLLOW_UP_DUE and owner != chief:  # three days late the chief is told
            late = workday_on_or_after(on + timedelta(days=3))
            told |= {(kind, late, on, chief)} if FIRST <= late <= until else set()
    return told


def test_a_whole_year_tells_each_matter_on_its_working_day_and_nothing_on_a_day_off(county):
    for _ in played():
        pass

    rows = db.session.scalars(sa.select(Reminder).where(Reminder.planned_on.between(FIRST, LAST))).all()
    told = {(row.kind, row.planned_on, row.matter_on, row.user_id) for row in rows if row.kind in OFFSETS}
    assert told == expected(county)
    assert len(told) > 60
    assert {key.split(":")[3] for key in (row.key for row in rows if row.kind is ReminderKind.FOLLOW_UP_DUE)} == {
        "0", "2", "-1",
    }  # fmt: skip
    assert [row.planned_on for row in rows if not chinese_calendar.is_workday(row.planned_on)] == []
    assert {row.kind for row in rows} >= {
        *OFFSETS, ReminderKind.ANNUAL_REPORT_DUE, ReminderKind.CALL_DUE, ReminderKind.FIGURES_MISSING,
        ReminderKind.VISIT_OVERDUE, ReminderKind.WEEKLY_DIGEST,
    }  # fmt: skip
