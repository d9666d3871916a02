"""Where somebody is signed in, and ending it from elsewhere."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from crm import clock
from crm.actions.sessions import open_session
from crm.extensions import db
from crm.models import Event, Session
from crm.queries.sessions import spoken_device
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_user

EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"


def rows_of(page):
    rows = BeautifulSoup(page.text, "html.parser").select("main tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in rows]


def endings_of(page):
    return [form["action"] for form in BeautifulSoup(page.text, "html.parser").select("main tbody form")]


def test_own_page_lists_what_is_open_and_ends_one_of_them(sign_in):
    wang = a_user(account="wang", name="王芳")
    office, home = sign_in(wang), sign_in(wang)
    open_session(wang, "10.0.0.9", EDGE)
    for letter, values in (("c", {"seen_at": clock.now() - timedelta(hours=1)}), ("d", {"ended_at": clock.now()})):
        db.session.add(Session(token_hash=letter * 64, user_id=wang.id, address="10.0.0.1", **values))

    page = office.get("/account/sessions")
    told = rows_of(page)
    for ending in endings_of(page):
        assert office.post(ending).location == "/account/sessions"

    assert len(told) == 3
    assert sorted(row[4] for row in told) == ["本次登录", "结束", "结束"]
    assert ["10.0.0.9", "Edge，Windows"] in [row[:2] for row in told]
    assert (office.get("/password").status_code, home.get("/password").status_code) == (200, 303)
    events = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.SESSION_ENDED)).all()
    assert {event.particulars["subject"] for event in events} == {
        "王芳（wang），10.0.0.9 Edge，Windows", "王芳（wang），127.0.0.1 pytest",
    }  # fmt: skip


def test_administrator_ends_the_session_of_somebody_else(sign_in):
    wang = a_user(name="王芳")
    client, chief = sign_in(wang), sign_in(a_user(Role.ADMINISTRATOR))

    page = chief.get(f"/users/{wang.id}/edit")
    answer = chief.post(endings_of(page)[0])

    assert answer.location == f"/users/{wang.id}/edit"
    assert client.get("/password").status_code == 303
    assert endings_of(chief.get(f"/users/{wang.id}/edit")) == []


@pytest.mark.parametrize("key", ["x", "0" * 16, "%F0%9F%98%80", "a" * 4000, ".."])
def test_key_of_nothing_ends_nothing(sign_in, key):
    wang = a_user()
    client, other = sign_in(wang), sign_in(a_user())

    answer = client.post(f"/account/sessions/{key}/ending")

    assert answer.status_code in (303, 404)
    assert [each.get("/password").status_code for each in (client, other)] == [200, 200]


def test_session_of_a_colleague_is_not_ended_by_its_key(sign_in):
    wang, zhou = a_user(), a_user()
    client, other = sign_in(wang), sign_in(zhou)
    key = db.session.scalar(sa.select(Session.token_hash).where(Session.user_id == zhou.id))[:16]

    client.post(f"/account/sessions/{key}/ending")
    refused = client.post(f"/users/{zhou.id}/sessions/{key}/ending")

    assert (refused.status_code, other.get("/password").status_code) == (403, 200)


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        (EDGE, "Edge，Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; UOS) Chrome/93.0 Safari/537.36", "Chrome，信创系统"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari，iOS"),
        ("curl/8.5.0 <b>", "curl/8.5.0 <b>"),
        ("", ""),
    ],
)
def test_browser_is_told_in_two_words(user_agent, told):
    assert spoken_device(user_agent) == told
