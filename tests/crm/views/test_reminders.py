"""期限提醒: what went out to whom, what waits, what comes, and sending again."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions.reminders import keep_watch
from crm.extensions import db
from crm.models import FollowUp, Reminder
from crm.queries.reminders import planned_ahead
from pipelines.vocabulary import ReminderKind, ReminderStatus, Role
from tests.builders import a_firm, a_user

TODAY = date(2026, 6, 15)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-15 09:00+08:00", tick=False):
        yield


@pytest.fixture
def officer(signed_in):
    return signed_in(Role.OFFICER)


def a_reminder(words: str, status: ReminderStatus = ReminderStatus.SENT, **values) -> Reminder:
    user = a_user(Role.OFFICER)
    usual = {"kind": ReminderKind.FOLLOW_UP_DUE, "planned_on": TODAY, "matter_on": TODAY, "path": "/"}
    reminder = Reminder(key=words, user_id=user.id, words=words, status=status, **usual | values)
    db.session.add(reminder)
    db.session.commit()
    return reminder


def test_the_page_tells_what_became_of_each(officer):
    a_reminder("发出的", sent_at=clock.now(), address="x@example.cn", attempts=1)
    a_reminder("没发出的", ReminderStatus.FAILED, error="550 没有这个信箱", attempts=1)

    page = officer.get("/reminders").text

    assert all(words in page for words in ("发出的", "x@example.cn", "没发出的", "550 没有这个信箱", "重发"))
    assert "没发出的" not in officer.get("/reminders?status=sent").text


def test_a_silent_clock_is_told_and_a_living_one_is_not(officer):
    assert "定时进程超过十分钟没有动静" in officer.get("/reminders").text

    keep_watch("clock", clock.now() - timedelta(minutes=9))
    assert "定时进程超过十分钟没有动静" not in officer.get("/reminders").text

    keep_watch("clock", clock.now() - timedelta(minutes=11))
    assert "定时进程超过十分钟没有动静" in officer.get("/reminders").text


def test_what_comes_is_told_by_its_working_day(officer):
    owner = a_user(Role.OFFICER, name="沈科员")
    firm = a_firm("嘉善将来有限公司")
    db.session.add(FollowUp(firm_id=firm.id, what="回访", owner_id=owner.id, due_on=date(2026, 6, 20), by_name="某人"))
    db.session.commit()

    page = officer.get("/reminders/ahead").text

    assert "嘉善将来有限公司" in page
    assert "2026-06-18" in page  # the 20th is a Saturday, the 19th the Dragon Boat Festival
    assert "告诉 沈科员" in page


def test_a_year_without_holidays_is_told(app):
    assert planned_ahead(date(2026, 12, 20)).guessed == [2027]
    assert planned_ahead(TODAY).guessed == []


def test_a_failed_one_goes_back_and_a_sent_one_does_not(officer):
    failed, sent = a_reminder("a", ReminderStatus.FAILED), a_reminder("b")

    officer.post(f"/reminders/{failed.id}/resending", data={})
    refused = officer.post(f"/reminders/{sent.id}/resending", data={})

    db.session.expire_all()
    assert failed.status is ReminderStatus.PENDING
    assert "可以重发" in refused.text


@pytest.mark.parametrize(
    ("deed", "status"), [("release", ReminderStatus.PENDING), ("cancel", ReminderStatus.CANCELLED)]
)
def test_a_held_storm_is_released_or_cancelled(officer, deed, status):
    held = a_reminder("a", ReminderStatus.HELD)
    assert "等您确认后才发" in officer.get("/reminders").text

    officer.post("/reminders/held", data={"deed": deed})

    db.session.expire_all()
    assert held.status is status


def test_a_test_mail_needs_an_address(officer):
    assert "没有登记邮箱" in officer.post("/reminders/test", data={}).text


@pytest.mark.parametrize("rubbish", ["status=x", "kind=x", "user=me", "page=0"])
def test_rubbish_in_the_address_is_told(officer, rubbish):
    page = officer.get(f"/reminders?{rubbish}")

    assert (page.status_code, "没有用上看不懂的条件" in page.text) == (200, True)


def test_the_next_mail_can_be_read_before_it_goes_and_nothing_is_planned(officer, sign_in):
    chief = a_user(Role.SECTION_CHIEF, name="章科长", email="zhang@example.cn")
    page = sign_in(chief).get("/reminders/preview").text

    assert "章科长，您好" in page
    assert "市企业技术中心申报" in page
    assert db.session.scalar(sa.select(sa.func.count(Reminder.id))) == 0
