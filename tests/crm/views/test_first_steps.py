"""An office that begins with nothing is led through its first steps."""

import pytest
from bs4 import BeautifulSoup

from crm.actions.events import COMMAND, record_event
from crm.extensions import db
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_firm, a_township, a_user


@pytest.fixture(autouse=True)
def _without_backups(app, monkeypatch, tmp_path):
    """The folder of the run may hold those of other tests."""
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", tmp_path)


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.ADMINISTRATOR)


def steps_of(page):
    rows = BeautifulSoup(page.text, "html.parser").select(".first-steps li")
    return {row.find("strong").get_text(strip=True): row.find("span", class_="muted").get_text() for row in rows}


def test_steps_are_ticked_by_what_is_there(chief, app, monkeypatch):
    begun = steps_of(chief.get("/system/first-steps"))
    a_township(), a_user(Role.OFFICER), a_firm()
    record_event(EventKind.EXPORTED, COMMAND)
    monkeypatch.setitem(app.config, "MAIL_BACKEND", "smtp")
    monkeypatch.setitem(app.config, "BASE_URL", "http://10.0.0.5:8000")

    on_its_page, at_home = steps_of(chief.get("/system/first-steps")), steps_of(chief.get("/"))

    assert set(begun.values()) == {"待办"}
    assert on_its_page == dict.fromkeys(begun, "已完成") | {"做一次备份": "待办"}
    assert at_home == {"做一次备份": "待办"}


def test_steps_put_away_stay_away_for_who_did_it(chief, signed_in):
    shown = steps_of(chief.get("/"))
    answer = chief.post("/system/first-steps/hiding")

    assert (len(shown), answer.location, steps_of(chief.get("/"))) == (7, "/", {})
    assert len(steps_of(signed_in(Role.ADMINISTRATOR).get("/"))) == 7
    assert len(steps_of(chief.get("/system/first-steps"))) == 7


def test_steps_are_nobody_elses(signed_in):
    db.session.commit()

    assert steps_of(signed_in(Role.SECTION_CHIEF).get("/")) == {}
