"""The second step as a browser meets it: pages, forms, what is shown once, and where an administrator is led."""

import re
from collections.abc import Callable

import pyotp
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm import clock
from crm.actions.one_time_codes import enrolment
from crm.actions.password_hashes import hashed
from crm.actions.second_factors import set_up_codes
from crm.extensions import db
from crm.models import Event, Firm, SecondFactor, Session, User
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_firm, a_user
from tests.crm.views.test_sessions import fields_of, told

PASSWORD = "Linhai#2047x"
SALT = "0123456789abcdef" * 2
SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def wang(app: Flask) -> User:
    return a_user(Role.ADMINISTRATOR, account="wang", name="王芳", password_hash=hashed(PASSWORD))


@pytest.fixture
def paper(wang: User) -> list[str]:
    """Wang has a telephone; the recovery codes that were shown."""
    wang.session_token = "of another screen"
    return set_up_codes(wang, SALT, PASSWORD, pyotp.TOTP(enrolment(wang, SALT).secret).at(clock.now()))


def first_step(client: FlaskClient, address: str = "/sign-in") -> TestResponse:
    fields = fields_of(client.get(address), "/sign-in")
    return client.post("/sign-in", data=fields | {"account": "wang", "password": PASSWORD})


def second_step(client: FlaskClient, page: TestResponse, code: str) -> TestResponse:
    return client.post("/sign-in/code", data=fields_of(page, "/sign-in/code") | {"code": code})


def set_up(visitor: FlaskClient, **typed: str) -> TestResponse:
    """What a person does who has read the secret off the page."""
    page = visitor.get("/account/codes/set-up")
    secret = BeautifulSoup(page.text, "html.parser").select_one(".one-time-password").get_text().replace(" ", "")
    right = {"password": PASSWORD, "code": pyotp.TOTP(secret).now()}
    return visitor.post("/account/codes/set-up", data=fields_of(page, "/account/codes/set-up") | right | typed)


def test_sign_in_asks_for_the_code_and_then_leads_where_one_wanted(client: FlaskClient, paper: list[str]) -> None:
    asked = client.get("/firms?q=a").location

    page = first_step(client, asked)
    before = client.get("/firms").status_code
    answer = second_step(client, page, paper[0])

    assert "输入验证码" in told(page)
    assert (before, answer.status_code, answer.location) == (303, 303, "/firms?q=a")
    assert client.get("/firms").status_code == 200


def test_wrong_code_asks_again_and_keeps_the_way_back(client: FlaskClient, paper: list[str]) -> None:
    page = second_step(client, first_step(client, "/sign-in?next=/firms"), "000000")
    answer = second_step(client, page, paper[0])

    assert page.status_code == 422
    assert "验证码不对或已用过，还可再试4次" in told(page)
    assert 'value="000000"' in page.text
    assert answer.location == "/firms"


def test_empty_code_is_told(client: FlaskClient, paper: list[str]) -> None:
    page = second_step(client, first_step(client), "")

    assert (page.status_code, "请填写验证码" in told(page)) == (422, True)


def test_sixth_wrong_code_is_told_to_wait(client: FlaskClient, paper: list[str]) -> None:
    page = first_step(client)
    for _ in range(6):
        answer = second_step(client, page, "000000")

    assert answer.status_code == 429


def test_code_without_a_password_before_it_leads_back_to_the_door(client: FlaskClient, paper: list[str]) -> None:
    client.carry_csrf_token()

    page = client.post("/sign-in/code", data={"code": paper[0], "next": "//evil.example"})

    assert page.status_code == 422
    assert "登录等待时间已过，请重新输入账号和口令" in told(page)
    assert fields_of(page, "/sign-in")["account"] == ""


def test_form_left_open_until_the_session_ended_waits_behind_both_steps(
    client: FlaskClient, paper: list[str], app: Flask
) -> None:
    second_step(client, first_step(client), paper[0])
    form = client.get("/firms/new")
    fields = fields_of(form, "/firms") | {"name": "嘉善兰钧科技有限公司"}
    db.session.execute(sa.update(Session).values(ended_at=clock.now()))

    door = client.post("/firms", data=fields)
    page = client.post("/sign-in", data=fields_of(door, "/sign-in") | {"account": "wang", "password": PASSWORD})
    answer = second_step(client, page, paper[1])

    assert "已登录，刚才的内容还在" in told(answer)
    assert fields_of(answer, "/firms")["name"] == "嘉善兰钧科技有限公司"
    assert db.session.scalars(sa.select(Firm)).all() == []


def test_setting_up_shows_picture_and_text_and_then_the_paper_once(sign_in: SignIn, wang: User) -> None:
    visitor = sign_in(wang)
    page = BeautifulSoup(visitor.get("/account/codes/set-up").text, "html.parser")

    answer = set_up(visitor)

    codes = re.findall(r"\d\d-[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", answer.text)
    assert page.select_one("svg[role=img]")["aria-label"] == "两步验证二维码，内容与下面的密钥相同"
    assert re.fullmatch("([A-Z2-7]{4} ?){8}", page.select_one(".one-time-password").get_text())
    assert (answer.status_code, len(set(codes))) == (200, 10)
    assert codes[0] not in visitor.get("/account/codes").text
    assert answer.headers["Cache-Control"] == "no-store"


def test_looking_at_the_page_sets_nothing_up(sign_in: SignIn, wang: User) -> None:
    sign_in(wang).get("/account/codes/set-up")

    assert db.session.scalars(sa.select(SecondFactor)).all() == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"code": "000000"}, "验证码不对。请核对手机时间是否准确"),
        ({"password": "wrong"}, "现用口令不对"),
        ({"code": ""}, "请填写手机上显示的6位验证码"),
        ({"salt": "'; --"}, "验证码不对。"),
        ({"salt": "0" * 32}, "验证码不对。"),
    ],
)
def test_what_does_not_fit_is_told_beside_the_same_picture(
    sign_in: SignIn, wang: User, typed: dict[str, str], sentence: str
) -> None:
    visitor = sign_in(wang)

    answer = set_up(visitor, **typed)

    assert (answer.status_code, sentence in told(answer)) == (422, True)
    assert db.session.scalars(sa.select(SecondFactor)).all() == []
    if "salt" not in typed:
        assert fields_of(answer, "/account/codes/set-up")["salt"]


def test_officer_sets_up_sees_it_and_takes_it_away(sign_in: SignIn) -> None:
    visitor = sign_in(a_user(password_hash=hashed(PASSWORD)))
    set_up(visitor)
    page = visitor.get("/account/codes")

    wrong = visitor.post("/account/codes/removal", data={"password": "wrong"})
    answer = visitor.post("/account/codes/removal", data={"password": PASSWORD})

    assert ("已启用" in told(page), "还剩 10 个" in told(page)) == (True, True)
    assert (wrong.status_code, "现用口令不对" in told(wrong)) == (422, True)
    assert answer.location == "/account/codes"
    assert "未启用" in told(visitor.get("/account/codes"))


def test_new_paper_is_shown_once(sign_in: SignIn, wang: User, paper: list[str]) -> None:
    visitor = sign_in(wang)

    answer = visitor.post("/account/codes/recovery-codes", data={"password": PASSWORD})

    assert "已生成新的恢复码，原来的全部失效。" in told(answer)
    assert paper[0] not in answer.text


def test_paper_of_somebody_without_a_telephone_is_refused(sign_in: SignIn, wang: User) -> None:
    answer = sign_in(wang).post("/account/codes/recovery-codes", data={"password": PASSWORD})

    assert (answer.status_code, "还没有启用两步验证" in told(answer)) == (422, True)


def test_administrator_is_led_to_the_set_up_where_it_is_required(
    app: Flask, client: FlaskClient, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CODES_REQUIRED", True)
    first_step(client)

    led = [client.get(path).location for path in ("/", "/users", "/account/codes")]
    reachable = [client.get(path).status_code for path in ("/account/codes/set-up", "/password")]
    done = set_up(client)

    assert led == ["/account/codes/set-up"] * 3
    assert reachable == [200, 200]
    assert (done.status_code, client.get("/users").status_code) == (200, 200)


def test_others_are_not_led_there(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "CODES_REQUIRED", True)

    assert sign_in(a_user(Role.OFFICER)).get("/firms").status_code == 200


def test_one_time_password_comes_before_the_telephone(
    app: Flask, sign_in: SignIn, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CODES_REQUIRED", True)
    wang.must_change_password = True

    assert sign_in(wang).get("/users").location == "/password"


def test_administrator_resets_the_telephone_of_another(sign_in: SignIn, wang: User, paper: list[str]) -> None:
    a_firm()
    chief = a_user(Role.ADMINISTRATOR)
    visitor = sign_in(chief)
    offered = "重置两步验证" in visitor.get(f"/users/{wang.id}/edit").text

    answer = visitor.post(f"/users/{wang.id}/code-resets", follow_redirects=True)

    event = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.CODES_RESET)).one()
    assert offered
    assert "已重置王芳的两步验证，下次登录只需口令" in told(answer)
    assert "重置两步验证" not in visitor.get(f"/users/{wang.id}/edit").text
    assert (event.by_id, event.particulars) == (chief.id, {"subject": "王芳（wang）"})


def test_own_telephone_is_not_reset_by_oneself(sign_in: SignIn, wang: User, paper: list[str]) -> None:
    visitor = sign_in(wang)

    answer = visitor.post(f"/users/{wang.id}/code-resets")

    assert "重置两步验证" not in visitor.get(f"/users/{wang.id}/edit").text
    assert "不能重置自己的两步验证" in told(answer)
