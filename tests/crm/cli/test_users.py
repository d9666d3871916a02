"""Accounts from the console."""

import re

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from crm.actions.password_hashes import matches
from crm.actions.sessions import sign_in
from crm.extensions import db
from crm.models import SecondFactor, User
from crm.queries.users import user_by_account
from pipelines.refusals import Refusal
from pipelines.vocabulary import Role
from tests.builders import a_township, a_user

PASSWORD = "Linhai#2047x"


def run(app: Flask, *arguments: str, typed: str = "") -> Result:
    db.session.commit()
    return app.test_cli_runner().invoke(args=arguments, input=typed)


def test_first_user_is_the_administrator_whose_password_is_typed_twice(app: Flask) -> None:
    done = run(app, "create-user", typed=f"Chief\n李强\n{PASSWORD}\n{PASSWORD}\n")

    user = db.session.scalars(sa.select(User)).one()
    assert (done.exit_code, user.account, user.name, user.role) == (0, "chief", "李强", Role.ADMINISTRATOR)
    assert matches(user.password_hash, PASSWORD)
    assert PASSWORD not in done.output


def test_password_against_the_rules_is_asked_for_again(app: Flask) -> None:
    done = run(app, "create-user", typed=f"Chief\n李强\nshort\n{PASSWORD}\n{PASSWORD}\n")

    assert (done.exit_code, "新口令应为10至128个字符" in done.output) == (0, True)
    assert matches(db.session.scalars(sa.select(User.password_hash)).one(), PASSWORD)


def test_second_user_is_asked_for_a_role(app: Flask) -> None:
    a_user(Role.ADMINISTRATOR)

    run(app, "create-user", "--account", "wang", "--name", "王芳", typed=f"officer\n{PASSWORD}\n{PASSWORD}\n")

    assert user_by_account("wang").role is Role.OFFICER


def test_one_time_password_is_printed_and_works(app: Flask) -> None:
    place = a_township("西塘镇")

    done = run(
        app, "create-user", "--account", "wang", "--name", "王芳", "--role", "township_officer",
        "--township", "西塘镇", "--one-time",
    )  # fmt: skip

    password = re.search(r"一次性口令：(\S+?)（", done.output)[1]
    user = user_by_account("wang")
    assert (user.township_id, user.must_change_password) == (place.id, True)
    assert matches(user.password_hash, password)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--role", "officer"), "新口令应为10至128个字符"),
        (("--role", "township_officer", "--one-time"), "请选择镇街专干负责的镇街"),
        (("--role", "officer", "--one-time", "--township", "月球镇"), "没有叫“月球镇”的镇街"),
    ],
)
def test_what_the_rules_do_not_allow_is_refused_with_a_code(
    app: Flask, arguments: tuple[str, ...], sentence: str
) -> None:
    done = run(app, "create-user", "--account", "wang", "--name", "王芳", *arguments, typed="short\nshort\n")

    assert done.exit_code == 1
    assert sentence in done.output
    assert user_by_account("wang") is None


def test_unlock_lets_somebody_try_again(app: Flask) -> None:
    a_user(account="wang", name="王芳")
    for _ in range(5):
        with pytest.raises(Refusal):
            sign_in("wang", "wrong", "10.0.0.7")

    done = run(app, "unlock", "WANG")

    assert done.output == "已解除 王芳（wang）的登录锁定。\n"
    with pytest.raises(Refusal, match="还可再试4次"):
        sign_in("wang", "wrong", "10.0.0.7")


def test_unlock_of_nobody_says_so(app: Flask) -> None:
    done = run(app, "unlock", "nobody")

    assert (done.exit_code, done.output) == (1, "Error: 没有账号“nobody”。\n")


def test_telephone_is_reset_from_the_console(app: Flask) -> None:
    wang = a_user(account="wang", name="王芳")
    db.session.add(SecondFactor(user_id=wang.id, salt="0" * 32, last_step=0))

    done, again, nobody = (run(app, "users", "reset-codes", account) for account in ("wang", "wang", "nobody"))

    assert done.output == "已重置 王芳（wang）的两步验证。\n"
    assert (again.exit_code, "王芳没有启用两步验证" in again.output) == (1, True)
    assert (nobody.exit_code, "没有账号“nobody”" in nobody.output) == (1, True)
