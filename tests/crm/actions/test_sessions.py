"""What the lock-out counts, for how long, and what is told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from argon2 import PasswordHasher
from flask import Flask

from crm.actions.events import COMMAND
from crm.actions.lock_out import LockedOut
from crm.actions.password_hashes import hashed, is_outdated
from crm.actions.sessions import SignedIn, owner_of, resume, sign_in, sign_out
from crm.actions.users import unlock_user
from crm.extensions import db
from crm.models import Event, Session, SignIn, User
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, SignInOutcome
from tests.builders import a_user

PASSWORD = "Linhai#2047x"
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def wang(app: Flask) -> User:
    return a_user(account="wang", name="王芳", password_hash=hashed(PASSWORD))


def attempt(typed: str = "wrong", account: str = "wang", address: str = "10.0.0.7") -> SignedIn | str:
    """Somebody in, or what he is told."""
    try:
        return sign_in(account, typed, address, "pytest")
    except Refusal as refusal:
        db.session.rollback()
        return str(refusal)


def outcomes() -> list[SignInOutcome]:
    return list(db.session.scalars(sa.select(SignIn.outcome).order_by(SignIn.id)))


def test_right_password_lets_in_in_any_width_and_case(wang: User) -> None:
    came_in = attempt(PASSWORD, account=" ＷａＮＧ ")

    assert isinstance(came_in, SignedIn)
    assert (came_in.user, came_in.last_at, came_in.failures_since) == (wang, None, 0)


def test_token_is_kept_only_as_its_hash(wang: User) -> None:
    token = attempt(PASSWORD).token

    row = db.session.scalars(sa.select(Session)).one()
    assert (len(token), len(row.token_hash), token in row.token_hash) == (43, 64, False)
    assert resume(token) == wang
    assert resume(row.token_hash) is None


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(wang: User) -> None:
    token = attempt(PASSWORD).token

    sign_out(resume(token), "10.0.0.7")

    assert resume(token) is None
    assert owner_of(token) == wang.id


def test_last_time_and_failures_since_are_told(wang: User) -> None:
    with time_machine.travel("2026-11-20 08:30+08:00", tick=False) as journey:
        attempt(PASSWORD, address="10.0.0.7")
        journey.shift(timedelta(days=1))
        attempt(), attempt()
        journey.shift(timedelta(days=1))
        came_in = attempt(PASSWORD)

    assert (came_in.last_at.isoformat(), came_in.last_address) == ("2026-11-20T00:30:00+00:00", "10.0.0.7")
    assert came_in.failures_since == 2


def test_failures_are_counted_down_and_the_fifth_locks(wang: User) -> None:
    told = [attempt() for _ in range(6)]

    assert told == [
        "账号或口令不对，还可再试4次",
        "账号或口令不对，还可再试3次",
        "账号或口令不对，还可再试2次",
        "账号或口令不对，还可再试1次",
        "账号或口令不对，已连续失败5次，请15分钟后再试，或请管理员解除锁定",
        "登录失败次数过多，请15分钟后再试，或请管理员解除锁定",
    ]


def test_unknown_account_is_told_the_same_as_a_known_one(wang: User) -> None:
    known = [attempt(account="wang") for _ in range(6)]
    unknown = [attempt(account="nobody") for _ in range(6)]

    assert known == unknown


def test_password_is_compared_for_an_unknown_account_too(wang: User, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    verify = PasswordHasher.verify
    monkeypatch.setattr("argon2.PasswordHasher.verify", lambda *given: compared.append(given[1][:10]) or verify(*given))

    attempt(account="wang"), attempt(account="nobody")

    assert compared == ["$argon2id$", "$argon2id$"]


def test_lock_refuses_even_the_right_password_and_does_not_look_at_it(wang: User) -> None:
    for _ in range(5):
        attempt()

    with pytest.raises(LockedOut) as refusal:
        sign_in("wang", PASSWORD, "10.0.0.7")

    assert refusal.value.status == 429
    assert outcomes()[-1] is SignInOutcome.LOCKED


def test_lock_ends_when_the_oldest_failure_leaves_the_window(wang: User) -> None:
    with time_machine.travel("2026-11-23 09:00+08:00", tick=False) as journey:
        for _ in range(5):
            attempt()
            journey.shift(timedelta(minutes=1))
        journey.move_to("2026-11-23 09:14:59+08:00")
        before = attempt(PASSWORD)
        journey.move_to("2026-11-23 09:15:00+08:00")
        after = attempt(PASSWORD)

    assert before == "登录失败次数过多，请1分钟后再试，或请管理员解除锁定"
    assert isinstance(after, SignedIn)


def test_knocking_at_a_locked_door_does_not_keep_it_locked(wang: User) -> None:
    with time_machine.travel("2026-11-23 09:00+08:00", tick=False) as journey:
        for _ in range(5):
            attempt()
        for _ in range(14):
            journey.shift(timedelta(minutes=1))
            attempt()
        journey.shift(timedelta(minutes=1))

        assert isinstance(attempt(PASSWORD), SignedIn)


def test_success_starts_the_count_anew(wang: User) -> None:
    for _ in range(4):
        attempt()
    attempt(PASSWORD)

    assert attempt() == "账号或口令不对，还可再试4次"


def test_unlocking_by_an_administrator_opens_at_once(wang: User) -> None:
    for _ in range(5):
        attempt()

    unlock_user(wang, COMMAND)

    assert isinstance(attempt(PASSWORD), SignedIn)


def test_spraying_many_accounts_from_one_address_locks_the_address(wang: User) -> None:
    for number in range(30):
        attempt(account=f"guess{number}", address="203.0.113.9")

    assert attempt(PASSWORD, address="203.0.113.9") == "登录失败次数过多，请10分钟后再试，或请管理员解除锁定"
    assert isinstance(attempt(PASSWORD, address="10.0.0.7"), SignedIn)


def test_guess_counts_before_its_password_is_looked_at(wang: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guesses sent side by side, or a crash in the comparison, are as good as failures."""

    def stopped(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("crm.actions.sessions.matches", stopped)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                sign_in("wang", PASSWORD, "10.0.0.7")

    assert attempt(PASSWORD).startswith("登录失败次数过多")


def test_inactive_person_is_told_only_after_the_right_password(wang: User) -> None:
    wang.active = False

    told = [attempt(), attempt(PASSWORD)]

    assert told == ["账号或口令不对，还可再试4次", "账号已停用，请联系管理员，还可再试3次"]
    assert outcomes() == [SignInOutcome.INACTIVE, SignInOutcome.INACTIVE]


def test_every_try_leaves_a_row_and_an_event(wang: User) -> None:
    attempt(), attempt(account="nobody"), attempt(PASSWORD)

    events = db.session.execute(sa.select(Event.kind, Event.by_name, Event.particulars).order_by(Event.id)).all()
    assert outcomes() == [SignInOutcome.WRONG_PASSWORD, SignInOutcome.UNKNOWN_ACCOUNT, SignInOutcome.SUCCEEDED]
    assert events == [
        (EventKind.SIGN_IN_FAILED, "王芳", {"subject": "10.0.0.7", "reason": "口令不对"}),
        (EventKind.SIGN_IN_FAILED, "nobody", {"subject": "10.0.0.7", "reason": "账号不存在"}),
        (EventKind.SIGNED_IN, "王芳", {"subject": "10.0.0.7"}),
    ]


def test_try_at_a_locked_door_leaves_an_event_too(wang: User) -> None:
    for _ in range(6):
        attempt()

    newest = db.session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (newest.particulars["reason"], newest.by_name, newest.address) == ("已锁定", "王芳", "10.0.0.7")


def test_account_of_a_book_is_cut_before_it_is_kept(wang: User) -> None:
    attempt(account="ﷺ" * 40_000)

    assert len(db.session.scalars(sa.select(SignIn.account)).one()) == 60


def test_hash_made_with_another_cost_is_renewed_on_the_way_in(app: Flask, wang: User) -> None:
    wang.password_hash = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)

    attempt(PASSWORD)

    assert not is_outdated(wang.password_hash)
    assert isinstance(attempt(PASSWORD), SignedIn)


def test_hash_that_is_no_hash_lets_nobody_in() -> None:
    a_user(account="broken", password_hash="!")

    assert attempt("!", account="broken") == "账号或口令不对，还可再试4次"
