"""The one place everybody passes: who is stopped, what is said, and what every answer carries."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm import clock
from crm.extensions import db
from crm.models import Event, Session, User
from crm.permissions import requires
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_user

SignIn = Callable[[User], FlaskClient]
SignedIn = Callable[[Role], FlaskClient]


@pytest.fixture
def officer(signed_in: SignedIn) -> FlaskClient:
    return signed_in(Role.OFFICER)


def test_stranger_is_sent_to_the_door_and_will_come_back_to_the_page(client: FlaskClient) -> None:
    wanted = "/firms?q=%E5%85%B0%26+50%25&page=2"

    answer = client.get(wanted)

    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query)["next"] == [wanted]


def test_stranger_who_asks_for_home_needs_no_way_back(client: FlaskClient) -> None:
    assert client.get("/").location == "/sign-in"


def test_fragment_for_a_stranger_sends_the_whole_page_to_the_door(client: FlaskClient) -> None:
    answer = client.get("/firms", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_home_leads_to_what_the_role_is_for(signed_in: SignedIn) -> None:
    assert signed_in(Role.TOWNSHIP_OFFICER).get("/").status_code == 200
    assert signed_in(Role.DIRECTOR).get("/").location == "/dashboard"
    assert signed_in(Role.AUDITOR).get("/").location == "/events"


def test_view_without_a_mark_is_nobodys(app: Flask, officer: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "firms.index", lambda: "open")

    assert officer.get("/firms").status_code == 404


def test_refused_access_leaves_a_trace_and_says_so_calmly(signed_in: SignedIn) -> None:
    answer = signed_in(Role.AUDITOR).get("/firms")

    event = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.ACCESS_REFUSED)).one()
    assert (answer.status_code, event.particulars) == (403, {"subject": "GET firms.index"})
    assert "您的角色不能做这项操作" in answer.text


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_method_is_not_overridden_by_a_header_or_a_field(officer: FlaskClient, header: str) -> None:
    answer = officer.get("/sign-out?_method=POST", headers={header: "POST"})

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("header", ["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"])
def test_address_is_not_overridden_by_a_header(client: FlaskClient, header: str) -> None:
    assert client.get("/firms", headers={header: "/healthz"}).status_code == 303


def test_session_ends_after_idle_minutes(sign_in: SignIn) -> None:
    with time_machine.travel("2026-11-23 09:00+08:00", tick=False) as journey:
        officer = sign_in(a_user())
        answers = []
        for minutes in (29, 29, 31):
            journey.shift(timedelta(minutes=minutes))
            answers.append(officer.get("/firms").status_code)

    assert answers == [200, 200, 303]


def test_session_ends_after_its_hours_however_busy(sign_in: SignIn) -> None:
    with time_machine.travel("2026-11-23 08:00+08:00", tick=False) as journey:
        officer = sign_in(a_user())
        answers = {}
        for _ in range(39):
            journey.shift(timedelta(minutes=20))
            answers[f"{clock.now():%H:%M}"] = officer.get("/password").status_code

    assert list(answers).index("12:00") == 35  # twelve hours after eight o'clock in the office
    assert list(answers.values()) == [200] * 36 + [303] * 3


def test_session_is_noted_as_seen_once_a_minute(sign_in: SignIn) -> None:
    with time_machine.travel("2026-11-23 09:00:00+08:00", tick=False) as journey:
        officer = sign_in(a_user())
        seen = []
        for seconds in (0, 59, 1, 30):
            journey.shift(timedelta(seconds=seconds))
            officer.get("/password")
            seen.append(f"{db.session.scalars(sa.select(Session.seen_at)).one():%H:%M:%S}")

    assert seen == ["01:00:00", "01:00:00", "01:01:00", "01:01:00"]


def test_page_opens_while_somebody_else_holds_the_write_lock(app: Flask, sign_in: SignIn) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite has one writer")
    with time_machine.travel("2026-11-23 09:00+08:00", tick=False) as journey:
        officer = sign_in(a_user())
        db.session.commit()
        journey.shift(timedelta(minutes=5))
        with db.engine.connect() as writer:
            writer.exec_driver_sql("BEGIN IMMEDIATE")
            answer = officer.get("/password")

    assert answer.status_code == 200


def test_somebody_put_out_is_out_at_the_next_click(sign_in: SignIn) -> None:
    user = a_user()
    officer = sign_in(user)

    user.active = False

    assert officer.get("/firms").status_code == 303


def test_forged_or_unknown_token_is_nobody(client: FlaskClient) -> None:
    client.carry_csrf_token(_user_id="1")

    assert client.get("/firms").status_code == 303


def test_remember_cookie_of_the_library_opens_nothing(client: FlaskClient) -> None:
    client.set_cookie("remember_token", "1|deadbeef")

    assert client.get("/firms").status_code == 303


def test_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]

    assert ("HttpOnly" in cookie, "SameSite=Lax" in cookie, "Expires" in cookie) == (True, True, False)


def test_every_answer_carries_the_headers(officer: FlaskClient, client: FlaskClient) -> None:
    expected = {
        "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }

    for answer in (officer.get("/firms"), officer.get("/nowhere"), client.get("/sign-in"), client.get("/healthz")):
        assert {name: answer.headers[name] for name in expected} == expected
        assert "Strict-Transport-Security" not in answer.headers


def test_browser_is_told_to_stay_on_tls_when_cookies_are_secure(app: Flask, client: FlaskClient, monkeypatch) -> None:
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)

    answer = client.get("/sign-in", base_url="https://localhost")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "; Secure;" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "address",
    ["/firms?q=%00", "/events?firm=a%00b", "/sign-in?next=%00"],
)
def test_null_character_is_answered_in_chinese(officer: FlaskClient, address: str) -> None:
    answer = officer.get(address)

    assert answer.status_code == 400
    assert "不可见的控制字符" in answer.text


@pytest.mark.parametrize(
    "path", ["/users/99999999999999999999/edit", "/users/-1/edit", "/users/0x1/edit", "/users/1e9/edit"]
)
def test_number_that_no_record_can_have_is_not_found(signed_in: SignedIn, path: str) -> None:
    assert signed_in(Role.ADMINISTRATOR).get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/crm.db",
        "/instance/crm.db",
        "/console",
        "/scheduler/jobs",
        "/static/../config.py",
        "/assets/../../config.py",
        "/%2e%2e/config.py",
        "/%ff%fe",
        "/firms/%00",
        "/wp-login.php",
        "/<script>alert(1)</script>",
    ],
)
def test_there_is_nothing_beside_the_pages(officer: FlaskClient, client: FlaskClient, path: str) -> None:
    for visitor in (officer, client):
        answer = visitor.get(path)
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text


def test_foreign_host_name_is_refused_when_ours_are_known(app: Flask, client: FlaskClient, monkeypatch) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["crm.example"])

    answers = [client.get("/sign-in", base_url=f"http://{host}") for host in ("crm.example", "evil.example")]

    assert [answer.status_code for answer in answers] == [200, 400]
    assert "evil" not in answers[1].text


def test_ability_that_is_not_in_the_table_cannot_be_required() -> None:
    with pytest.raises(LookupError):
        requires("firms.vew")
