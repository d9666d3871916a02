"""Who may come in."""

import sqlalchemy as sa

from crm.extensions import db
from crm.models import User
from pipelines.names import folded
from pipelines.vocabulary import Role

_ACCOUNT_LENGTH = 60


def account_key(typed: str) -> str:
    """An account as it is kept and compared: any width, any case; cut first, since anybody may type a book here."""
    return folded(typed[:_ACCOUNT_LENGTH])[:_ACCOUNT_LENGTH]


def user_by_account(key: str) -> User | None:
    return db.session.scalar(sa.select(User).where(User.account == key))


def find_user(user_id: int) -> User | None:
    return db.session.get(User, user_id)


def active_administrators() -> int:
    """How many people could still let others in."""
    counted = sa.select(sa.func.count()).where(User.role == Role.ADMINISTRATOR, User.active)
    return db.session.scalar(counted) or 0
