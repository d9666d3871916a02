"""Whom a yearly call concerns: chosen in words, counted, opened as a list, and asked anew when somebody is told."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from crm.actions.events import COMMAND
from crm.actions.reminder_stops import stop_reminders
from crm.actions.reminders import plan_reminders
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Campaign, Event, Reminder, User
from crm.queries.call_audiences import audiences
from pipelines.vocabulary import EventKind, Role, Stage, Title
from tests.builders import a_candidacy, a_firm, a_township, a_user

CALL = "/reminders/calendar/calls/little_giant/audience?year=2026"  # ends on 15 September, told 30 and 14 days before
DAY = date(2026, 8, 14)  # 30 days before is a Sunday: the Friday


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-08-14 07:30+08:00", tick=False):
        yield


@pytest.fixture
def officer(signed_in):
    return signed_in(Role.OFFICER)


def told() -> dict[str, str]:
    """Name → words of what the morning plans about the call."""
    db.session.commit()
    plan_reminders(DAY)
    rows = sa.select(User.name, Reminder.words).join(User, User.id == Reminder.user_id)
    return dict(db.session.execute(rows.where(Reminder.words.contains("科技小巨人和科技领军"))).all())


def test_as_in_usual_years_the_chief_is_told(app):
    a_user(Role.SECTION_CHIEF, name="章科长")

    assert [*told()] == ["章科长"]


def test_candidacies_of_a_stage_are_asked_anew_when_somebody_is_told(officer):
    shen, lu = a_user(Role.OFFICER, name="沈科员"), a_user(Role.OFFICER, name="陆科员")
    campaign = Campaign(programme=Title.LITTLE_GIANT, year=2026, round="第一批")
    db.session.add(campaign)
    db.session.flush()
    moving = a_candidacy(a_firm(), Stage.COACHING, owner_id=lu.id, campaign_id=campaign.id)
    stopped = a_firm()
    for firm in (a_firm(), stopped):
        a_candidacy(firm, Stage.PREPARING, owner_id=shen.id, campaign_id=campaign.id)
    a_candidacy(a_firm(), Stage.PREPARING, owner_id=lu.id)  # of no campaign
    db.session.commit()

    officer.post(CALL, data={"which": "candidacies", "stage": "preparing", "campaign": str(campaign.id)})
    page = officer.get(CALL).text
    assert "阶段：材料准备" in page
    assert f"/candidacies?campaign={campaign.id}&amp;stage=preparing&amp;face=list" in page
    assert ">2</a> 个" in page

    moving.stage = Stage.PREPARING  # after the audience was chosen
    db.session.commit()
    stop_reminders(stopped.id, "企业要求", None, COMMAND)

    found = told()
    assert {name: words.rpartition("，")[2] for name, words in found.items()} == {
        "沈科员": "名下 1 家企业", "陆科员": "名下 1 家企业",
    }  # fmt: skip


def test_firms_of_a_township_are_told_to_their_officers_and_the_number_opens_the_list(officer):
    shen, place = a_user(Role.OFFICER, name="沈科员"), a_township("试验镇")
    firms = [a_firm(owner_id=shen.id, township_id=place.id), a_firm(owner_id=shen.id)]
    refresh_standings([firm.id for firm in firms], DAY)
    db.session.commit()

    officer.post(CALL, data={"which": "firms", "township": str(place.id), "reason": "只通知一个镇"})

    page = officer.get(CALL).text
    assert "镇街：试验镇" in page
    assert ">1</a> 家" in page
    assert "只通知一个镇" in page
    assert "镇街：试验镇" in officer.get("/reminders/calendar/calls?year=2026").text
    assert "名下 1 家企业" in told()["沈科员"]
    assert db.session.scalars(sa.select(Event.kind)).all().count(EventKind.CALL_AUDIENCE_CHOSEN) == 1


def test_another_year_is_told_as_usual_and_one_can_go_back(officer):
    officer.post(CALL, data={"which": "firms", "tier": "high_tech"})
    assert [*audiences()] == ["call:little_giant:2026"]

    officer.post(CALL, data={"which": ""})
    assert audiences() == {}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"which": "firms", "stage": "preparing"}, "“阶段”不是"),
        ({"which": "candidacies", "colour": "green"}, "“三色”不是"),
        ({"which": "", "township": ""}, "没有变化"),
        ({"which": "", "tier": "high_tech"}, "请先选企业或培育对象"),
        ({"which": "everybody"}, "请选择"),
        ({"which": "firms", "township": "99999"}, "请选择"),
        ({"which": "firms", "reason": "x" * 10_000}, "200"),
    ],
)
def test_what_makes_no_sense_is_told_and_chooses_nothing(officer, typed, words):
    page = officer.post(CALL, data=typed, follow_redirects=True)

    assert words in page.text
    assert audiences() == {}


def test_who_may_not_and_what_there_is_not(officer, sign_in):
    assert officer.get("/reminders/calendar/calls/nothing/audience").status_code == 404
    assert sign_in(a_user(Role.TOWNSHIP_OFFICER)).get(CALL).status_code == 403
