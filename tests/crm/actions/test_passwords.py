"""Which passwords are taken, what a change ends, and when one is due."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from crm import clock
from crm.actions.events import COMMAND
from crm.actions.password_hashes import hashed, matches, one_time_password
from crm.actions.password_rules import check_password, rule_in_words
from crm.actions.passwords import change_password, is_expired, reset_password
from crm.actions.sessions import open_session, resume
from crm.extensions import db
from crm.models import User
from pipelines.refusals import Refusal
from tests.builders import a_user

OLD, NEW = "Linhai#2047x", "Qiaodong8-yu"
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def wang(app: Flask) -> User:
    return a_user(account="wangfang", name="王芳", password_hash=hashed(OLD))


@pytest.mark.parametrize(
    "password", ["Linhai#2047x", "correct horse 7 Battery", "白日依山尽Ab1白日依", "x7!x7!x7!yA", "8362#19475a-K"]
)
def test_long_password_of_three_kinds_is_taken(password: str) -> None:
    check_password(password, "wangfang", "王芳")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Short#1a", "新口令应为10至128个字符"),
        ("Aa1!" * 33, "新口令应为10至128个字符"),
        ("alllowercaseletters", "新口令应包含大写字母、小写字母、数字、符号中的至少三种"),
        ("lowercase123456", "新口令应包含大写字母、小写字母、数字、符号中的至少三种"),
        ("WangFang#2026", "新口令不应包含账号或姓名"),
        ("2026-王芳-Abc", "新口令不应包含账号或姓名"),
        ("Passw0rd@2026", "新口令太常见，容易被猜到，请换一个"),
        ("P@ssw0rd123", "新口令太常见，容易被猜到，请换一个"),
        ("Admin@123456", "新口令太常见，容易被猜到，请换一个"),
        ("1qaz@WSX3edc", "新口令太常见，容易被猜到，请换一个"),
        ("Qwer1234!@#$", "新口令太常见，容易被猜到，请换一个"),
        ("Kjj@Jiashan2026", "新口令太常见，容易被猜到，请换一个"),
        ("Aa1111111111", "新口令太常见，容易被猜到，请换一个"),
    ],
)
def test_weak_password_is_refused_with_what_to_do(password: str, reason: str) -> None:
    with pytest.raises(Refusal) as refusal:
        check_password(password, "wangfang", "王芳")

    assert str(refusal.value) == reason


def test_rule_is_a_setting_of_the_office(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PASSWORD_LENGTH", 14)
    monkeypatch.setitem(app.config, "PASSWORD_KINDS", 4)

    for password, reason in (
        ("Linhai#2047x", "新口令应为14至128个字符"),
        ("Linhaibeilu2047", "新口令应包含大写字母、小写字母、数字、符号中的至少四种"),
    ):
        with pytest.raises(Refusal, match=reason):
            check_password(password, "wangfang", "王芳")
    check_password("Linhai#2047xyz", "wangfang", "王芳")
    check_password(one_time_password(), "wangfang", "王芳")
    assert rule_in_words() == "14至128个字符，含大写字母、小写字母、数字、符号中的至少四种；不含账号和姓名"


def test_change_ends_every_other_session_and_keeps_this_one(wang: User) -> None:
    here, elsewhere = open_session(wang, "10.0.0.7"), open_session(wang, "10.0.0.8")
    db.session.commit()

    change_password(resume(here), OLD, NEW)

    assert (resume(here), resume(elsewhere)) == (wang, None)
    assert matches(wang.password_hash, NEW)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [("wrong", NEW, "现用口令不对"), (OLD, OLD, "新口令不应与现用口令相同"), (OLD, "short", "新口令应为10至128个字符")],
)
def test_change_is_refused(wang: User, old: str, new: str, reason: str) -> None:
    with pytest.raises(Refusal) as refusal:
        change_password(wang, old, new)

    assert str(refusal.value) == reason
    assert matches(wang.password_hash, OLD)


def test_reset_gives_a_password_that_must_be_changed_and_puts_its_owner_out(wang: User) -> None:
    token = open_session(wang, "10.0.0.7")
    db.session.commit()

    password = reset_password(wang, COMMAND)

    assert (matches(wang.password_hash, password), wang.must_change_password, resume(token)) == (True, True, None)


def test_one_time_password_obeys_the_rules_itself() -> None:
    for password in {one_time_password() for _ in range(200)}:
        check_password(password, "wangfang", "王芳")


def test_password_is_due_after_its_days(app: Flask, wang: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PASSWORD_DAYS", 90)
    with time_machine.travel(clock.now() + timedelta(days=89, hours=23)):
        before = is_expired(wang)
    with time_machine.travel(clock.now() + timedelta(days=90, minutes=1)):
        after = is_expired(wang)

    assert (before, after) == (False, True)


def test_password_is_never_due_when_days_are_off(app: Flask, wang: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PASSWORD_DAYS", 0)
    with time_machine.travel(clock.now() + timedelta(days=4000)):
        assert not is_expired(wang)
