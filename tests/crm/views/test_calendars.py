"""期限日历: yearly calls with the office's own days, the month, calendar files, what need not be told."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from icalendar import Calendar

from crm.actions.reminders import plan_reminders
from crm.actions.standings import refresh_standings
from crm.calendar_files import feed_token
from crm.extensions import db
from crm.models import CallDate, FollowUp, Reminder
from crm.queries.calls import dated_calls
from pipelines.vocabulary import ReminderKind, Role, Title
from tests.builders import a_firm, a_recognition, a_user, some_figures


@pytest.fixture(autouse=True)
def traveller():
    with time_machine.travel("2026-04-15 10:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def officer(app):
    return a_user(Role.OFFICER, name="沈科员", email="shen@example.cn")


@pytest.fixture
def desk(sign_in, officer):
    return sign_in(officer)


@pytest.fixture
def firm(officer):
    firm = a_firm("嘉善高企科技有限公司", owner_id=officer.id)
    a_recognition(firm, Title.HIGH_TECH, date(2024, 12, 6), valid_until=date(2027, 4, 6))
    return firm


def typed(desk, call_id: str = "national_tech_sme", **data: str):
    return desk.post(f"/reminders/calendar/calls/{call_id}?year=2026", data={"closes_on": "2026-09-15"} | data)


def planned(kind: ReminderKind, on: date) -> list[Reminder]:
    db.session.commit()
    plan_reminders(on)
    return list(db.session.scalars(sa.select(Reminder).filter_by(kind=kind).order_by(Reminder.id)))


def test_what_nobody_typed_is_marked_and_what_a_document_fixes_is_not(desk):
    rows = BeautifulSoup(desk.get("/reminders/calendar/calls?year=2026").data, "html.parser").select("tbody tr")
    marked = {row.th.get_text(strip=True): "待局里确认" in row.get_text() for row in rows}

    assert marked["国家科技型中小企业评价填报"] is True
    assert marked["高新技术企业发展情况年报"] is False
    assert "最后工作日 2026-05-29" in desk.get("/reminders/calendar/calls?year=2026").text  # 31 May is a Sunday


def test_the_office_types_this_years_day_and_an_extension_says_why(desk):
    typed(desk, hour="17:00", notice_number="浙科〔2026〕9号")
    refused = typed(desk, closes_on="2026-09-30")
    typed(desk, closes_on="2026-09-30", reason="通知延期")

    assert (refused.status_code, "日期变了，请填写原因" in refused.text) == (422, True)
    (now,) = [each for each in dated_calls(2026) if each.call.id == "national_tech_sme"]
    assert (now.on, now.is_confirmed, len(now.history)) == (date(2026, 9, 30), True, 2)
    page = desk.get("/reminders/calendar/calls/national_tech_sme?year=2026").text
    assert all(words in page for words in ("2026-09-15", "2026-09-30", "通知延期", "现行"))


def test_the_same_day_typed_twice_is_one_row(desk):
    typed(desk)
    typed(desk)

    assert db.session.scalar(sa.select(sa.func.count(CallDate.id))) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [({"closes_on": ""}, "截止日期"), ({"closes_on": "九月"}, "截止日期"), ({"hour": "下午"}, "17:00 这样的时刻"),
     ({"closes_on": "2031-01-01"}, "请核对日期")],
)  # fmt: skip
def test_rubbish_is_told(desk, data, sentence):
    answer = typed(desk, **data)

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert db.session.scalar(sa.select(sa.func.count(CallDate.id))) == 0


def test_a_call_nobody_knows_is_not_found(desk):
    assert typed(desk, "made_up").status_code == 404


def test_the_annual_report_is_told_to_who_has_firms_that_owe_it(firm, officer):
    told = planned(ReminderKind.ANNUAL_REPORT_DUE, date(2026, 4, 16))  # 45 days before 31 May

    assert [(each.user_id, each.words) for each in told] == [
        (officer.id, "高新技术企业发展情况年报 2026-05-31 截止，名下 1 家企业")
    ]


def test_another_day_is_told_anew_and_by_its_own_offsets(desk, firm, officer):
    typed(desk, "torch_annual", closes_on="2026-04-25")

    told = planned(ReminderKind.CALL_DUE, date(2026, 4, 15))  # 10 days before
    assert [each.words for each in told] == ["火炬统计高企年报 2026-04-25 截止，名下 1 家企业"]


def test_missing_figures_are_told_on_the_first_working_day_of_a_month(firm, officer):
    assert [each.words for each in planned(ReminderKind.FIGURES_MISSING, date(2026, 5, 6))] == []  # no derived row yet
    refresh_standings(None, date(2026, 6, 1))
    db.session.commit()
    told = planned(ReminderKind.FIGURES_MISSING, date(2026, 6, 1))
    assert [(each.user_id, each.words) for each in told] == [(officer.id, "1 家高企和培育对象还缺 2025 年的数据")]

    some_figures(firm, 2025)
    refresh_standings(None, date(2026, 7, 1))
    db.session.commit()
    assert len(planned(ReminderKind.FIGURES_MISSING, date(2026, 7, 1))) == 1


def test_a_changed_name_is_to_be_reported_within_three_months(desk, firm, officer):
    refresh_standings(None, date(2026, 4, 15))
    db.session.commit()
    opened = BeautifulSoup(desk.get(f"/firms/{firm.id}/edit").data, "html.parser").select("main form [name]")
    data = {field["name"]: field.get("value", "") for field in opened if field.name == "input"}
    desk.post(f"/firms/{firm.id}/edit", data=data | {"name": "嘉善新名科技有限公司"})

    told = planned(ReminderKind.NAME_CHANGE_DUE, date(2026, 5, 15))  # 60 days before 15 July is Saturday 16 May
    assert [each.words for each in told] == ["嘉善新名科技有限公司已更名，应在 2026-07-15 前报告名称变更（第十七条）"]


def test_a_week_is_summed_up_on_its_first_working_day_unless_it_is_not_wanted(desk, firm, officer):
    db.session.add(
        FollowUp(firm_id=firm.id, what="回访", owner_id=officer.id, due_on=date(2026, 4, 22), by_name="某人")
    )
    db.session.commit()

    (told,) = planned(ReminderKind.WEEKLY_DIGEST, date(2026, 4, 20))
    assert told.words == "上周走访 0 次、办结 0 件；本周到期 1 件，逾期 0 件"

    desk.post("/reminders/calendar/mine", data={"told": ["figures_missing", "visit_overdue"]})
    assert len(planned(ReminderKind.WEEKLY_DIGEST, date(2026, 4, 27))) == 1
    assert len(planned(ReminderKind.FOLLOW_UP_DUE, date(2026, 4, 22))) == 1  # a day is a day


def test_the_month_shows_each_day_with_what_ends_on_it(desk, firm):
    page = desk.get("/reminders/calendar?month=2026-05")

    assert "高新技术企业发展情况年报 2026-05-31" in page.text
    days = BeautifulSoup(page.data, "html.parser").select(".month td")
    assert len(days) == 35
    off = {int(day.select_one(".day-number").get_text()) for day in days if "休" in day.get_text()}
    assert {1, 2, 3, 4, 5} <= off  # the holiday of 2026
    assert any("班" in day.get_text() for day in days)


@pytest.mark.parametrize("rubbish", ["month=2026-13", "month=x", "month=1700-01", "whose=nobody"])
def test_rubbish_in_the_address_shows_this_month(desk, rubbish):
    page = desk.get(f"/reminders/calendar?{rubbish}")

    assert (page.status_code, "2026 年 04 月" in page.text) == (200, True)


def test_one_deadline_and_the_private_feed_are_calendar_files(client, desk, firm, officer):
    link = BeautifulSoup(desk.get("/reminders/calendar?month=2026-05").data, "html.parser").select_one(
        "a[href*='.ics']"
    )
    one = Calendar.from_ical(desk.get(link["href"]).data)
    address = BeautifulSoup(desk.get("/reminders/calendar/mine").data, "html.parser").select_one("input[readonly]")
    feed = client.get(address["value"].replace("http://localhost", ""))
    events = Calendar.from_ical(feed.data).walk("VEVENT")

    assert len(one.walk("VEVENT")) == 1
    assert feed.mimetype == "text/calendar"
    assert any("高新技术企业发展情况年报" in str(event["summary"]) for event in events)
    assert {event["dtstart"].dt for event in events} >= {date(2026, 5, 31), date(2027, 4, 6)}


def test_a_feed_is_closed_to_who_has_no_key_or_an_old_one_or_no_account(app, client, officer):
    good = feed_token(officer.id, officer.calendar_key)
    assert client.get(f"/reminders/calendar/feed/{good}").status_code == 200

    for token in ("x", good[:-2], feed_token(officer.id, "another"), feed_token(999, officer.calendar_key)):
        assert client.get(f"/reminders/calendar/feed/{token}").status_code == 404
    officer.active = False
    db.session.commit()
    assert client.get(f"/reminders/calendar/feed/{good}").status_code == 404
