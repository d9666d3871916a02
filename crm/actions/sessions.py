"""Coming in, being in, going out. The cookie holds a random token; the table holds its SHA-256 and who it is."""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.lock_out import LockedOut, after_failure, locked_for
from crm.actions.one_time_codes import use_code, use_recovery_code
from crm.actions.password_hashes import hashed, is_outdated, matches
from crm.extensions import db, impatient_connection
from crm.models import Session, SignIn, User
from crm.queries.second_factors import recovery_codes_left, second_factor_of
from crm.queries.sessions import open_sessions, session_key
from crm.queries.sign_ins import failures_after, last_success
from crm.queries.users import account_key, user_by_account
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, SignInOutcome

_SEEN_EVERY = timedelta(minutes=1)
_DEVICE_LENGTH = 200
_TIME_FOR_A_CODE = timedelta(minutes=5)
_EXPIRED = "登录等待时间已过，请重新输入账号和口令"


@dataclass(frozen=True)
class SignedIn:
    """Somebody who is in now, and what he should know of the time since he was in before."""

    user: User
    token: str
    last_at: datetime | None
    last_address: str | None
    failures_since: int


@dataclass(frozen=True)
class AwaitsCode:
    """Somebody whose password was right; the token proves it to `confirm`, and opens nothing else."""

    token: str


def sign_in(account: str, password: str, address: str, device: str = "") -> SignedIn | AwaitsCode:
    """Let somebody in, ask for a code, or refuse in words that do not tell whether the account exists.

    The try is committed as a failure before the password is looked at, and corrected afterwards: guesses sent side
    by side all see each other, and a crash in between counts as one.
    """
    key = account_key(account)
    user = user_by_account(key)
    before = last_success(key)
    failures = failures_after(before, key)
    attempt = SignIn(account=key, address=address, outcome=_failure(user))
    db.session.add(attempt)
    db.session.commit()

    wait = locked_for(key, address, user)
    if wait:
        attempt.outcome = SignInOutcome.LOCKED
        _trace_failure(attempt, user)
        db.session.commit()
        raise LockedOut(wait)
    if not matches(user.password_hash if user else None, password) or user is None:
        raise _refused(attempt, user)
    if not user.active:
        raise _refused(attempt, user, "账号已停用，请联系管理员")
    if is_outdated(user.password_hash):
        user.password_hash = hashed(password)
    if second_factor_of(user.id):
        return _ask_for_code(user, attempt, device)
    token = _let_in(user, attempt, device)
    return SignedIn(user, token, before.at if before else None, before.address if before else None, failures)


def confirm(token: str, code: str, address: str, device: str = "") -> SignedIn:
    """The second step, by a code of the telephone or of the paper. Wrong ones count towards the same lock as wrong
    passwords, and a right password in between does not start that count anew."""
    row = _awaiting(token)
    if row is None:
        raise Refusal(_EXPIRED)
    user = row.user
    before = last_success(user.account)
    failures = max(0, failures_after(before, user.account) - 1)  # the first step of this very sign-in is none
    attempt = SignIn(account=user.account, address=address, outcome=SignInOutcome.WRONG_CODE)
    db.session.add(attempt)
    db.session.commit()

    wait = locked_for(user.account, address, user)
    if wait:
        attempt.outcome = SignInOutcome.LOCKED
        _trace_failure(attempt, user)
        db.session.commit()
        raise LockedOut(wait)
    _check_code(user, code, attempt)
    _close_first_step(row)
    session_token = _let_in(user, attempt, device)
    return SignedIn(user, session_token, before.at if before else None, before.address if before else None, failures)


def awaits_code(token: str) -> bool:
    return _awaiting(token) is not None


def open_session(user: User, address: str, device: str = "", awaiting_id: int | None = None) -> str:
    """Add a session to the running transaction; answers the token for the cookie, which nobody can read back."""
    token = secrets.token_urlsafe(32)
    kept = {"token_hash": _digest(token), "user_id": user.id, "address": address, "awaiting_id": awaiting_id}
    db.session.add(Session(**kept, device=device[:_DEVICE_LENGTH]))
    return token


def resume(token: str) -> User | None:
    """Whose session this is, if it has not ended; notes that it was used."""
    row = db.session.get(Session, _digest(token), options=[joinedload(Session.user)])
    moment = clock.now()
    if row is None or row.awaiting_id or row.ended_at or not row.user.active or _is_over(row):
        return None
    if moment - row.seen_at >= _SEEN_EVERY:
        _note_seen(row.token_hash, moment)
    row.user.session_token = token
    return row.user


def sign_out(user: User, address: str) -> None:
    """End the session behind the cookie: a copy of the cookie is worth nothing afterwards."""
    end_sessions(user.id, token=user.get_id())
    record_event(EventKind.SIGNED_OUT, Author.of(user, "sign-in"), particulars={"subject": address})
    db.session.commit()


def end_session(user: User, key: str, by: Author) -> bool:
    """End one session by the key that the list of open ones shows; False where it has ended already."""
    row = next((each for each in open_sessions(user.id, *open_since()) if each.key == key), None)
    if row is None:
        return False
    db.session.execute(sa.update(Session).where(Session.token_hash == row.token_hash).values(ended_at=clock.now()))
    particulars = {"subject": f"{user.name}（{user.account}），{row.address} {row.device}".strip()}
    record_event(EventKind.SESSION_ENDED, by, particulars=particulars)
    db.session.commit()
    return True


def open_since() -> tuple[datetime, datetime]:
    """Since when a session must have been used, and been begun, to be still open."""
    idle = timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])
    return clock.now() - idle, clock.now() - timedelta(hours=current_app.config["SESSION_HOURS"])


def idle_seconds() -> int:
    """How long a page may count on being let in again: when a session was used is noted by the minute only."""
    idle = timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])
    return int(max(idle - _SEEN_EVERY, idle / 2).total_seconds())


def key_of(token: str) -> str:
    """By what the list of open sessions names this one."""
    return session_key(_digest(token))


def end_sessions(user_id: int, *, token: str | None = None, except_token: str | None = None) -> None:
    """End one session or all but one, inside the running transaction."""
    ended = sa.update(Session).where(Session.user_id == user_id, Session.ended_at.is_(None))
    if token:
        ended = ended.where(Session.token_hash == _digest(token))
    if except_token:
        ended = ended.where(Session.token_hash != _digest(except_token))
    db.session.execute(ended.values(ended_at=clock.now()))


def owner_of(token: str) -> int | None:
    """Whose session this is or was, ended or not."""
    return db.session.scalar(sa.select(Session.user_id).where(Session.token_hash == _digest(token)))


def record_refused_access(user: User, endpoint: str, method: str) -> None:
    """Somebody knocked where his role ends. The auditor sees it; a busy database does not hide the 403."""
    try:
        record_event(EventKind.ACCESS_REFUSED, Author.of(user), particulars={"subject": f"{method} {endpoint}"})
        db.session.commit()
    except OperationalError:
        db.session.rollback()


def _failure(user: User | None) -> SignInOutcome:
    if user is None:
        return SignInOutcome.UNKNOWN_ACCOUNT
    return SignInOutcome.WRONG_PASSWORD if user.active else SignInOutcome.INACTIVE


def _refused(attempt: SignIn, user: User | None, reason: str = "账号或口令不对") -> Refusal:
    _trace_failure(attempt, user)
    db.session.commit()
    return Refusal(f"{reason}，{after_failure(attempt.account, user)}")


def _trace_failure(attempt: SignIn, user: User | None) -> None:
    by = Author(user.name if user else attempt.account, "sign-in", user.id if user else None, attempt.address)
    particulars = {"subject": attempt.address, "reason": attempt.outcome.label}
    record_event(EventKind.SIGN_IN_FAILED, by, particulars=particulars)


def _ask_for_code(user: User, attempt: SignIn, device: str) -> AwaitsCode:
    attempt.outcome = SignInOutcome.AWAITING_CODE
    token = open_session(user, attempt.address, device, awaiting_id=attempt.id)
    record_event(EventKind.CODE_ASKED, Author.of(user, "sign-in"), particulars={"subject": attempt.address})
    db.session.commit()
    return AwaitsCode(token)


def _awaiting(token: str) -> Session | None:
    """Whose password was right a moment ago."""
    row = db.session.get(Session, _digest(token), options=[joinedload(Session.user)])
    if row is None or not row.awaiting_id or row.ended_at or not row.user.active:
        return None
    return row if clock.now() - row.created_at <= _TIME_FOR_A_CODE else None


def _check_code(user: User, code: str, attempt: SignIn) -> None:
    factor = second_factor_of(user.id)
    if factor is None:
        raise Refusal(_EXPIRED)  # reset by an administrator in these minutes
    if use_code(factor, code):
        return
    if not use_recovery_code(user.id, code):
        raise _refused(attempt, user, "验证码不对或已用过")
    left = recovery_codes_left(user.id)
    record_event(EventKind.RECOVERY_CODE_USED, Author.of(user, "sign-in"), particulars={"subject": f"还剩 {left} 个"})


def _close_first_step(row: Session) -> None:
    """One sign-in, not one and a failure: the try that asked for the code has succeeded, too."""
    db.session.execute(sa.update(SignIn).where(SignIn.id == row.awaiting_id).values(outcome=SignInOutcome.SUCCEEDED))
    row.ended_at = clock.now()


def _let_in(user: User, attempt: SignIn, device: str) -> str:
    token = open_session(user, attempt.address, device)
    attempt.outcome = SignInOutcome.SUCCEEDED
    record_event(EventKind.SIGNED_IN, Author.of(user, "sign-in"), particulars={"subject": attempt.address})
    db.session.commit()
    return token


def _is_over(row: Session) -> bool:
    used_since, begun_since = open_since()
    return row.seen_at < used_since or row.created_at < begun_since


def _note_seen(token_hash: str, moment: datetime) -> None:
    # A page must open while an import holds the write lock, and while the disk is full or read-only.
    with suppress(OperationalError), impatient_connection() as connection:
        connection.execute(sa.update(Session).where(Session.token_hash == token_hash).values(seen_at=moment))
        connection.commit()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
