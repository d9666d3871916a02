"""The year 2026 played day by day over an invented county: every reminder on its right working day, none on a day off.

What is expected is counted here once more, with another calendar and without the code that plans. The machine is off
for some days, the chief changes rules, a deadline moves and a firm is stopped.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
import sqlalchemy as sa
import time_machine
import yaml

from crm import clock
from crm.actions.calls import change_offsets
from crm.actions.demo import load_demo
from crm.actions.events import COMMAND
from crm.actions.reminder_rules import change_rule
from crm.actions.reminder_stops import stop_reminders
from crm.actions.reminders import plan_reminders
from crm.extensions import db
from crm.models import (
    Campaign,
    CampaignWindow,
    Candidacy,
    Firm,
    FollowUp,
    Institution,
    Project,
    Recognition,
    Reminder,
    User,
)
from crm.queries.high_risk import risks_of_firms
from pipelines.funnel.stages import OPEN, PREPARING
from pipelines.projects import RUNNING
from pipelines.reminders import cycle
from pipelines.vocabulary import ReminderKind, Role, Stage, Title

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
BEGUN = date(2025, 12, 1)  # what the days before the year would have told is told before it
DEADLINE, EXTENDED, MOVED_ON = date(2026, 6, 30), date(2026, 7, 31), date(2026, 6, 18)
RULES_CHANGED_ON, STOPPED_ON = date(2026, 3, 16), date(2026, 5, 11)
# In the middle of its run-up a call gets other days.
CALL_CHANGED, CALL_CHANGED_ON, CALL_OFFSETS = "city_tech_centre", date(2026, 6, 8), (30, 25, 12)
# The machine is off: over ten days before an annual filing and the change of the rules, over the first working days
# after a holiday, and for longer than anything is made good.
OFF = (
    (date(2026, 3, 12), date(2026, 3, 16)),
    (date(2026, 5, 6), date(2026, 5, 8)),
    (date(2026, 8, 5), date(2026, 8, 16)),
)
MADE_GOOD = 10
EARLIER = 2  # days before a follow-up is due, told from the day after the rules were changed
OFFSETS = {
    ReminderKind.APPLICATION_DEADLINE: (60, 30, 15, 7, 3, 1, 0),
    ReminderKind.CERTIFICATE_EXPIRING: (365, 270, 180, 90, 30),
    ReminderKind.FOLLOW_UP_DUE: (0,),
    ReminderKind.CANDIDACY_DUE: (7, 3, 0),
    ReminderKind.ANNUAL_REPORT_DUE: (45, 30, 15, 7, 3, 1),
    ReminderKind.CALL_DUE: (),  # each of its own
}
CHIEF_FROM = {
    ReminderKind.APPLICATION_DEADLINE: 7, ReminderKind.CERTIFICATE_EXPIRING: 90, ReminderKind.ANNUAL_REPORT_DUE: 7,
    ReminderKind.CALL_DUE: 7,
}  # fmt: skip
LATE_BY = {ReminderKind.FOLLOW_UP_DUE: 3, ReminderKind.CANDIDACY_DUE: 60}  # the longest that the page accepts
MARKED_AFTER = {
    ReminderKind.APPLICATION_DEADLINE: 1, ReminderKind.FOLLOW_UP_DUE: 10, ReminderKind.CANDIDACY_DUE: 5,
    ReminderKind.ACCEPTANCE_DUE: 10, ReminderKind.REVIEW_DUE: 10,
}  # fmt: skip
MARKED_SOONER = 8  # of follow-ups, once the rules were changed
HELD = {"high_tech": Title.HIGH_TECH, "national_tech_sme": Title.NATIONAL_TECH_SME}
Mark = tuple[ReminderKind, int, int]  # kind, firm, matter
Told = tuple[ReminderKind, str, date, date, date, int]  # kind, which call, its day, planned on, the morning, to whom


@dataclass(frozen=True)
class Matter:
    """stands: whether it is told of on a morning, should anything be due. call: which of the yearly ones."""

    kind: ReminderKind
    on: date
    owner: int | None
    stands: Callable[[date], bool]
    offsets: tuple[int, ...]
    call: str = ""


def is_workday(day: date) -> bool:
    """Another calendar's word; of the years it does not know, weekdays."""
    return chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5


def workday_on_or_before(day: date) -> date:
    return day if is_workday(day) else workday_on_or_before(day - timedelta(days=1))


def workday_on_or_after(day: date) -> date:
    return day if is_workday(day) else workday_on_or_after(day + timedelta(days=1))


def is_off(day: date) -> bool:
    return any(first <= day <= last for first, last in OFF)


def morning_after(day: date) -> date:
    """The first on which the clock rings."""
    return day if is_workday(day) and not is_off(day) else morning_after(day + timedelta(days=1))


def stages(matter: Matter, chief: int) -> dict[int, set[date]]:
    """Who is told on which working days, should the clock never stop."""
    told: dict[int, set[date]] = {matter.owner or chief: set()}
    for offset in matter.offsets:
        day = workday_on_or_before(matter.on - timedelta(days=offset))
        near = offset <= CHIEF_FROM.get(matter.kind, -1)
        for to in {matter.owner or chief, *([chief] if near else [])}:
            told.setdefault(to, set()).add(day)
    earlier = workday_on_or_before(matter.on - timedelta(days=EARLIER))
    if matter.kind is ReminderKind.FOLLOW_UP_DUE and earlier > RULES_CHANGED_ON:
        told[matter.owner or chief].add(earlier)
    if matter.kind in LATE_BY and matter.owner != chief:
        late = workday_on_or_after(matter.on + timedelta(days=LATE_BY[matter.kind]))
        told.setdefault(chief, set()).add(late)
    return told


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
            row.done_on, row.due_on = None, FIRST + timedelta(days=11 * number)
            row.owner_id = None if number % 5 == 0 else owner
        open_ones = sa.select(Candidacy).where(Candidacy.stage.in_(OPEN)).order_by(Candidacy.id)
        for number, row in enumerate(db.session.scalars(open_ones)):
            row.due_on = FIRST + timedelta(days=17 * number) if number < 20 else None
        db.session.commit()
        change_rule(ReminderKind.CANDIDACY_DUE, None, -LATE_BY[ReminderKind.CANDIDACY_DUE], 5, None, COMMAND)
    return chief


def played() -> Iterator[date]:
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
            if not is_off(day):
                plan_reminders(day)
            if day == CALL_CHANGED_ON:
                change_offsets(CALL_CHANGED, CALL_OFFSETS, "早一点知道", COMMAND)
            if day == RULES_CHANGED_ON:
                change_rule(ReminderKind.FOLLOW_UP_DUE, (EARLIER, 0), -3, MARKED_SOONER, "早一点知道", COMMAND)
                change_rule(ReminderKind.CALL_DUE, (30, 14, 10, 7), 7, None, "早一点知道", COMMAND)
        yield day
        day += timedelta(days=1)


def matters() -> Iterator[Matter]:
    yield from campaign_matters()
    yield from firm_matters()
    for call in yaml.safe_load(Path(cycle.__file__).with_name("cycle.yaml").read_text(encoding="utf-8")):
        yield from call_matters(call)


def campaign_matters() -> Iterator[Matter]:
    kind = ReminderKind.APPLICATION_DEADLINE
    for owner in set(db.session.scalars(sa.select(Candidacy.owner_id).join(Campaign).filter_by(round="试验批"))):
        yield Matter(kind, DEADLINE, owner, lambda day: day < MOVED_ON, OFFSETS[kind])
        yield Matter(kind, EXTENDED, owner, lambda day: day >= MOVED_ON, OFFSETS[kind])


def firm_matters() -> Iterator[Matter]:
    held: dict[int, list[Recognition]] = {}
    for row in db.session.scalars(sa.select(Recognition).filter_by(title=Title.HIGH_TECH)):
        held.setdefault(row.firm_id, []).append(row)
    for firm_id, rows in held.items():
        firm, newest = db.session.get_one(Firm, firm_id), max(rows, key=lambda row: row.recognized_on)
        if newest.valid_until and not newest.ended_on and not firm.archived_at:
            kind = ReminderKind.CERTIFICATE_EXPIRING
            yield Matter(kind, newest.valid_until, firm.owner_id, causes_reminders(firm_id), OFFSETS[kind])
    for row in db.session.scalars(sa.select(FollowUp).where(FollowUp.done_on.is_(None))):
        if not row.firm.archived_at:
            kind = ReminderKind.FOLLOW_UP_DUE
            yield Matter(kind, row.due_on, row.owner_id, causes_reminders(row.firm_id), OFFSETS[kind])
    for row in db.session.scalars(sa.select(Candidacy).where(Candidacy.due_on.is_not(None))):
        if row.stage in OPEN and not row.firm.archived_at:
            kind = ReminderKind.CANDIDACY_DUE
            yield Matter(kind, row.due_on, row.owner_id, causes_reminders(row.firm_id), OFFSETS[kind])


def causes_reminders(firm_id: int) -> Callable[[date], bool]:
    return lambda day: firm_id != stopped_firm() or day < STOPPED_ON


def call_matters(call: Mapping[str, object]) -> Iterator[Matter]:
    """Of 2026 and 2027: whoever has a firm that holds the title that morning, else the section."""
    kind = ReminderKind.ANNUAL_REPORT_DUE if call["id"] == "annual_report" else ReminderKind.CALL_DUE
    offsets = tuple(call["days_before"]) or OFFSETS[kind]
    title = HELD.get(str(call["audience"]))
    rows = db.session.scalars(sa.select(Recognition).filter_by(title=title)).all() if title else []
    by_owner: dict[int | None, list[Recognition]] = {} if title else {None: []}
    for row in rows:
        firm = db.session.get_one(Firm, row.firm_id)
        if not firm.archived_at:
            by_owner.setdefault(firm.owner_id, []).append(row)
    for year in (2026, 2027):
        on = date.fromisoformat(f"{year}-{call['day']}")
        for owner, held in by_owner.items():
            stands = is_held(held) if title else lambda day: True
            subject = f"call-{call['id']}-{year}"
            if call["id"] == CALL_CHANGED and year == CALL_CHANGED_ON.year:
                yield Matter(kind, on, owner, lambda day: day <= CALL_CHANGED_ON, offsets, subject)
                ahead = (on - CALL_CHANGED_ON).days
                offsets = tuple(offset for offset in CALL_OFFSETS if offset < ahead)
            yield Matter(kind, on, owner, stands, offsets, subject)


def is_held(rows: list[Recognition]) -> Callable[[date], bool]:
    return lambda day: any(
        row.recognized_on <= day and day <= (row.valid_until or day) and (not row.ended_on or row.ended_on > day)
        and causes_reminders(row.firm_id)(day)
        for row in rows
    )  # fmt: skip


def expected(chief: int) -> set[Told]:
    """Each person is told of the newest stage a morning finds, once, unless it is too old or the matter is over."""
    told: set[Told] = set()
    for matter in matters():
        still_owed = matter.kind in LATE_BY
        for to, days in stages(matter, chief).items():
            for day in days:
                morning = morning_after(day)
                is_newest = not any(day < other <= morning for other in days)
                in_time = morning - day <= timedelta(days=MADE_GOOD) and (
                    still_owed or morning <= matter.on or morning == day
                )
                if is_newest and in_time and matter.stands(morning) and FIRST <= morning <= LAST:
                    told.add((matter.kind, matter.call, matter.on, day, morning, to))
    return told


def marked_on(day: date, since: Mapping[Mark, date]) -> set[Mark]:
    return {mark for mark, first in since.items() if first <= day}


def marks_since(is_changed: bool, closes_on: date) -> dict[Mark, date]:
    """What marks its firm, and from which day, should nobody settle it."""
    after = MARKED_AFTER | ({ReminderKind.FOLLOW_UP_DUE: MARKED_SOONER} if is_changed else {})
    return {
        (kind, row.firm_id, row.id): workday_after(on, after[kind])
        for kind, row, on in still_owed(closes_on)
        if on and not db.session.get_one(Firm, row.firm_id).archived_at
    }


def still_owed(closes_on: date) -> Iterator[tuple[ReminderKind, Any, date | None]]:
    for follow_up in db.session.scalars(sa.select(FollowUp).where(FollowUp.done_on.is_(None))):
        yield ReminderKind.FOLLOW_UP_DUE, follow_up, follow_up.due_on
    for candidacy in db.session.scalars(sa.select(Candidacy)):
        if candidacy.stage in OPEN:
            yield ReminderKind.CANDIDACY_DUE, candidacy, candidacy.due_on
        if candidacy.stage in PREPARING and candidacy.campaign and candidacy.campaign.round == "试验批":
            yield ReminderKind.APPLICATION_DEADLINE, candidacy, closes_on
    for project in db.session.scalars(sa.select(Project)):
        if project.stage in RUNNING and not project.archived_at:
            yield ReminderKind.ACCEPTANCE_DUE, project, project.acceptance_due_on
    for row in db.session.scalars(sa.select(Institution)):
        due = row.review_due_on
        if due and not (row.reviewed_on and row.reviewed_on >= due) and row.stands(LAST):
            yield ReminderKind.REVIEW_DUE, row, due


def workday_after(day: date, number: int) -> date:
    while number:
        day += timedelta(days=1)
        number -= is_workday(day)
    return day


def planned() -> Iterator[Told]:
    for row in db.session.scalars(sa.select(Reminder).where(Reminder.kind.in_(OFFSETS))):
        subject = row.key.split(":")[1]
        call = subject.rpartition("-")[0] if subject.startswith("call-") else ""
        morning = row.next_try_at.astimezone(clock.OFFICE_ZONE).date()
        if FIRST <= morning <= LAST:
            yield row.kind, call, row.matter_on, row.planned_on, morning, row.user_id


def test_a_whole_year_tells_each_matter_on_its_working_day_and_nothing_on_a_day_off(county):
    before, extended = marks_since(False, DEADLINE), marks_since(True, EXTENDED)
    between = marks_since(True, DEADLINE)
    firm_ids, kinds = db.session.scalars(sa.select(Firm.id)).all(), set[ReminderKind]()
    db.session.commit()
    for day in played():
        since = before if day < RULES_CHANGED_ON else between if day < MOVED_ON else extended
        risks = [risk for each in risks_of_firms(firm_ids, day).values() for risk in each]
        db.session.commit()
        assert {(risk.kind, risk.firm_id, risk.matter_id) for risk in risks} == marked_on(day, since)
        kinds |= {risk.kind for risk in risks}
    assert kinds == set(MARKED_AFTER)

    told = set(planned())
    assert told == expected(county)
    assert len(told) > 200
    assert {kind for kind, *_ in told} == set(OFFSETS)
    rows = db.session.scalars(sa.select(Reminder)).all()
    offsets = {row.key.split(":")[3] for row in rows if row.kind is ReminderKind.FOLLOW_UP_DUE}
    assert offsets == {"0", "2", "-1"}
    assert [row.planned_on for row in rows if not is_workday(row.planned_on)] == []
    assert {row.kind for row in rows} >= {
        *OFFSETS, ReminderKind.FIGURES_MISSING, ReminderKind.VISIT_OVERDUE, ReminderKind.WEEKLY_DIGEST,
    }  # fmt: skip
