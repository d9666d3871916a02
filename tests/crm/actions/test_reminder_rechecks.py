"""Between planning and sending the county goes on: what fell away is skipped with a reason, and nothing else is."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions.events import COMMAND
from crm.actions.reminder_stops import stop_reminders
from crm.actions.reminders import deliver_reminders, plan_reminders, release_held
from crm.extensions import db, mail
from crm.models import Campaign, CampaignWindow, Candidacy, Firm, FollowUp, Recognition, Reminder, User
from pipelines.reminders.planning import BACK
from pipelines.vocabulary import ReminderKind, ReminderStatus, Role, Stage, Title
from tests.builders import a_candidacy, a_firm, a_recognition, a_user
from tests.smtp import PostOffice, post_office

TODAY = date(2026, 6, 16)  # a Tuesday: nothing is summed up


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-06-16 09:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(app) -> Iterator[PostOffice]:
    with post_office() as (office, port):
        app.config.update(MAIL_BACKEND="smtp", MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_TIMEOUT=5)
        mail.init_app(app)
        yield office


@pytest.fixture
def owner(app) -> User:
    return a_user(Role.OFFICER, name="沈科员", email="shen@example.cn")


def owed(owner: User, what: str = "补审计报告", due_on: date = TODAY) -> FollowUp:
    firm = a_firm(owner_id=owner.id)
    follow_up = FollowUp(firm_id=firm.id, what=what, owner_id=owner.id, due_on=due_on, by_name="某人")
    db.session.add(follow_up)
    db.session.commit()
    return follow_up


def a_deadline(owner: User, closes_on: date = date(2026, 7, 1)) -> Campaign:
    """With two firms that have not handed in."""
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批")
    campaign.windows = [CampaignWindow(firm_closes_on=closes_on, by_name="章科长")]
    db.session.add(campaign)
    db.session.flush()
    for _ in range(2):
        a_candidacy(a_firm(), Stage.PREPARING, campaign_id=campaign.id, owner_id=owner.id)
    db.session.commit()
    return campaign


def candidacies(campaign: Campaign) -> Sequence[Candidacy]:
    return db.session.scalars(sa.select(Candidacy).filter_by(campaign_id=campaign.id)).all()


def planned() -> list[Reminder]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Reminder).order_by(Reminder.id)))


def texts(office: PostOffice) -> list[str]:
    return [each.get_body(("plain",)).get_content() for each in office.accepted]


def finish(follow_up: FollowUp) -> None:
    follow_up.done_on = TODAY


def put_off(follow_up: FollowUp) -> None:
    follow_up.due_on = date(2026, 6, 24)


def hand_over(follow_up: FollowUp) -> None:
    follow_up.owner_id = a_user(Role.OFFICER, name="王科员").id


def leave_to_nobody(follow_up: FollowUp) -> None:
    follow_up.owner_id = None


def archive(follow_up: FollowUp) -> None:
    follow_up.firm.archived_at = clock.now()


def stop(follow_up: FollowUp) -> None:
    stop_reminders(follow_up.firm_id, "企业要求", None, COMMAND)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (finish, "已办结或不再需要"),
        (put_off, "期限改为 2026-06-24"),
        (hand_over, "已改由王科员经办"),
        (leave_to_nobody, "不再由收件人负责"),
        (archive, "已办结或不再需要"),
        (stop, "企业已停用提醒"),
    ],
)
def test_what_has_fallen_away_is_skipped_with_its_reason_and_the_rest_of_the_mail_goes_out(
    office: PostOffice, owner, change: Callable[[FollowUp], None], why: str
):
    gone, stays = owed(owner, "要变的事"), owed(owner, "不变的事")
    plan_reminders(TODAY)
    change(gone)
    db.session.commit()

    assert deliver_reminders(clock.now()) == "已发 1 封，未发出 0 封，情况已变、跳过 1 条。"

    assert {(f"follow-up-{gone.id}:" in row.key, row.status, row.error) for row in planned()} == {
        (True, ReminderStatus.SKIPPED, why), (False, ReminderStatus.SENT, None),
    }  # fmt: skip
    (text,) = texts(office)
    assert (stays.what in text, gone.what in text) == (True, False)


def test_a_mail_of_which_nothing_is_left_is_not_sent_and_not_taken_up_again(office: PostOffice, owner):
    matter = owed(owner)
    plan_reminders(TODAY)
    finish(matter)
    db.session.commit()

    assert deliver_reminders(clock.now()) == "已发 0 封，未发出 0 封，情况已变、跳过 1 条。"
    assert deliver_reminders(clock.now()) == "没有到时间的提醒。"
    assert office.accepted == []


def test_who_has_taken_over_is_told_by_the_next_plan(office: PostOffice, owner):
    matter = owed(owner)
    plan_reminders(TODAY)
    hand_over(matter)
    db.session.commit()
    deliver_reminders(clock.now())

    plan_reminders(TODAY)

    assert [(row.user.name, row.status) for row in planned()] == [
        ("沈科员", ReminderStatus.SKIPPED), ("王科员", ReminderStatus.PENDING),
    ]  # fmt: skip


def test_what_has_changed_in_part_is_told_as_it_stands(office: PostOffice, owner):
    campaign = a_deadline(owner)
    plan_reminders(TODAY)
    candidacies(campaign)[0].stage = Stage.SUBMITTED
    db.session.commit()

    deliver_reminders(clock.now())

    (text,) = texts(office)
    assert "还有 1 家没有提交" in text


def hand_all_in(campaign: Campaign) -> None:
    for each in candidacies(campaign):
        each.stage = Stage.SUBMITTED


def extend(campaign: Campaign) -> None:
    campaign.windows.append(CampaignWindow(firm_closes_on=date(2026, 8, 31), by_name="章科长", reason="延期"))


def pass_on(campaign: Campaign) -> None:
    taker = a_user(Role.OFFICER)
    for each in candidacies(campaign):
        each.owner_id = taker.id


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (hand_all_in, "已办结或换了经办人"),
        (extend, "期限改为 2026-08-31"),
        (pass_on, "已办结或换了经办人"),
    ],
)
def test_a_deadline_is_not_told_to_who_has_nothing_to_hand_in_by_it(
    office: PostOffice, owner, change: Callable[[Campaign], None], why: str
):
    campaign = a_deadline(owner)
    plan_reminders(TODAY)
    change(campaign)
    db.session.commit()

    deliver_reminders(clock.now())

    (row,) = planned()
    assert (row.status, row.error, office.accepted) == (ReminderStatus.SKIPPED, why, [])


def a_certificate(firm: Firm) -> Recognition:
    return a_recognition(firm, Title.HIGH_TECH, date(2023, 9, 14), valid_until=date(2026, 9, 14))


def test_a_renewed_certificate_is_not_told_although_its_owner_has_another(office: PostOffice, owner):
    firm, other = a_firm(owner_id=owner.id), a_firm(owner_id=owner.id)
    a_certificate(firm)
    a_recognition(other, Title.HIGH_TECH, date(2023, 9, 13), valid_until=date(2026, 9, 13))
    db.session.commit()
    plan_reminders(TODAY)
    a_recognition(firm, Title.HIGH_TECH, date(2026, 6, 16), valid_until=date(2029, 6, 16))
    db.session.commit()

    deliver_reminders(clock.now())

    assert {(row.matter_on, row.status, row.error) for row in planned()} == {
        (date(2026, 9, 14), ReminderStatus.SKIPPED, "已办结或换了经办人"),
        (date(2026, 9, 13), ReminderStatus.SENT, None),
    }


def test_a_copy_is_for_who_is_chief_when_it_goes_out(office: PostOffice, owner):
    before = a_user(Role.SECTION_CHIEF, email="old@example.cn")
    a_certificate(a_firm(owner_id=owner.id))
    db.session.commit()
    plan_reminders(TODAY)
    before.role = Role.OFFICER
    a_user(Role.SECTION_CHIEF, email="new@example.cn")
    db.session.commit()

    deliver_reminders(clock.now())

    assert {row.user.email: row.error for row in planned()} == {
        owner.email: None, "old@example.cn": "不再由收件人负责",
    }  # fmt: skip


def test_that_a_matter_is_late_is_told_to_the_chief_until_it_is_settled(office: PostOffice, owner):
    chief = a_user(Role.SECTION_CHIEF, email="zhang@example.cn")
    late, settled = [owed(owner, what, date(2026, 6, 13)) for what in ("还欠着", "刚办完")]
    plan_reminders(TODAY)
    finish(settled)
    db.session.commit()

    deliver_reminders(clock.now())

    told = [row for row in planned() if row.kind is ReminderKind.FOLLOW_UP_DUE]
    assert {(row.user_id, f"follow-up-{late.id}:" in row.key, row.status) for row in told} == {
        (chief.id, True, ReminderStatus.SENT), (chief.id, False, ReminderStatus.SKIPPED),
        (owner.id, True, ReminderStatus.SENT), (owner.id, False, ReminderStatus.SKIPPED),
    }  # fmt: skip


def hold(until: datetime, travel: time_machine.Traveller) -> None:
    for row in planned():
        row.status = ReminderStatus.HELD
    db.session.commit()
    travel.move_to(until)
    release_held(COMMAND)


def test_after_the_deadline_no_mail_goes_out(office: PostOffice, owner, travel):
    a_deadline(owner, closes_on=date(2026, 6, 17))
    plan_reminders(TODAY)
    hold(datetime.fromisoformat("2026-06-18 09:00+08:00"), travel)

    deliver_reminders(clock.now())

    (row,) = planned()
    assert (row.status, row.error, office.accepted) == (ReminderStatus.SKIPPED, "期限已过", [])


@pytest.mark.parametrize("later", [BACK, BACK + timedelta(days=1)])
def test_what_is_owed_is_told_even_when_it_is_so_late_that_nobody_looks_for_it(office, owner, travel, later):
    owed(owner)
    plan_reminders(TODAY)
    hold(datetime.fromisoformat("2026-06-16 09:00+08:00") + later, travel)

    deliver_reminders(clock.now())

    assert [row.status for row in planned()] == [ReminderStatus.SENT]


def test_what_is_only_counted_up_goes_out_on_another_day_too_unless_it_is_wanted_no_more(office, owner, travel):
    other = a_user(Role.OFFICER, email="other@example.cn")
    for each in (owner, other):
        owed(each, due_on=date(2026, 6, 26))
    travel.move_to(datetime.fromisoformat("2026-06-22 07:30+08:00"))  # a Monday
    plan_reminders(date(2026, 6, 22))
    other.muted_kinds = [ReminderKind.WEEKLY_DIGEST]
    db.session.commit()
    hold(datetime.fromisoformat("2026-06-23 09:00+08:00"), travel)

    deliver_reminders(clock.now())

    assert {(row.kind, row.user_id, row.status, row.error) for row in planned()} == {
        (ReminderKind.WEEKLY_DIGEST, owner.id, ReminderStatus.SENT, None),
        (ReminderKind.WEEKLY_DIGEST, other.id, ReminderStatus.SKIPPED, "本人选了不收这一类"),
    }


def test_what_may_have_been_accepted_goes_out_again_as_it_was(office: PostOffice, owner, travel):
    matters = [owed(owner, "甲"), owed(owner, "乙")]
    plan_reminders(TODAY)
    deliver_reminders(clock.now())
    for row in planned():  # the process died between the server's 250 and our commit
        row.status, row.sent_at, row.next_try_at = ReminderStatus.SENDING, None, clock.now() + timedelta(minutes=5)
    finish(matters[0])
    db.session.commit()

    travel.shift(timedelta(minutes=6))
    deliver_reminders(clock.now())

    first, again = office.accepted
    assert first["Message-ID"] == again["Message-ID"]
    assert all("“甲”" in text and "“乙”" in text for text in texts(office))
    assert {(row.status, row.is_doubtful) for row in planned()} == {(ReminderStatus.SENT, True)}


@pytest.mark.parametrize(
    ("unkindness", "status", "accepted"),
    [("greylists", ReminderStatus.SKIPPED, 0), ("leaves_unanswered", ReminderStatus.SENT, 2)],
)
def test_what_was_refused_is_asked_again_and_what_was_not_answered_goes_out_as_it_was(
    office: PostOffice, owner, travel, unkindness, status, accepted
):
    setattr(office, unkindness, 1)
    matter = owed(owner)
    plan_reminders(TODAY)
    deliver_reminders(clock.now())
    finish(matter)
    db.session.commit()

    travel.shift(timedelta(minutes=2))
    deliver_reminders(clock.now())

    assert ([row.status for row in planned()], len(office.accepted)) == ([status], accepted)


def test_a_run_asks_the_same_number_of_questions_however_much_fell_away(office: PostOffice, owner, queries):
    costs = []
    for number in (1, 5):
        matters = [owed(owner, f"第{each}件") for each in range(3 * number)]
        plan_reminders(TODAY)
        for matter, change in zip(matters, (finish, put_off, leave_to_nobody) * number, strict=True):
            change(matter)
        db.session.commit()
        with queries() as statements:
            deliver_reminders(clock.now())
        costs.append(len(statements))

    assert costs[0] == costs[1]


def test_where_it_was_planned_one_can_read_why_it_did_not_go_out(office: PostOffice, owner, signed_in):
    client, matter = signed_in(Role.OFFICER), owed(owner, "说明原因的事")
    elsewhere = owed(owner, "别家的事")
    plan_reminders(TODAY)
    finish(matter)
    finish(elsewhere)
    db.session.commit()
    deliver_reminders(clock.now())

    record = client.get("/reminders?status=skipped").text
    of_firm = client.get(f"/reminders/why?firm={matter.firm_id}").text
    of_person = client.get(f"/reminders/why?user={owner.id}").text

    assert all("已办结或不再需要" in page and "说明原因的事" in page for page in (record, of_firm, of_person))
    assert ("别家的事" in of_person, "别家的事" in of_firm) == (True, False)
