"""Tries at the door: what the lock-out counts and what a person is shown of the last time."""

from datetime import datetime

import sqlalchemy as sa

from crm.extensions import db
from crm.models import SignIn
from pipelines.vocabulary import SignInOutcome

# A try while locked is kept but not counted: the lock has an end, whoever goes on knocking.
COUNTED = (SignInOutcome.WRONG_PASSWORD, SignInOutcome.UNKNOWN_ACCOUNT, SignInOutcome.INACTIVE)


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
