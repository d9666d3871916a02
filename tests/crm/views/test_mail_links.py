"""已处理 and 延后三天 straight out of a mail: without signing in, once, and for that one follow-up only."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions.reminders import deliver_reminders, plan_reminders
from crm.extensions import db, mail
from crm.mail_links import link_path
from crm.models import Event, FollowUp, Reminder
from pipelines.vocabulary import EventKind, ReminderKind, Role
from tests.builders import a_firm, a_user
from tests.smtp import post_office

TODAY = date(2026, 6, 16)  # a Tuesday


@pytest.fixture(autouse=True)
def traveller():
    with time_machine.travel("2026-06-16 10:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def owner(app):
    return a_user(Role.OFFICER, name="沈科员", email="shen@example.cn")


@pytest.fixture
def owed(owner):
    firm = a_firm("嘉善跟进科技有限公司", owner_id=owner.id)
    follow_up = FollowUp(firm_id=firm.id, what="补审计报告", owner_id=owner.id, due_on=TODAY, by_name="某人")
    db.session.add(follow_up)
    db.session.commit()
    plan_reminders(TODAY)
    return follow_up


def link() -> str:
    reminder = db.session.scalars(sa.select(Reminder).filter_by(kind=ReminderKind.FOLLOW_UP_DUE)).one()
    return link_path(reminder.id, reminder.kind)


def test_the_mail_carries_the_link_and_a_click_finishes_it(app, client, owed):
    with post_office() as (office, port):
        app.config.update(MAIL_BACKEND="smtp", MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        mail.init_app(app)
        deliver_reminders(clock.now())
    (letter,) = office.accepted
    path = re.search(r"/mail-links/\S+", letter.get_body(("plain",)).get_content())[0]
    assert path in letter.get_body(("html",)).get_content()

    assert "补审计报告" in client.get(path).text
    assert db.session.get(FollowUp, owed.id).done_on is None  # to open it does nothing
    client.carry_csrf_token()
    done = client.post(path, data={"deed": "finish", "outcome": "已交"})

    db.session.expire_all()
    assert "已办结" in done.text
    assert (db.session.get(FollowUp, owed.id).done_on, db.session.get(FollowUp, owed.id).outcome) == (TODAY, "已交")
    event = db.session.scalars(sa.select(Event).filter_by(kind=EventKind.FOLLOW_UP_SAVED)).one()
    assert (event.by_name, event.through) == ("沈科员", "mail")


def test_three_days_later_and_only_once(client, owed):
    path = link()
    client.carry_csrf_token()

    assert "已推迟到 2026-06-19" in client.post(path, data={"deed": "postpone"}).text
    again = client.post(path, data={"deed": "postpone"})

    assert (again.status_code, "这个链接不再有效" in again.text) == (409, True)
    db.session.expire_all()
    assert db.session.get(FollowUp, owed.id).due_on == date(2026, 6, 19)


def test_a_need_asks_for_its_answer(client, owed):
    owed.is_need = True
    db.session.commit()
    client.carry_csrf_token()

    answer = client.post(link(), data={"deed": "finish"})

    assert (answer.status_code, "请填写给企业的反馈" in answer.text) == (422, True)


def test_a_link_that_was_touched_is_old_or_of_somebody_who_left_opens_nothing(client, owed, owner, traveller):
    path = link()
    assert client.get(path).status_code == 200
    for wrong in (f"{path}x", path[:-3], "/mail-links/1"):
        assert client.get(wrong).status_code == 404

    owner.active = False
    db.session.commit()
    assert client.get(path).status_code == 404
    owner.active = True
    db.session.commit()
    traveller.shift(timedelta(days=31))
    assert client.get(path).status_code == 404


def test_what_was_handed_over_since_is_no_longer_his_to_finish(client, owed):
    owed.owner_id = a_user().id
    db.session.commit()

    assert "这个链接不再有效" in client.get(link()).text


def test_other_kinds_carry_no_link():
    assert link_path(1, ReminderKind.APPLICATION_DEADLINE) is None
