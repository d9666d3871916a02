"""Through the real door: cookie, form, token, and what waits behind it."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Testing
from crm import clock, create_app
from crm.actions.password_hashes import hashed
from crm.extensions import db
from crm.models import Firm, Session, User
from pipelines.vocabulary import Role
from tests.builders import a_firm, a_user

PASSWORD = "Linhai#2047x"


@pytest.fixture
def wang(app: Flask) -> User:
    return a_user(account="wang", name="王芳", password_hash=hashed(PASSWORD))


def fields_of(page: TestResponse, action: str) -> dict[str, str]:
    """What a browser would send of the form that posts to an address, as it stands."""
    form = BeautifulSoup(page.text, "html.parser").find("form", method="post", action=action)
    return {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}


def come_in(client: FlaskClient, password: str, address: str = "/sign-in", **typed: str) -> TestResponse:
    fields = fields_of(client.get(address), "/sign-in")
    return client.post("/sign-in", data=fields | {"account": "wang", "password": password} | typed)


def told(page: TestResponse) -> str:
    return BeautifulSoup(page.text, "html.parser").find("main").get_text(" ", strip=True)


def test_signing_in_leads_home_and_tells_of_the_last_time(client: FlaskClient, wang: User) -> None:
    with time_machine.travel("2026-11-20 08:30+08:00"):
        first = come_in(client, PASSWORD)
        client.post("/sign-out", data=fields_of(client.get("/password"), "/sign-out"))
    with time_machine.travel("2026-11-21 08:30+08:00"):
        come_in(client, "wrong")
        come_in(client, PASSWORD)
        page = client.get("/password")

    assert (first.status_code, first.location) == (303, "/")
    assert "上次登录：2026-11-20 08:30，来自 127.0.0.1。其后有1次登录未成功；如非本人所为" in page.text


def test_signing_in_leads_to_the_page_that_was_asked_for(client: FlaskClient, wang: User) -> None:
    asked = client.get("/firms?q=%E5%85%B0%26&page=2").location

    assert come_in(client, PASSWORD, asked).location == "/firms?q=%E5%85%B0%26&page=2"


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "/%09/evil.example"])
def test_signing_in_leads_nowhere_else(client: FlaskClient, wang: User, target: str) -> None:
    by_address = come_in(client, PASSWORD, f"/sign-in?next={target}").location
    by_field = come_in(client.application.test_client(), PASSWORD, next=target.replace("%09", "\t")).location

    assert (by_address in ("/", "/%09/evil.example"), by_field) == (True, "/")


def test_wrong_password_keeps_the_account_and_forgets_the_password(client: FlaskClient, wang: User) -> None:
    answer = come_in(client, "Wrong#password1")

    assert answer.status_code == 422
    assert "账号或口令不对，还可再试4次" in told(answer)
    assert fields_of(answer, "/sign-in")["account"] == "wang"
    assert "Wrong#password1" not in answer.text


def test_empty_form_says_what_is_missing(client: FlaskClient, app: Flask) -> None:
    answer = come_in(client, "", account="")

    assert answer.status_code == 422
    assert "请填写账号" in told(answer)
    assert "请填写口令" in told(answer)


def test_sixth_try_is_told_to_wait(client: FlaskClient, wang: User) -> None:
    for _ in range(5):
        come_in(client, "wrong")

    answer = come_in(client, PASSWORD)

    assert answer.status_code == 429
    assert "请15分钟后再试" in told(answer)


def test_address_is_not_taken_from_a_header_that_anybody_can_send(client: FlaskClient, wang: User) -> None:
    for number in range(6):
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
        come_in(client, "wrong", account=f"guess{number}")

    assert set(db.session.scalars(sa.text("SELECT DISTINCT address FROM sign_ins"))) == {"127.0.0.1"}


def test_cookie_changes_at_the_door(client: FlaskClient, wang: User) -> None:
    client.get("/sign-in")
    before = client.get_cookie("yanzhen").value
    with client.session_transaction() as session:
        token_before = session["csrf_token"]

    come_in(client, PASSWORD)
    client.get("/password")

    with client.session_transaction() as session:
        assert session["csrf_token"] != token_before
    assert client.get_cookie("yanzhen").value != before


def test_cookie_holds_a_token_and_nothing_about_the_person(client: FlaskClient, wang: User) -> None:
    come_in(client, PASSWORD)

    with client.session_transaction() as session:
        kept = set(session)
        assert len(session["_user_id"]) == 43
    assert kept <= {"_user_id", "_fresh", "_id", "_flashes", "csrf_token"}


def test_copy_of_the_cookie_is_worth_nothing_after_signing_out(client: FlaskClient, wang: User) -> None:
    come_in(client, PASSWORD)
    copy = client.application.test_client()
    copy.set_cookie("yanzhen", client.get_cookie("yanzhen").value)
    before = copy.get("/password").status_code

    answer = client.post("/sign-out", data=fields_of(client.get("/password"), "/sign-out"))

    assert (before, answer.location, copy.get("/password").status_code) == (200, "/sign-in", 303)


def test_signing_out_needs_a_post_with_the_token(client: FlaskClient, wang: User) -> None:
    come_in(client, PASSWORD)

    answers = [client.get("/sign-out").status_code, client.post("/sign-out").status_code]

    assert answers == [405, 400]
    assert client.get("/password").status_code == 200


@pytest.mark.parametrize("token", [None, "", "wrong", "IjAi.aaaa.bbbb"])
def test_signing_in_without_the_token_of_the_page_is_refused(
    client: FlaskClient, wang: User, token: str | None
) -> None:
    client.get("/sign-in")
    fields = {"account": "wang", "password": PASSWORD} | ({} if token is None else {"csrf_token": token})

    answer = client.post("/sign-in", data=fields)

    assert answer.status_code == 400
    assert "登录状态有过变化" in told(answer)
    assert db.session.scalars(sa.select(Session)).all() == []


def test_token_of_somebody_else_is_refused(
    signed_in: Callable[[Role], FlaskClient], client: FlaskClient, wang: User
) -> None:
    token = fields_of(signed_in(Role.OFFICER).get("/password"), "/password")["csrf_token"]
    client.get("/sign-in")

    assert (
        client.post("/sign-in", data={"account": "wang", "password": PASSWORD, "csrf_token": token}).status_code == 400
    )


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/xml"])
def test_body_of_another_kind_is_refused(client: FlaskClient, wang: User, kind: str) -> None:
    answer = client.post("/sign-in", data=b'{"account": "wang"}', content_type=kind)

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "typed",
    ["ﷺ" * 20_000, "a" * 65_536, "' OR 1=1 --", "wang\u202e", "<script>alert(1)</script>", "%s%s%n", "😀"],
    ids=["long", "longer", "sql", "bidi", "script", "format", "emoji"],
)
def test_hostile_account_is_only_a_wrong_one(client: FlaskClient, wang: User, typed: str) -> None:
    answer = come_in(client, "wrong", account=typed)

    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "body",
    [b"account=%ff%fe&password=%80", b"account=a%00b&password=x", b"&&&===&account", b"\xff" * 2000],
    ids=["not UTF-8", "NUL", "no names", "bytes"],
)
def test_broken_body_is_no_server_error(client: FlaskClient, app: Flask, body: bytes) -> None:
    client.carry_csrf_token()

    answer = client.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("body", [b"account=" + b"a" * 3_000_000, b"a=&" * 20_000], ids=["3 MB", "20,000 fields"])
def test_body_without_end_is_refused_with_the_limit(client: FlaskClient, app: Flask, body: bytes) -> None:
    client.carry_csrf_token()

    answer = client.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert "填写的文字不超过2MB" in told(answer)


def test_who_is_in_already_need_not_sign_in(client: FlaskClient, wang: User) -> None:
    come_in(client, PASSWORD)

    assert client.get("/sign-in").location == "/"


class TestFormSentAfterItsSessionEnded:
    @pytest.fixture
    def late(self, client: FlaskClient, wang: User) -> FlaskClient:
        """Somebody who opened a form and went to lunch; the fields are those of the open page."""
        wang.role = Role.ADMINISTRATOR
        come_in(client, PASSWORD)
        client.fields = fields_of(client.get("/users/new"), "/users")
        db.session.execute(sa.update(Session).values(seen_at=clock.now() - timedelta(hours=1)))
        return client

    def test_typed_text_waits_behind_the_sign_in(self, late: FlaskClient) -> None:
        typed = {"account": "zhao", "name": "赵<敏>", "role": "officer", "township_id": "", "email": ""}

        door = late.post("/users", data=late.fields | typed)
        behind = late.post("/sign-in", data=fields_of(door, "/sign-in") | {"account": "wang", "password": PASSWORD})
        sent = late.post("/users", data=fields_of(behind, "/users"))

        assert (door.status_code, behind.status_code, sent.status_code) == (401, 200, 200)
        assert "刚才提交的内容还没有保存" in told(door)
        assert db.session.scalar(sa.select(User.name).where(User.account == "zhao")) == "赵<敏>"

    def test_typed_text_survives_a_wrong_password(self, late: FlaskClient) -> None:
        door = late.post("/users", data=late.fields | {"name": "赵敏"})
        again = late.post("/sign-in", data=fields_of(door, "/sign-in") | {"account": "wang", "password": "wrong"})

        assert fields_of(again, "/sign-in")["kept.name"] == "赵敏"

    def test_typed_text_is_not_handed_to_somebody_else(self, late: FlaskClient) -> None:
        a_user(Role.ADMINISTRATOR, account="zhou", password_hash=hashed(PASSWORD))
        door = late.post("/users", data=late.fields | {"name": "赵敏"})

        answer = late.post("/sign-in", data=fields_of(door, "/sign-in") | {"account": "zhou", "password": PASSWORD})

        assert (answer.status_code, "赵敏" in answer.text) == (303, False)

    def test_words_are_kept_when_files_came_with_them_and_the_files_are_told_of(self, late: FlaskClient) -> None:
        firm = a_firm()
        typed = {"visited_on": "2026-11-02", "found": "设备到货", "csrf_token": late.fields["csrf_token"]}

        without = late.post(f"/firms/{firm.id}/visits", data=typed | {"files": (BytesIO(), "")})
        with_one = late.post(f"/firms/{firm.id}/visits", data=typed | {"files": (BytesIO(b"%PDF-"), "照片.pdf")})

        assert [fields_of(door, "/sign-in")["kept.found"] for door in (without, with_one)] == ["设备到货"] * 2
        assert ["所附的文件没有保留" in told(door) for door in (without, with_one)] == [False, True]

    def test_grid_of_thirty_years_is_kept(self, late: FlaskClient) -> None:
        firm = a_firm()
        typed = {f"rd_spend-{year}": str(year) for year in range(1997, 2027)} | {f"x{n}": "" for n in range(600)}

        door = late.post(f"/firms/{firm.id}/figures/edit", data=typed | {"csrf_token": late.fields["csrf_token"]})

        assert fields_of(door, "/sign-in")["kept.rd_spend-1997"] == "1997"

    def test_more_than_a_page_can_carry_is_told_with_the_way_back(self, late: FlaskClient) -> None:
        door = late.post("/users", data=late.fields | {"name": "赵" * 200_001})

        assert (door.status_code, "赵赵" in door.text) == (401, False)
        assert "请按浏览器的“后退”回到填写的页面（内容还在）" in told(door)

    def test_form_of_an_old_window_is_offered_again_after_signing_in_in_another(self, late: FlaskClient) -> None:
        typed = {"account": "zhao", "name": "赵敏", "role": "officer", "township_id": "", "email": ""}
        come_in(late, PASSWORD)
        from_here = {"Referer": "http://localhost/users/new"}

        foreign = late.post("/users", data=late.fields | typed)
        asked = late.post("/users", data=late.fields | typed, headers=from_here)
        sent = late.post("/users", data=fields_of(asked, "/users"))

        assert [answer.status_code for answer in (foreign, asked, sent)] == [400, 400, 200]
        assert ("赵敏" in foreign.text, "以王芳的名义保存" in told(asked)) == (False, True)
        assert db.session.scalar(sa.select(User.name).where(User.account == "zhao")) == "赵敏"

    def test_passwords_are_not_carried_along(self, late: FlaskClient) -> None:
        fields = {"csrf_token": late.fields["csrf_token"]}

        door = late.post("/password", data={"password": PASSWORD, "new_password": "Qiaodong8-yu"} | fields)

        assert (PASSWORD in door.text, "Qiaodong8-yu" in door.text) == (False, False)


def test_staying_is_noted_and_ends_with_the_session(signed_in: Callable[[Role], FlaskClient]) -> None:
    officer = signed_in(Role.OFFICER)
    db.session.execute(sa.update(Session).values(seen_at=clock.now() - timedelta(minutes=29)))

    kept = officer.post("/session/keeping")
    seen = db.session.scalar(sa.select(Session.seen_at))
    db.session.execute(sa.update(Session).values(seen_at=clock.now() - timedelta(minutes=31)))
    late = officer.post("/session/keeping")

    assert (kept.status_code, clock.now() - seen < timedelta(minutes=1), late.status_code) == (204, True, 401)
    assert officer.get("/session/keeping").status_code == 405


def test_form_opened_before_a_restart_can_be_sent_after_it(app: Flask, client: FlaskClient, wang: User) -> None:
    wang.role = Role.ADMINISTRATOR
    come_in(client, PASSWORD)
    fields = fields_of(client.get("/users/new"), "/users")

    class Again(Testing):
        INSTANCE = Path(app.instance_path)
        SQLALCHEMY_DATABASE_URI = app.config["SQLALCHEMY_DATABASE_URI"]

    late = create_app(Again).test_client()
    late.set_cookie("yanzhen", client.get_cookie("yanzhen").value)
    with time_machine.travel(clock.now() + timedelta(minutes=29)):
        answer = late.post("/users", data=fields | {"account": "zhao", "name": "赵敏", "role": "officer"})

    assert answer.status_code == 200
    assert db.session.scalar(sa.select(User.name).where(User.account == "zhao")) == "赵敏"


def test_deed_by_a_link_changes_nothing(signed_in: Callable[[Role], FlaskClient]) -> None:
    officer = signed_in(Role.OFFICER)
    firm = a_firm("嘉善兰钧科技有限公司")

    officer.get(f"/firms/{firm.id}/edit?name=x&_method=POST")

    assert db.session.scalars(sa.select(Firm.name)).all() == ["嘉善兰钧科技有限公司"]
