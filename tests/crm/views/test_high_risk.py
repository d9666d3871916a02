"""高风险: what is still owed so many working days after its day marks its firm, whoever has it, until it is settled."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions.events import COMMAND, Author
from crm.actions.follow_ups import finish_follow_up, hand_over_follow_up, postpone_follow_up, undo_follow_up
from crm.actions.reminder_rules import change_rule
from crm.actions.reminder_stops import stop_reminders
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Campaign, CampaignWindow, Firm, FollowUp, Reminder, User
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import count_firms, counts_of
from crm.queries.high_risk import HIGH, MINE, risks_of_firm
from crm.queries.owed import OWED
from pipelines.reminders.planning import MARKED, rules
from pipelines.vocabulary import ReminderKind, ReminderStatus, Role, Stage, Title
from tests.builders import a_candidacy, a_firm, a_project, a_township, a_user, an_institution

DUE = date(2026, 6, 10)  # a Wednesday; the Dragon Boat Festival is on the 19th, a Friday
MARKED_ON = date(2026, 6, 25)  # the tenth working day after it


@pytest.fixture(autouse=True)
def hand():
    with time_machine.travel("2026-06-25 09:00+08:00", tick=False) as hand:
        yield hand


@pytest.fixture
def owner(app) -> User:
    owner = a_user(name="沈科员")
    db.session.commit()
    return owner


def a_follow_up(firm: Firm, owner: User | None = None, **values) -> FollowUp:
    said = {"what": "回访", "due_on": DUE, "by_name": "某人", "owner_id": owner and owner.id} | values
    follow_up = FollowUp(firm_id=firm.id, **said)
    db.session.add(follow_up)
    refresh_standings([firm.id], DUE)
    db.session.commit()
    return follow_up


def a_campaign(closes_on: date) -> Campaign:
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批")
    campaign.windows = [CampaignWindow(firm_closes_on=closes_on, by_name="章科长")]
    db.session.add(campaign)
    db.session.flush()
    return campaign


MATTERS: dict[ReminderKind, Callable[[Firm], object]] = {
    ReminderKind.FOLLOW_UP_DUE: a_follow_up,
    ReminderKind.CANDIDACY_DUE: lambda firm: a_candidacy(firm, due_on=DUE),
    ReminderKind.APPLICATION_DEADLINE: lambda firm: a_candidacy(
        firm, Stage.PREPARING, campaign_id=a_campaign(DUE).id
    ),
    ReminderKind.ACCEPTANCE_DUE: lambda firm: a_project(firm, acceptance_due_on=DUE),
    ReminderKind.REVIEW_DUE: lambda firm: an_institution(firm, review_due_on=DUE),
}  # fmt: skip


def workday_after(day: date, number: int) -> date:
    """Counted with another calendar."""
    while number:
        day += timedelta(days=1)
        number -= chinese_calendar.is_workday(day)
    return day


def marks(firm: Firm, today: date = MARKED_ON) -> list[ReminderKind]:
    return [risk.kind for risk in risks_of_firm(firm.id, today)]


def test_exactly_the_kinds_of_which_the_records_say_whether_they_are_settled_mark():
    assert MARKED == OWED.keys() == MATTERS.keys()
    assert {kind for kind, rule in rules().items() if rule.high_risk} == MARKED


@pytest.mark.parametrize("kind", MATTERS)
def test_a_firm_is_marked_from_the_working_day_that_the_rule_says(app, kind):
    firm = a_firm()
    MATTERS[kind](firm)
    first = workday_after(DUE, rules()[kind].high_risk or 0)

    assert marks(firm, first - timedelta(days=1)) == []
    assert marks(firm, first) == [kind]
    assert marks(firm, date(2027, 12, 31)) == [kind]  # however long ago: not looked at is not settled
    assert risks_of_firm(firm.id, first)[0].since == first


@pytest.mark.parametrize("due_on", [date(2026, 9, 24) + timedelta(days=number) for number in range(20)])
def test_a_mark_begins_on_a_working_day_around_the_longest_holiday_too(owner, due_on):
    firm = a_firm()
    a_follow_up(firm, owner, due_on=due_on)
    days = [due_on + timedelta(days=number) for number in range(40)]

    first = next(day for day in days if marks(firm, day))
    assert first == workday_after(due_on, 10) == risks_of_firm(firm.id, first)[0].since


def test_it_is_gone_as_soon_as_the_matter_is_settled_and_back_when_that_is_undone(owner):
    firm = a_firm()
    follow_up = a_follow_up(firm, owner)

    finish_follow_up(follow_up.id, "办好了", COMMAND)
    assert marks(firm) == []
    undo_follow_up(follow_up.id, COMMAND)
    assert marks(firm) == [ReminderKind.FOLLOW_UP_DUE]
    postpone_follow_up(follow_up.id, date(2026, 7, 1), COMMAND)
    assert marks(firm) == []


def test_an_extended_deadline_a_submission_and_an_end_take_the_mark_away(app):
    firm, campaign = a_firm(), a_campaign(DUE)
    candidacy = a_candidacy(firm, Stage.PREPARING, campaign_id=campaign.id)
    project, institution = a_project(firm, acceptance_due_on=DUE), an_institution(firm, review_due_on=DUE)
    assert set(marks(firm)) == {
        ReminderKind.APPLICATION_DEADLINE, ReminderKind.ACCEPTANCE_DUE, ReminderKind.REVIEW_DUE,
    }  # fmt: skip

    campaign.windows.append(CampaignWindow(firm_closes_on=date(2026, 7, 31), reason="延期", by_name="章科长"))
    project.acceptance_due_on, institution.reviewed_on = date(2026, 12, 31), date(2026, 6, 20)
    db.session.flush()
    assert marks(firm) == []

    campaign.windows.append(CampaignWindow(firm_closes_on=DUE, reason="误填", by_name="章科长"))
    db.session.flush()
    assert marks(firm) == [ReminderKind.APPLICATION_DEADLINE]
    candidacy.stage = Stage.SUBMITTED
    db.session.flush()
    assert marks(firm) == []


def test_handing_over_and_stopping_the_reminders_do_not_take_it_away(owner):
    firm, other = a_firm(), a_user(name="陆科员")
    follow_up = a_follow_up(firm, owner)

    hand_over_follow_up(follow_up.id, other.id, COMMAND)
    stop_reminders(firm.id, "企业要求", None, COMMAND)

    (risk,) = risks_of_firm(firm.id, MARKED_ON)
    assert (risk.owner, risk.since) == ("陆科员", MARKED_ON)


def test_the_chief_changes_the_days_or_marks_nobody(owner, signed_in):
    firm, chief = a_firm(), signed_in(Role.SECTION_CHIEF)
    a_follow_up(firm, owner)
    rule = "/reminders/rules/follow_up_due"

    chief.post(rule, data={"days_before": "0", "to_chief": "3", "high_risk": "11"})
    assert (marks(firm), marks(firm, date(2026, 6, 26))) == ([], [ReminderKind.FOLLOW_UP_DUE])
    assert "逾期 11 个工作日" in chief.get("/reminders/rules").text

    chief.post(rule, data={"days_before": "0", "to_chief": "3", "high_risk": ""})
    assert marks(firm, date(2027, 1, 1)) == []
    page = chief.get(rule).text
    assert "逾期 11 个工作日" in page
    assert "不标" in page


@pytest.mark.parametrize(("typed", "told"), [("0", "应为 1 至 250"), ("251", "应为 1 至 250"), ("十", "应为数字")])
def test_days_without_sense_are_told(signed_in, typed, told):
    page = signed_in(Role.SECTION_CHIEF).post(
        "/reminders/rules/follow_up_due", data={"days_before": "0", "to_chief": "3", "high_risk": typed}
    )

    assert (page.status_code, told in page.text) == (422, True)


def test_a_kind_that_nobody_would_settle_offers_no_mark(signed_in):
    chief = signed_in(Role.SECTION_CHIEF)
    rule = "/reminders/rules/annual_report_due"
    chief.post(rule, data={"days_before": "7", "to_chief": "3", "high_risk": "5"})

    assert "标高风险" not in chief.get(rule).text


def test_a_decision_of_before_there_was_a_mark_leaves_it_as_shipped(owner):
    change_rule(ReminderKind.FOLLOW_UP_DUE, (1,), -3, 10, None, COMMAND)
    db.session.execute(sa.text('UPDATE reminder_settings SET value = \'{"days_before": [1], "to_chief": -3}\''))
    db.session.commit()
    firm = a_firm()
    a_follow_up(firm, owner)

    assert marks(firm) == [ReminderKind.FOLLOW_UP_DUE]


def a_sent_mail(follow_up: FollowUp, to: User, stage: int, on: date, status=ReminderStatus.SENT) -> None:
    key = f"follow_up_due:follow-up-{follow_up.id}:{follow_up.due_on}:{stage}:{to.id}"
    db.session.add(
        Reminder(
            key=key, kind=ReminderKind.FOLLOW_UP_DUE, user_id=to.id, planned_on=on, matter_on=follow_up.due_on,
            words="回访", path="/", status=status,
        )
    )  # fmt: skip
    db.session.commit()


def test_the_page_of_the_firm_says_which_matter_since_when_whose_and_who_was_told(owner, signed_in):
    firm, chief, former = a_firm(), a_user(Role.SECTION_CHIEF, name="章科长"), a_user(name="陆科员")
    follow_up, other = a_follow_up(firm, owner), a_follow_up(firm, owner, what="送政策")
    a_sent_mail(follow_up, former, 0, DUE)
    a_sent_mail(follow_up, chief, -1, date(2026, 6, 15))
    a_sent_mail(follow_up, owner, 1, date(2026, 6, 16), ReminderStatus.FAILED)
    a_sent_mail(other, a_user(name="别的事"), 0, DUE)

    page = signed_in(Role.OFFICER).get(f"/firms/{firm.id}").text

    head = page.partition("“回访”应在 2026-06-10 办结")[2].partition("</p>")[0]
    assert "2026-06-25 起；责任人 沈科员；已提醒 陆科员（2026-06-10）、章科长（2026-06-15）" in head
    assert "别的事" in page.partition("“送政策”应在")[2].partition("</p>")[0]


def test_the_list_shows_and_finds_marked_firms_and_counts_as_many(owner, signed_in):
    marked, other = a_firm("嘉善高险科技有限公司"), a_firm("嘉善平安科技有限公司")
    a_follow_up(marked, owner)
    a_follow_up(marked, owner, what="送政策")
    a_follow_up(other, owner, due_on=MARKED_ON)
    client = signed_in(Role.OFFICER)

    everything, found = client.get("/firms?view=all").text, client.get("/firms?risk=high").text

    assert everything.count(">高风险</span>") == 1
    assert "嘉善高险" in found
    assert "嘉善平安" not in found
    assert 'class="chip"' in found
    assert count_firms(FirmFilter(risk=HIGH), None, MARKED_ON).number == 1
    assert client.get("/firms?risk=nothing").status_code == 200


def test_mine_are_those_with_a_matter_of_mine_or_in_my_charge(owner, signed_in):
    other = a_user(name="陆科员")
    with_my_matter, in_my_charge = a_firm(owner_id=other.id), a_firm(owner_id=owner.id)
    a_follow_up(with_my_matter, owner)
    a_follow_up(in_my_charge, other)
    a_follow_up(a_firm(owner_id=other.id), other)

    counts = counts_of([FirmFilter(risk=HIGH), FirmFilter(risk=MINE)], owner, MARKED_ON)

    assert [count.number for count in counts] == [3, 2]
    assert count_firms(FirmFilter(risk=MINE), None, MARKED_ON).number == 0


def test_a_township_officer_finds_only_firms_of_the_own_area(owner, sign_in):
    ours, theirs = a_township(), a_township()
    officer = a_user(Role.TOWNSHIP_OFFICER, township_id=ours.id)
    for township, name in ((ours, "嘉善本镇科技有限公司"), (theirs, "嘉善邻镇科技有限公司")):
        a_follow_up(a_firm(name, township_id=township.id), officer)

    page = sign_in(officer).get("/").text

    assert "高风险 1 家" in page
    assert "嘉善邻镇" not in page.partition("高风险 1 家")[2].partition("</section>")[0]


def test_today_shows_them_to_who_has_the_matter_and_to_the_chief(owner, sign_in):
    firm = a_firm("嘉善高险科技有限公司")
    follow_up = a_follow_up(firm, owner)
    chief, other = a_user(Role.SECTION_CHIEF), a_user(Role.OFFICER)

    pages = {user: sign_in(user).get("/").text for user in (owner, chief, other)}
    assert ["高风险 1 家" in page for page in pages.values()] == [True, True, False]
    assert "/firms?risk=mine" in pages[owner]
    assert "/firms?risk=high" in pages[chief]

    finish_follow_up(follow_up.id, "办好了", Author.of(owner))
    assert "高风险" not in sign_in(owner).get("/").text


def test_an_archived_firm_is_not_marked(owner):
    firm = a_firm()
    a_follow_up(firm, owner)
    firm.archived_at = datetime.now(clock.OFFICE_ZONE)
    db.session.commit()

    assert marks(firm) == []


def test_pages_ask_the_same_number_of_queries_for_one_mark_and_for_many(owner, signed_in, queries):
    client = signed_in(Role.OFFICER)
    numbers = []
    for number in (1, 6):
        firms = [a_firm() for _ in range(number)]
        for firm in firms:
            for kind in MARKED - {ReminderKind.APPLICATION_DEADLINE}:
                MATTERS[kind](firm)
        refresh_standings([firm.id for firm in firms], DUE)
        for path in ("/firms?risk=high", f"/firms/{firms[0].id}"):
            client.get(path)  # what is read once and kept
            with queries() as statements:
                client.get(path)
            numbers.append((path.split("/")[1], len(statements)))

    assert numbers[0] == numbers[2]
    assert numbers[1] == numbers[3]


def test_no_table_of_matters_or_mails_is_read_from_end_to_end(owner, queries):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite explains itself in these words")
    firm = a_firm()
    a_follow_up(firm, owner)
    with queries() as statements:
        count_firms(FirmFilter(risk=HIGH), None, MARKED_ON)
        risks_of_firm(firm.id, MARKED_ON)

    for statement in statements:
        plan = [row[3] for row in db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {statement.replace('?', '1')}"))]
        tables = {*(owed.model.__tablename__ for owed in OWED.values()), "reminders"}
        assert [line for line in plan if line.startswith("SCAN") and line.split()[1] in tables] == []
