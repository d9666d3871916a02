"""动态: what changed since one last looked, each person's own, and nothing of other people's areas."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup

from crm import clock
from crm.actions.events import COMMAND, record_event
from crm.extensions import db
from crm.models import NewsSeen
from crm.queries.news import count_between, news_for
from pipelines.vocabulary import EventKind, Role, Stage
from tests.builders import a_firm, a_township, a_user


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-22 10:00+08:00", tick=False):
        yield


def an_event(kind: EventKind, firm=None, days_ago: int = 1, **particulars) -> None:
    with time_machine.travel(clock.now() - timedelta(days=days_ago), tick=False):
        record_event(kind, COMMAND, firm and firm.id, particulars)
        db.session.commit()


def moved(old: Stage, new: Stage) -> dict:
    return {"subject": "高新技术企业", "changes": [{"field": "阶段", "old": old.label, "new": new.label}]}


def shown(visitor) -> str:
    return BeautifulSoup(visitor.get("/news").data, "html.parser").select_one("main").get_text(" ", strip=True)


def test_results_titles_and_deadlines_are_news_and_steps_on_the_way_are_not(signed_in, app):
    firm = a_firm("嘉善某某科技有限公司")
    an_event(EventKind.STAGE_MOVED, firm, **moved(Stage.PUBLICIZED, Stage.RECOGNIZED))
    an_event(EventKind.STAGE_MOVED, firm, **moved(Stage.CULTIVATING, Stage.INTENDED))
    an_event(EventKind.RECOGNITION_SAVED, firm, subject="高新技术企业")
    an_event(EventKind.CALL_DATED, subject="2026 年年报")
    an_event(EventKind.FIRM_UPDATED, firm)

    page = shown(signed_in(Role.DIRECTOR))

    assert f"{Stage.PUBLICIZED.label} → {Stage.RECOGNIZED.label}" in page
    assert f"→ {Stage.INTENDED.label}" not in page
    assert "修改资质 高新技术企业 嘉善某某科技有限公司" in page
    assert "2026 年年报" in page
    assert "修改企业信息" not in page


def test_what_was_seen_is_news_no_more_and_what_came_meanwhile_stays(signed_in, app):
    an_event(EventKind.CALL_DATED, subject="2026 年年报")
    director = signed_in(Role.DIRECTOR)
    page = BeautifulSoup(director.get("/news").data, "html.parser")
    newest = page.select_one("[name=newest]")["value"]
    an_event(EventKind.CALL_DATED, subject="2026 年火炬统计")

    director.post("/news/seen", data={"newest": newest})

    after = shown(director)
    assert "2026 年年报" not in after
    assert "2026 年火炬统计" in after
    assert "2026 年年报" in shown(signed_in(Role.OFFICER))


@pytest.mark.parametrize("newest", ["", "abc", "-1", "99999999999999"])
def test_rubbish_marks_nothing(signed_in, app, newest):
    an_event(EventKind.CALL_DATED, subject="2026 年年报")
    director = signed_in(Role.DIRECTOR)

    page = director.post("/news/seen", data={"newest": newest}, follow_redirects=True)

    assert "没有记下" in page.text
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(NewsSeen))


def test_a_township_officer_hears_of_the_own_firms_and_of_what_is_everybodys(sign_in, app):
    west, east = a_township("西塘镇"), a_township("姚庄镇")
    an_event(EventKind.RECOGNITION_SAVED, a_firm("嘉善西边有限公司", township=west))
    an_event(EventKind.RECOGNITION_SAVED, a_firm("嘉善东边有限公司", township=east))
    an_event(EventKind.CALL_DATED, subject="2026 年年报")

    page = shown(sign_in(a_user(Role.TOWNSHIP_OFFICER, township=west)))

    assert "嘉善西边有限公司" in page
    assert "嘉善东边有限公司" not in page
    assert "2026 年年报" in page


def test_who_never_looked_hears_of_two_weeks(app):
    an_event(EventKind.CALL_DATED, days_ago=13, subject="近")
    an_event(EventKind.CALL_DATED, days_ago=15, subject="远")

    assert [each.entry.subject for each in news_for(a_user(Role.OFFICER), clock.now()).told] == ["近"]


def test_the_week_is_counted_for_the_digest(app):
    for days in (1, 3, 8):
        an_event(EventKind.CALL_DATED, days_ago=days, subject="x")

    now = clock.now()
    assert count_between(now - timedelta(days=7), now) == 2
    assert count_between(datetime(2026, 1, 1, tzinfo=now.tzinfo), now) == 3


def test_nothing_new_is_said(signed_in, app):
    assert "没有新的变化" in shown(signed_in(Role.DIRECTOR))
