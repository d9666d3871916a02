"""One's own password, and the way that leads nowhere else until it is changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm import clock
from crm.actions.password_hashes import hashed, matches
from crm.models import User
from pipelines.vocabulary import Role
from tests.builders import a_user

OLD, NEW = "Linhai#2047x", "Qiaodong8-yu"
TYPED = {"password": OLD, "new_password": NEW, "new_password_again": NEW}


@pytest.fixture
def wang(app: Flask) -> User:
    return a_user(account="wang", name="王芳", password_hash=hashed(OLD))


def test_change_keeps_this_session_and_ends_the_others(wang: User, sign_in: Callable[[User], FlaskClient]) -> None:
    here, elsewhere = sign_in(wang), sign_in(wang)

    answer = here.post("/password", data=TYPED)

    assert (answer.status_code, answer.location) == (303, "/")
    assert (here.get("/password").status_code, elsewhere.get("/password").status_code) == (200, 303)
    assert matches(wang.password_hash, NEW)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"password": "wrong"}, "现用口令不对"),
        ({"password": ""}, "请填写现用口令"),
        ({"new_password_again": "other"}, "两次输入的新口令应相同"),
        ({"new_password": "short", "new_password_again": "short"}, "新口令应为10至128个字符"),
        ({"new_password": "Aa1!" * 16_000, "new_password_again": "Aa1!" * 16_000}, "新口令应为10至128个字符"),
    ],
)
def test_change_is_refused_with_what_to_do(
    wang: User, sign_in: Callable[[User], FlaskClient], typed: dict[str, str], sentence: str
) -> None:
    answer = sign_in(wang).post("/password", data=TYPED | typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert NEW not in answer.text
    assert matches(wang.password_hash, OLD)


def test_one_time_password_must_be_changed_before_anything_else(
    wang: User, sign_in: Callable[[User], FlaskClient]
) -> None:
    wang.role, wang.must_change_password = Role.SECTION_CHIEF, True
    visitor = sign_in(wang)

    before = [visitor.get("/firms").location, visitor.post("/firms", data={}).location]
    page = visitor.get("/password")
    visitor.post("/password", data=TYPED)
    after = visitor.get("/firms").status_code

    assert before == ["/password", "/password"]
    assert "您使用的是一次性口令，请先设置自己的口令。" in page.text
    assert after == 200


def test_password_that_is_due_must_be_changed_first(
    app: Flask, wang: User, sign_in: Callable[[User], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PASSWORD_DAYS", 90)
    wang.password_changed_at = clock.now() - timedelta(days=91)
    visitor = sign_in(wang)

    assert visitor.get("/firms").location == "/password"
    assert "口令已到更换期限" in visitor.get("/password").text


def test_who_must_change_may_still_leave(wang: User, sign_in: Callable[[User], FlaskClient]) -> None:
    wang.must_change_password = True

    assert sign_in(wang).post("/sign-out").location == "/sign-in"
