"""The two small facts that every page shows; each is one look-up by an index."""

from datetime import datetime

from sqlalchemy import select

from crm.extensions import db
from crm.models import Firm, SignIn
from pipelines.vocabulary import SignInOutcome


def is_demo_county() -> bool:
    """Whether invented firms are about: a demo county comes into an empty database and no firm is ever deleted,
    so the oldest firm tells."""
    return bool(db.session.scalar(select(Firm.is_demo).order_by(Firm.id).limit(1)))


def previous_sign_in(account: str) -> datetime | None:
    """When somebody came in before this time."""
    came_in = select(SignIn.at).where(SignIn.account == account, SignIn.outcome == SignInOutcome.SUCCEEDED)
    return db.session.scalar(came_in.order_by(SignIn.at.desc()).offset(1).limit(1))
