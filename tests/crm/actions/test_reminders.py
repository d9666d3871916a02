"""Reminders end to end: planned once, sent once, and what becomes of them when the post is unkind."""

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from jinja2 import ChoiceLoader, DictLoader

from crm import clock
from crm.actions.events import COMMAND
from crm.actions.reminders import (
    _claim,
    _note,
    cancel_held,
    deliver_reminders,
    is_quiet,
    keep_watch,
    plan_reminders,
    release_held,
    resend,
    send_test_mail,
)
from crm.extensions import db, mail, swift_connection
from crm.jobs import _HOLDER, _run_in
from crm.mail import Outcome, _templates
from crm.models import Campaign, CampaignWindow, Candidacy, FollowUp, Reminder, User
from pipelines.refusals import Refusal
from pipelines.vocabulary import ReminderKind, ReminderStatus, Role, Stage, Title
from tests.builders import a_firm, a_recognition, a_user
from tests.smtp import PostOffice, post_office

ROOT = Path(__file__).resolve().parents[3]
MORNING = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)  # nine in the office, a Monday
TODAY = date(2026, 6, 15)


@pytest.fixture
def travel():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office(app, travel):
    with post_office() as (office, port):
        app.config.update(MAIL_BACKEND="smtp", MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_TIMEOUT=5)
        mail.init_app(app)
        yield office


@pytest.fixture
def owner(app) -> User:
    return a_user(Role.OFFICER, email="shen@example.cn")


@pytest.fixture
def chief(app) -> User:
    return a_user(Role.SECTION_CHIEF, email="zhang@example.cn")


def a_deadline(owner: User, closes_on: date, number: int = 2) -> Campaign:
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批")
    campaign.windows = [CampaignWindow(firm_closes_on=closes_on, hour="17:00", by_name="章科长")]
    db.session.add(campaign)
    db.session.flush()
    on = date(2026, 6, 1)
    db.session.add_all(
        Candidacy(
            firm_id=a_firm().id, target=Title.HIGH_TECH, campaign_id=campaign.id, stage=Stage.PREPARING, stage_since=on,
            active_on=on, opened_on=on, owner_id=owner.id,
        )
        for _ in range(number)
    )  # fmt: skip
    db.session.commit()
    return campaign


def a_pending(user: User, words: str = "一件事", **values) -> Reminder:
    """Of a follow-up that is owed today."""
    follow_up = FollowUp(firm_id=a_firm().id, what=words, owner_id=user.id, due_on=TODAY, by_name="某人")
    db.session.add(follow_up)
    db.session.flush()
    usual = {"kind": ReminderKind.FOLLOW_UP_DUE, "planned_on": TODAY, "matter_on": TODAY, "path": "/"}
    key = f"follow_up_due:follow-up-{follow_up.id}:{TODAY}:0:{user.id}"
    reminder = Reminder(key=key, user_id=user.id, words=words, **usual | values)
    db.session.add(reminder)
    db.session.commit()
    return reminder


def rows() -> list[Reminder]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Reminder).order_by(Reminder.id)))


def test_a_deadline_is_told_to_who_has_something_to_hand_in(office: PostOffice, owner, chief):
    a_deadline(owner, date(2026, 6, 30))

    assert plan_reminders(TODAY) == "已计划 1 条提醒，共 1 人。"
    assert deliver_reminders(clock.now()) == "已发 1 封，未发出 0 封。"

    (mail,) = office.accepted
    body = mail.get_body(("plain",)).get_content()
    assert mail["To"] == "shen@example.cn"
    assert "2026 年高新技术企业第一批 企业申报 2026-06-30 17:00 截止，还有 2 家没有提交" in body
    assert "http" in body
    assert "截止" in str(mail["Subject"])
    assert mail.get_body(("html",)).get_content().count("<tr>") == 1


def test_planned_twice_and_sent_twice_is_one_mail(office: PostOffice, owner, chief):
    a_deadline(owner, date(2026, 6, 30))
    for _ in range(3):
        plan_reminders(TODAY)
        deliver_reminders(clock.now())

    assert len(office.accepted) == len(rows()) == 1


def test_an_extended_deadline_is_told_by_its_new_day(office: PostOffice, owner, chief):
    campaign = a_deadline(owner, date(2026, 6, 30))
    campaign.windows.append(CampaignWindow(firm_closes_on=date(2026, 8, 31), by_name="章科长", reason="延期"))
    db.session.commit()

    plan_reminders(TODAY)

    assert rows() == []


def test_everything_of_a_person_is_one_mail(office: PostOffice, owner, chief):
    a_deadline(owner, date(2026, 6, 30))
    firm = a_firm("嘉善到期科技有限公司", owner_id=owner.id)
    a_recognition(firm, Title.HIGH_TECH, date(2023, 9, 13), valid_until=date(2026, 9, 13))
    db.session.add(FollowUp(firm_id=firm.id, what="回访", owner_id=owner.id, due_on=TODAY, by_name="某人"))
    db.session.commit()

    plan_reminders(TODAY)
    deliver_reminders(clock.now())

    to_owner = [mail for mail in office.accepted if mail["To"] == owner.email]
    assert len(to_owner) == 1
    assert {row.kind for row in rows() if row.user_id == owner.id} == {
        ReminderKind.APPLICATION_DEADLINE, ReminderKind.CERTIFICATE_EXPIRING, ReminderKind.FOLLOW_UP_DUE,
        ReminderKind.WEEKLY_DIGEST,  # it is a Monday
    }  # fmt: skip


def test_a_certificate_that_was_renewed_is_told_to_nobody(office: PostOffice, owner, chief):
    firm = a_firm(owner_id=owner.id)
    a_recognition(firm, Title.HIGH_TECH, date(2023, 9, 13), valid_until=date(2026, 9, 13))
    a_recognition(firm, Title.HIGH_TECH, date(2026, 5, 13), valid_until=date(2029, 5, 13))
    db.session.commit()

    plan_reminders(TODAY)

    assert rows() == []


def test_one_bad_address_stops_nobody(office: PostOffice):
    people = [a_user(email=f"u{number}@example.cn") for number in range(10)]
    office.refuses = {"u3@example.cn"}
    for user in people:
        a_pending(user)

    deliver_reminders(clock.now())

    assert len(office.accepted) == 9
    (failed,) = [row for row in rows() if row.status is ReminderStatus.FAILED]
    assert (failed.user_id, failed.error) == (people[3].id, "5.1.1 no such mailbox")


def test_told_to_come_again_it_comes_again_later_and_later(office: PostOffice, owner, travel):
    office.greylists = 2
    a_pending(owner)
    waits = []
    for _ in range(2):
        deliver_reminders(clock.now())
        (row,) = rows()
        assert row.status is ReminderStatus.PENDING
        waits.append(row.next_try_at - clock.now())
        travel.move_to(row.next_try_at)
    deliver_reminders(clock.now())

    assert waits == [timedelta(minutes=1), timedelta(minutes=2)]
    assert (rows()[0].status, rows()[0].attempts, len(office.accepted)) == (ReminderStatus.SENT, 3, 1)


def test_a_dropped_connection_loses_nothing(office: PostOffice, travel):
    for number in range(5):
        a_pending(a_user(email=f"u{number}@example.cn"))
    office.hangs_up_after = 2

    deliver_reminders(clock.now())
    travel.shift(timedelta(minutes=2))
    deliver_reminders(clock.now())

    assert Counter(office.addresses) == Counter(f"u{number}@example.cn" for number in range(5))


def test_a_server_that_is_not_there_is_told_and_nothing_is_lost(app, travel, owner):
    app.config.update(MAIL_BACKEND="smtp", MAIL_SERVER="127.0.0.1", MAIL_PORT=1)
    mail.init_app(app)
    a_pending(owner)

    assert "邮件服务器连不上" in deliver_reminders(clock.now())
    assert rows()[0].status is ReminderStatus.PENDING
    with pytest.raises(Refusal, match="邮件服务器连不上"):
        send_test_mail("x@example.cn")


def test_a_wrong_password_is_tried_a_few_times_an_hour_and_told(office: PostOffice, app, owner, travel, monkeypatch):
    office.password = "right"
    monkeypatch.setitem(app.config, "MAIL_USERNAME", "yanzhen")
    monkeypatch.setitem(app.config, "MAIL_PASSWORD", "wrong")
    mail.init_app(app)
    a_pending(owner)
    for _ in range(60):
        deliver_reminders(clock.now())
        travel.shift(timedelta(minutes=1))

    assert office.sign_ins <= 6  # smtplib tries a password by two mechanisms
    assert "不接受登录或加密设置" in (rows()[0].error or "")

    monkeypatch.setitem(app.config, "MAIL_PASSWORD", "right")
    mail.init_app(app)
    travel.shift(timedelta(minutes=20))
    deliver_reminders(clock.now())

    assert (rows()[0].status, rows()[0].attempts, len(office.accepted)) == (ReminderStatus.SENT, 1, 1)


def test_a_server_without_the_encryption_that_is_set_is_asked_a_few_times_an_hour(
    office: PostOffice, app, owner, travel, monkeypatch
):
    monkeypatch.setitem(app.config, "MAIL_USE_SSL", True)
    mail.init_app(app)
    a_pending(owner)
    told = []
    for _ in range(60):
        told.append(deliver_reminders(clock.now()))
        travel.shift(timedelta(minutes=1))

    assert sum("不接受登录或加密设置" in each for each in told) == 3
    assert rows()[0].status is ReminderStatus.PENDING


def test_a_template_with_a_field_nobody_gave_sends_no_mail_with_a_hole(office: PostOffice, app, owner, monkeypatch):
    broken = DictLoader({"emails/digest.txt": "{{ user.name }}，{{ deadline }}"})
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([broken, app.jinja_env.loader]))
    _templates.cache_clear()
    a_pending(owner)

    deliver_reminders(clock.now())
    _templates.cache_clear()

    assert office.accepted == []
    assert rows()[0].status is ReminderStatus.FAILED
    assert "邮件模板写错了" in rows()[0].error
    assert "deadline" in rows()[0].error


def test_a_server_that_stalls_is_left_and_nothing_is_lost(office: PostOffice, app, owner, travel):
    app.config.update(MAIL_TIMEOUT=1)
    mail.init_app(app)
    office.stalls = 3
    a_pending(owner)

    assert "未发出 1 封" in deliver_reminders(clock.now())
    waiting = rows()[0]
    assert (waiting.status, waiting.attempts) == (ReminderStatus.PENDING, 1)
    assert "timed out" in (waiting.error or "")

    office.stalls = 0
    travel.shift(timedelta(minutes=2))
    deliver_reminders(clock.now())
    assert rows()[0].status is ReminderStatus.SENT


def test_of_two_clocks_one_works_and_the_other_takes_over_when_it_is_silent(app, travel):
    assert keep_watch("one", clock.now())
    assert not keep_watch("two", clock.now())

    travel.shift(timedelta(seconds=80))
    assert not keep_watch("two", clock.now())
    assert keep_watch("one", clock.now())

    travel.shift(timedelta(seconds=100))
    assert keep_watch("two", clock.now())
    assert not keep_watch("one", clock.now())


def test_a_claim_whose_lease_ran_out_is_sent_again_under_the_same_id_and_marked(office: PostOffice, owner, travel):
    a_pending(owner)
    deliver_reminders(clock.now())
    (row,) = rows()
    first = office.accepted[0]["Message-ID"]
    # The process died between the server's 250 and our commit.
    row.status, row.sent_at, row.next_try_at = ReminderStatus.SENDING, None, clock.now() + timedelta(minutes=5)
    db.session.commit()
    a_pending(owner, "另一件事")

    travel.shift(timedelta(minutes=6))
    deliver_reminders(clock.now())
    deliver_reminders(clock.now())

    assert [mail["Message-ID"] for mail in office.accepted][:2] == [first, first]
    assert len(office.accepted) == 3  # and the other matter by itself
    assert rows()[0].is_doubtful


def test_what_was_accepted_without_an_answer_is_sent_again_as_it_was_and_marked(office: PostOffice, owner, travel):
    office.leaves_unanswered = 1
    first = a_pending(owner)
    assert deliver_reminders(clock.now()) == "已发 0 封，未发出 1 封。"
    a_pending(owner, "另一件事")

    travel.shift(timedelta(minutes=2))
    deliver_reminders(clock.now())

    ids = [mail["Message-ID"] for mail in office.accepted]
    assert (len(ids), ids[0]) == (3, ids[1])  # and the other matter by itself
    assert {row.id: (row.status, row.is_doubtful) for row in rows()} == {
        first.id: (ReminderStatus.SENT, True), first.id + 1: (ReminderStatus.SENT, False),
    }  # fmt: skip


def test_a_refusal_is_an_answer_and_leaves_no_doubt(office: PostOffice, owner):
    office.greylists = 1
    a_pending(owner)

    deliver_reminders(clock.now())

    assert (rows()[0].status, rows()[0].is_doubtful) == (ReminderStatus.PENDING, False)


@pytest.mark.parametrize(
    ("email", "active", "why"), [(None, True, "没有登记邮箱"), ("x@example.cn", False, "账号已停用")]
)
def test_who_cannot_be_reached_is_told_on_the_page(office: PostOffice, email, active, why):
    a_pending(a_user(email=email, active=active))

    deliver_reminders(clock.now())

    assert (rows()[0].status, rows()[0].error) == (ReminderStatus.FAILED, why)


def test_a_storm_waits_for_somebody_to_look(app, office: PostOffice, travel):
    app.config["REMINDER_STORM"] = 2
    for number in range(3):
        user = a_user(Role.OFFICER, email=f"u{number}@example.cn")
        firm = a_firm()
        db.session.add(FollowUp(firm_id=firm.id, what="回访", owner_id=user.id, due_on=TODAY, by_name="某人"))
    db.session.commit()

    assert "须在发送记录里确认后才发" in plan_reminders(TODAY)
    deliver_reminders(clock.now())
    assert office.accepted == []

    assert release_held(COMMAND) == 6  # and a digest each: it is a Monday
    deliver_reminders(clock.now())
    assert len(office.accepted) == 3
    with pytest.raises(Refusal, match="没有等待确认的提醒"):
        cancel_held(COMMAND)


def test_a_failed_one_is_sent_again_by_hand(office: PostOffice, owner):
    reminder = a_pending(owner, status=ReminderStatus.FAILED, attempts=8, error="x")

    resend(reminder.id, COMMAND)
    deliver_reminders(clock.now())

    assert rows()[0].status is ReminderStatus.SENT
    with pytest.raises(Refusal, match="可以重发"):
        resend(reminder.id, COMMAND)


def test_between_two_mails_the_clock_may_be_told_to_stop(office: PostOffice):
    for number in range(3):
        a_pending(a_user(email=f"u{number}@example.cn"))

    deliver_reminders(clock.now(), lambda: len(office.accepted) == 1)

    assert Counter(row.status for row in rows()) == {ReminderStatus.SENT: 1, ReminderStatus.PENDING: 2}


def test_a_clock_that_wakes_to_nothing_due_costs_one_look_into_an_index(app, queries, travel, owner):
    a_pending(owner, status=ReminderStatus.SENT)
    a_pending(owner, next_try_at=clock.now() + timedelta(minutes=1))

    with queries() as statements:
        assert deliver_reminders(clock.now()) == "没有到时间的提醒。"

    (look,) = statements
    if db.engine.dialect.name == "sqlite":
        plan = db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {look.replace('?', '0')}")).all()
        assert "SEARCH reminders USING INDEX ix_reminders_status_next_try_at (status=? AND next_try_at<?)" in str(plan)


def test_its_ring_adds_nothing_but_the_sign_that_it_lives(app, queries, travel):
    keep_watch(_HOLDER, clock.now())

    with queries() as statements:
        _run_in(app, "deliver_reminders")

    assert [re.findall(r"^\w+|reminders\b|heartbeats\b", each)[:2] for each in statements] == [
        ["UPDATE", "heartbeats"],
        ["SELECT", "reminders"],
    ]


def test_what_a_mail_costs_is_one_statement_more(office: PostOffice, queries):
    costs = []
    for number in (1, 5):
        people = [a_user(email=f"u{number}-{each}@example.cn") for each in range(number)]
        for user in people * 2:
            a_pending(user)
        with queries() as statements:
            deliver_reminders(clock.now())
        costs.append(len(statements))

    assert len(office.accepted) == 6
    assert costs[1] - costs[0] == 4


def test_a_slow_server_makes_the_rest_be_looked_at_anew(office: PostOffice, travel):
    people = [a_user(email=f"u{number}@example.cn") for number in range(4)]
    for user in people:
        a_pending(user)

    def half_a_minute_and_more() -> bool:
        travel.shift(timedelta(seconds=31))
        if len(office.accepted) == 2:
            people[3].active = False
            db.session.commit()
        return False

    assert deliver_reminders(clock.now(), half_a_minute_and_more) == "已发 3 封，未发出 1 封。"
    assert sorted(office.addresses) == [f"u{number}@example.cn" for number in range(3)]
    assert [row.attempts for row in rows()] == [1, 1, 1, 1]
    assert rows()[3].error == "账号已停用"


def test_what_was_claimed_and_not_tried_is_as_it_was(office: PostOffice):
    for number in range(3):
        a_pending(a_user(email=f"u{number}@example.cn"))
    office.hangs_up_after = 1

    deliver_reminders(clock.now())

    tried, waiting = rows()[:2], rows()[2]
    assert [row.attempts for row in tried] == [1, 1]
    assert (waiting.status, waiting.attempts, waiting.is_doubtful) == (ReminderStatus.PENDING, 0, False)
    assert waiting.next_try_at <= clock.now()


def test_who_lost_a_claim_writes_nothing_more_about_it(app, travel, owner):
    a_pending(owner)
    (first,) = _claim([[rows()[0].id]], clock.now())
    travel.shift(timedelta(minutes=6))
    (second,) = _claim([[rows()[0].id]], clock.now())

    with swift_connection() as notes:
        _note(first, Outcome("451 come again"), notes)
        _note(first, Outcome(), notes)
        assert (rows()[0].status, rows()[0].is_doubtful) == (ReminderStatus.SENDING, True)
        _note(second, Outcome(), notes)

    assert (rows()[0].status, rows()[0].message_id) == (ReminderStatus.SENT, first.message_id)


def test_of_two_who_claim_one_wins(app, travel, owner):
    a_pending(owner)
    ids = [rows()[0].id]

    assert [len(_claim([ids], clock.now())) for _ in range(2)] == [1, 0]


def test_a_note_is_committed_before_the_next_mail_is_handed_over(office: PostOffice, monkeypatch):
    """Another connection sees it: a kill at this moment leaves no more than one mail in doubt."""
    for number in range(3):
        a_pending(a_user(email=f"u{number}@example.cn"))
    sent = sa.select(sa.func.count()).where(Reminder.status == ReminderStatus.SENT)
    engine, seen, take = db.engine, [], office.handle_DATA

    async def look_and_take(*asked) -> str:
        with engine.connect() as other:
            seen.append((len(office.accepted), other.scalar(sent)))
        return await take(*asked)

    monkeypatch.setattr(office, "handle_DATA", look_and_take)
    deliver_reminders(clock.now())

    assert seen == [(0, 0), (1, 1), (2, 2)]
    assert {row.status for row in rows()} == {ReminderStatus.SENT}


def test_a_swift_connection_waits_for_no_disk_and_leaves_none_behind_that_does_not(app):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL waits for the disk")
    with swift_connection() as notes:
        assert notes.exec_driver_sql("PRAGMA synchronous").scalar() == 1

    with db.engine.connect() as next_one:
        assert next_one.exec_driver_sql("PRAGMA synchronous").scalar() == 2


@pytest.mark.parametrize(("boot", "in_doubt"), [("this one", 1), ("another", 3)])
def test_of_a_claim_that_was_lost_the_mail_in_hand_is_in_doubt_and_all_when_the_machine_went_down(
    office: PostOffice, travel, monkeypatch, boot, in_doubt
):
    for number in range(4):
        a_pending(a_user(email=f"u{number}@example.cn"))
    claimed = _claim([[row.id] for row in rows()], clock.now())
    with swift_connection() as notes:
        _note(claimed[0], Outcome(), notes)
    before = {row.message_id for row in rows()}
    if boot == "another":
        monkeypatch.setattr("crm.actions.reminders._since_boot", lambda: "another!")

    travel.shift(timedelta(minutes=6))
    deliver_reminders(clock.now())

    assert len(office.accepted) == 3
    in_turn = [mail.reminders[0].id for mail in claimed]
    assert {row.id for row in rows() if row.is_doubtful} == set(in_turn[1 : 1 + in_doubt])
    assert {row.message_id for row in rows()} == before


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-06-15 08:00+08:00", False),
        ("2026-06-15 07:59+08:00", True),
        ("2026-06-15 18:00+08:00", True),
        ("2026-06-19 10:00+08:00", True),  # 端午
        ("2026-06-20 10:00+08:00", True),  # a Saturday
        ("2026-05-09 10:00+08:00", False),  # a made-up Saturday
    ],
)
def test_mail_goes_out_on_working_days_in_office_hours(app, moment, quiet):
    assert is_quiet(datetime.fromisoformat(moment)) is quiet


def test_a_test_mail_arrives(office: PostOffice):
    send_test_mail("x@example.cn")

    assert office.addresses == ["x@example.cn"]


def test_without_a_server_mails_are_files_and_nothing_leaves(app, travel, owner):
    app.config.update(MAIL_BACKEND="crm.mail_files")
    mail.init_app(app)
    a_pending(owner)

    deliver_reminders(clock.now())

    (written,) = Path(app.config["MAIL_FILE_PATH"]).glob("*.eml")
    mail_as_kept = message_from_bytes(written.read_bytes(), policy=policy.default)
    assert mail_as_kept["To"] == "shen@example.cn"
    assert "一件事" in mail_as_kept.get_body(("plain",)).get_content()
    assert written.stat().st_mode & 0o077 == 0
    assert rows()[0].status is ReminderStatus.SENT


PROGRAM = """
import sys
from crm import clock, create_app
from crm.actions.reminders import deliver_reminders
with create_app().app_context():
    print(deliver_reminders(clock.now()), flush=True)
"""
SETUP = """
import sys
from crm import clock, create_app
from crm.actions.password_hashes import hashed
from crm.extensions import db
from crm.models import Firm, FollowUp, Reminder, User
from pipelines.vocabulary import ReminderKind, Role
with create_app().app_context():
    firm, day = Firm(uscc="91330421MAXN000010", name="试验企业", normalised_name="试验企业"), clock.today()
    db.session.add(firm)
    db.session.flush()
    word = hashed("Secret-2026-drill")
    for number in range(int(sys.argv[1])):
        name = f"u{number}"
        user = User(account=name, name=name, email=f"{name}@example.cn", role=Role.OFFICER, password_hash=word)
        db.session.add(user)
        db.session.flush()
        owed = FollowUp(firm_id=firm.id, what="一件事", owner_id=user.id, due_on=day, by_name="某人")
        db.session.add(owed)
        db.session.flush()
        key = f"follow_up_due:follow-up-{owed.id}:{day}:0:{user.id}"
        db.session.add(Reminder(key=key, kind=ReminderKind.FOLLOW_UP_DUE, user_id=user.id, planned_on=day,
                                matter_on=day, words="一件事", path="/"))
    db.session.commit()
"""


@pytest.mark.parametrize("clocks", [1, 2])
def test_killed_again_and_again_no_mail_is_lost_and_none_is_doubled_without_being_marked(tmp_path, clocks):
    """The long drill is tests/drills/kill_mail.py; this is its first minute."""
    number, kills = 60, 4
    with post_office() as (office, port):
        environment = os.environ | {
            "CRM_INSTANCE": str(tmp_path), "CRM_MAIL_BACKEND": "smtp", "CRM_MAIL_SERVER": "127.0.0.1",
            "CRM_MAIL_PORT": str(port), "CRM_MODE": "demo", "CRM_DATABASE_URL": "sqlite:///crm.db",
        }  # fmt: skip

        def run(*arguments: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE)

        assert run("-m", "flask", "--app", "wsgi", "upgrade").wait() == 0
        assert run("-c", SETUP, str(number)).wait() == 0
        chance = random.Random(7)  # noqa: S311 - moments to kill at
        for _ in range(kills):
            processes = [run("-c", PROGRAM) for _ in range(clocks)]
            before = len(office.accepted)
            while len(office.accepted) == before and any(each.poll() is None for each in processes):
                time.sleep(0.01)
            time.sleep(chance.random() * 0.1)
            for each in processes:
                each.send_signal(signal.SIGKILL)
                each.wait()
            _expire_leases(tmp_path)
        assert run("-c", PROGRAM).wait() == 0

        ids = Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in office.accepted)
        assert {address for address, _ in ids} == {f"u{each}@example.cn" for each in range(number)}
        assert len(ids) == number  # a mail accepted twice bears the same Message-ID
        doubled = sum(times - 1 for times in ids.values())
        assert doubled <= kills * clocks


def _expire_leases(instance: Path) -> None:
    with sqlite3.connect(instance / "crm.db") as county:
        county.execute("UPDATE reminders SET next_try_at = '2020-01-01 00:00:00' WHERE status = 'sending'")
