"""The second step: what counts, once, near its time, and what happens when it does not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from crm import clock
from crm.actions.events import COMMAND, Author
from crm.actions.one_time_codes import enrolment
from crm.actions.password_hashes import hashed
from crm.actions.second_factors import remove_codes, renew_recovery_codes, reset_codes, set_up_codes
from crm.actions.sessions import AwaitsCode, SignedIn, awaits_code, confirm, end_sessions, resume, sign_in
from crm.extensions import db
from crm.models import Event, RecoveryCode, SecondFactor, SignIn, User
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Role, SignInOutcome
from tests.builders import a_user

Traveller = Any  # what time_machine.travel hands out has no public name

PASSWORD = "Linhai#2047x"
MORNING = datetime(2026, 11, 30, 8, 30, 10, tzinfo=clock.OFFICE_ZONE)
HALF_A_MINUTE = timedelta(seconds=30)
SALT = "0123456789abcdef" * 2


@pytest.fixture
def journey(app: Flask) -> Iterator[Traveller]:
    with time_machine.travel(MORNING, tick=False) as travelling:
        yield travelling


@pytest.fixture
def wang(journey: Traveller) -> User:
    user = a_user(Role.ADMINISTRATOR, account="wang", name="王芳", password_hash=hashed(PASSWORD))
    user.session_token = "the one at this screen"
    return user


@pytest.fixture
def paper(wang: User, journey: Traveller) -> list[str]:
    """Wang has set up her telephone, a minute ago; the recovery codes that were shown."""
    codes = set_up_codes(wang, SALT, PASSWORD, code_of(wang))
    journey.shift(2 * HALF_A_MINUTE)
    return codes


def code_of(user: User, away: timedelta = timedelta()) -> str:
    return pyotp.TOTP(enrolment(user, SALT).secret).at(clock.now() + away)


def first_step(address: str = "10.0.0.7") -> str:
    outcome = sign_in("wang", PASSWORD, address)
    assert isinstance(outcome, AwaitsCode)
    return outcome.token


def second_step(code: str, token: str | None = None) -> SignedIn | str:
    try:
        return confirm(token or first_step(), code, "10.0.0.7")
    except Refusal as refusal:
        db.session.rollback()
        return str(refusal)


def kinds() -> list[EventKind]:
    return list(db.session.scalars(sa.select(Event.kind).order_by(Event.id)))


def test_password_alone_lets_nobody_in_who_has_a_telephone(paper: list[str]) -> None:
    token = first_step()

    assert resume(token) is None
    assert awaits_code(token)


def test_password_and_code_let_in(paper: list[str], wang: User) -> None:
    token = first_step()

    came_in = second_step(code_of(wang), token)

    assert isinstance(came_in, SignedIn)
    assert (came_in.user, came_in.failures_since) == (wang, 0)
    assert resume(came_in.token) == wang
    assert not awaits_code(token)


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clock_of_a_telephone_may_be_off_by_half_a_minute(
    paper: list[str], wang: User, journey: Traveller, steps: int, counts: bool
) -> None:
    journey.shift(10 * HALF_A_MINUTE)

    assert isinstance(second_step(code_of(wang, steps * HALF_A_MINUTE)), SignedIn) is counts


def test_code_counts_once(paper: list[str], wang: User) -> None:
    code = code_of(wang)
    first, second = second_step(code), second_step(code)

    assert isinstance(first, SignedIn)
    assert second == "验证码不对或已用过，还可再试4次"


def test_older_code_does_not_count_after_a_newer_one(paper: list[str], wang: User) -> None:
    second_step(code_of(wang))

    assert second_step(code_of(wang, -HALF_A_MINUTE)) == "验证码不对或已用过，还可再试4次"


def test_code_that_set_the_telephone_up_does_not_open_the_door(wang: User) -> None:
    code = code_of(wang)
    set_up_codes(wang, SALT, PASSWORD, code)

    assert second_step(code) == "验证码不对或已用过，还可再试4次"


def test_code_of_somebody_else_does_not_count(paper: list[str]) -> None:
    assert second_step(code_of(a_user())) == "验证码不对或已用过，还可再试4次"


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize("width", [lambda code: f" {code[:3]} {code[3:]} ", lambda code: code.translate(FULL_WIDTH)])
def test_code_may_be_typed_in_any_width_and_with_blanks(paper: list[str], wang: User, width) -> None:
    assert isinstance(second_step(width(code_of(wang))), SignedIn)


@pytest.mark.parametrize(
    "typed",
    ["", "0", "00000a", "1234567", "٠١٢٣٤٥", "'; --", "9" * 100_000, "\u202e000000", "99-AAAA-AAAA-AAAA"],
)
def test_rubbish_is_no_code(paper: list[str], typed: str) -> None:
    assert second_step(typed) == "验证码不对或已用过，还可再试4次"


def test_each_recovery_code_counts_once(paper: list[str]) -> None:
    first, again, other = second_step(paper[2]), second_step(paper[2]), second_step(paper[9].lower())

    assert [isinstance(answer, SignedIn) for answer in (first, again, other)] == [True, False, True]
    assert EventKind.RECOVERY_CODE_USED in kinds()


def test_recovery_codes_are_ten_and_kept_as_hashes(paper: list[str]) -> None:
    kept = db.session.scalars(sa.select(RecoveryCode.code_hash)).all()

    assert (len(paper), len(set(paper)), len(kept)) == (10, 10, 10)
    assert all(code_hash.startswith("$argon2id$") for code_hash in kept)


def test_secret_stands_nowhere_in_the_database(paper: list[str], wang: User) -> None:
    secret = enrolment(wang, SALT).secret
    rows = [str(row._mapping) for table in db.metadata.sorted_tables for row in db.session.execute(sa.select(table))]

    assert len(secret) == 32
    assert [row for row in rows if secret in row] == []


def test_wrong_codes_lock_like_wrong_passwords(paper: list[str], wang: User) -> None:
    token = first_step()
    told = [second_step("000000", token) for _ in range(5)]
    locked = second_step(code_of(wang), token)

    assert told[-1] == "验证码不对或已用过，已连续失败5次，请15分钟后再试，或请管理员解除锁定"
    assert locked == "登录失败次数过多，请15分钟后再试，或请管理员解除锁定"
    with pytest.raises(Refusal, match="登录失败次数过多"):
        sign_in("wang", PASSWORD, "10.0.0.7")


def test_right_password_between_wrong_codes_does_not_start_the_count_anew(paper: list[str]) -> None:
    told = [second_step("000000") for _ in range(3)]

    assert told == [f"验证码不对或已用过，还可再试{left}次" for left in (4, 3, 2)]


def test_whoever_knew_the_password_but_had_no_code_is_told_of(paper: list[str], wang: User) -> None:
    second_step(code_of(wang))
    first_step("203.0.113.9")

    came_in = second_step(code_of(wang, HALF_A_MINUTE))

    assert isinstance(came_in, SignedIn)
    assert came_in.failures_since == 1


@pytest.mark.parametrize(("wait", "still"), [(timedelta(minutes=5), True), (timedelta(minutes=5, seconds=1), False)])
def test_first_step_is_good_for_five_minutes(
    paper: list[str], wang: User, journey: Traveller, wait: timedelta, still: bool
) -> None:
    token = first_step()
    journey.shift(wait)

    answer = second_step(code_of(wang), token)

    assert isinstance(answer, SignedIn) is still
    assert still or answer == "登录等待时间已过，请重新输入账号和口令"


def test_first_step_ends_with_every_other_session(paper: list[str], wang: User) -> None:
    token = first_step()
    end_sessions(wang.id)

    assert second_step(code_of(wang), token) == "登录等待时间已过，请重新输入账号和口令"


@pytest.mark.parametrize("token", ["", "x", "a" * 43])
def test_token_that_is_none_opens_nothing(paper: list[str], wang: User, token: str) -> None:
    with pytest.raises(Refusal, match="登录等待时间已过"):
        confirm(token, code_of(wang), "10.0.0.7")


def test_token_of_somebody_who_is_in_is_no_first_step(paper: list[str], wang: User) -> None:
    came_in = second_step(code_of(wang))

    assert isinstance(came_in, SignedIn)
    assert not awaits_code(came_in.token)


def test_every_step_leaves_an_event_and_one_try(paper: list[str], wang: User) -> None:
    token = first_step()
    second_step("000000", token)
    second_step(code_of(wang), token)

    assert kinds() == [
        EventKind.CODES_SET_UP, EventKind.CODE_ASKED, EventKind.SIGN_IN_FAILED, EventKind.SIGNED_IN,
    ]  # fmt: skip
    assert list(db.session.scalars(sa.select(SignIn.outcome).order_by(SignIn.id))) == [
        SignInOutcome.SUCCEEDED, SignInOutcome.WRONG_CODE, SignInOutcome.SUCCEEDED,
    ]  # fmt: skip


# ---- setting up, renewing, taking away


def test_wrong_password_or_code_sets_nothing_up(wang: User) -> None:
    for password, code in (("wrong", code_of(wang)), (PASSWORD, "000000")):
        with pytest.raises(Refusal):
            set_up_codes(wang, SALT, password, code)

    assert db.session.scalars(sa.select(SecondFactor)).all() == []


def test_new_telephone_ends_the_old_one_and_its_paper(paper: list[str], wang: User, journey) -> None:
    other = "f" * 32
    new = pyotp.TOTP(enrolment(wang, other).secret)
    set_up_codes(wang, other, PASSWORD, new.at(clock.now()))
    journey.shift(2 * HALF_A_MINUTE)

    answers = [second_step(code) for code in (code_of(wang), paper[0], new.at(clock.now()))]

    assert [isinstance(answer, SignedIn) for answer in answers] == [False, False, True]


def test_new_paper_ends_the_old_one(paper: list[str], wang: User) -> None:
    new = renew_recovery_codes(wang, PASSWORD)

    assert not isinstance(second_step(paper[0]), SignedIn)
    assert isinstance(second_step(new[0]), SignedIn)


def test_taken_away_the_password_alone_lets_in(paper: list[str], wang: User) -> None:
    remove_codes(wang, PASSWORD)

    assert isinstance(sign_in("wang", PASSWORD, "10.0.0.7"), SignedIn)
    assert kinds()[1:] == [EventKind.CODES_REMOVED, EventKind.SIGNED_IN]


def test_administrator_keeps_it_where_it_is_required(app: Flask, paper: list[str], wang: User, monkeypatch) -> None:
    monkeypatch.setitem(app.config, "CODES_REQUIRED", True)

    with pytest.raises(Refusal, match="管理员必须使用两步验证"):
        remove_codes(wang, PASSWORD)


def test_reset_by_another_ends_sessions_and_leaves_a_trace(paper: list[str], wang: User) -> None:
    came_in = second_step(code_of(wang))
    reset_codes(wang, Author.of(a_user(Role.ADMINISTRATOR)))

    assert isinstance(came_in, SignedIn)
    assert resume(came_in.token) is None
    assert isinstance(sign_in("wang", PASSWORD, "10.0.0.7"), SignedIn)
    assert EventKind.CODES_RESET in kinds()


def test_nobody_resets_his_own_or_what_is_not_there(paper: list[str], wang: User) -> None:
    with pytest.raises(Refusal, match="不能重置自己的两步验证"):
        reset_codes(wang, Author.of(wang))
    with pytest.raises(Refusal, match="没有启用两步验证"):
        reset_codes(a_user(), COMMAND)
