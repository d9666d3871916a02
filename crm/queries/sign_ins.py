"""Tries at the door: what the lock-out counts and what a person is shown of the last time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from crm.extensions import db
from crm.models import SignIn, User
from pipelines.vocabulary import SignInOutcome

# A try while locked is kept but not counted: the lock has an end, whoever goes on knocking.
COUNTED = (
    SignInOutcome.WRONG_PASSWORD, SignInOutcome.UNKNOWN_ACCOUNT, SignInOutcome.INACTIVE, SignInOutcome.WRONG_CODE,
)  # fmt: skip


def failures_of_account(account: str, since: datetime, most: int) -> list[datetime]:
    """The newest failures since a moment and since the last success, newest first."""
    last_success = (
        sa.select(sa.func.max(SignIn.id))
        .where(SignIn.account == account, SignIn.at > since, SignIn.outcome == SignInOutcome.SUCCEEDED)
        .scalar_subquery()
    )
    failures = (
        sa.select(SignIn.at)
        .where(SignIn.account == account, SignIn.at > since, SignIn.outcome.in_(COUNTED))
        .where(SignIn.id > sa.func.coalesce(last_success, 0))
        .order_by(SignIn.at.desc())
        .limit(most)
    )
    return list(db.session.scalars(failures))


def failures_from_address(address: str, since: datetime, most: int) -> list[datetime]:
    failures = (
        sa.select(SignIn.at)
        .where(SignIn.address == address, SignIn.at > since, SignIn.outcome.in_(COUNTED))
        .order_by(SignIn.at.desc())
        .limit(most)
    )
    return list(db.session.scalars(failures))


def last_success(account: str) -> SignIn | None:
    return db.session.scalar(
        sa.select(SignIn)
        .where(SignIn.account == account, SignIn.outcome == SignInOutcome.SUCCEEDED)
        .order_by(SignIn.at.desc())
        .limit(1)
    )


def failures_after(success: SignIn | None, account: str) -> int:
    """How often somebody tried in vain since the last time the account's owner was in; at most 100 are counted."""
    tries = sa.select(SignIn.id).where(SignIn.account == account, SignIn.outcome != SignInOutcome.SUCCEEDED)
    if success:
        tries = tries.where(SignIn.at >= success.at, SignIn.id > success.id)
    return db.session.scalar(sa.select(sa.func.count()).select_from(tries.limit(100).subquery())) or 0


def locked_accounts(users: Sequence[User], since: datetime, tries: int) -> set[str]:
    """Which of these people could not come in just now."""
    rows = (
        sa.select(SignIn.account, SignIn.at, SignIn.outcome)
        .where(SignIn.account.in_([user.account for user in users]), SignIn.at > since)
        .where(SignIn.outcome.in_((*COUNTED, SignInOutcome.SUCCEEDED)))
        .order_by(SignIn.id)
    )
    unlocked = {user.account: user.unlocked_at for user in users if user.unlocked_at}
    failures: Counter[str] = Counter()
    for account, at, outcome in db.session.execute(rows):
        if outcome is SignInOutcome.SUCCEEDED:
            failures[account] = 0
        elif account not in unlocked or at > unlocked[account]:
            failures[account] += 1
    return {account for account, times in failures.items() if times >= tries}
