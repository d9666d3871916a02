"""Who has a second step at the door, and who must."""

import sqlalchemy as sa

from crm.extensions import db
from crm.models import RecoveryCode, SecondFactor, User
from pipelines.vocabulary import Role


def second_factor_of(user_id: int) -> SecondFactor | None:
    return db.session.get(SecondFactor, user_id)


def is_required(user: User, setting: bool) -> bool:
    """Who lets others in shows more than a password (等保 身份鉴别 d); setting: the demo county does without."""
    return setting and user.role is Role.ADMINISTRATOR


def is_owed(user: User, setting: bool) -> bool:
    return is_required(user, setting) and second_factor_of(user.id) is None


def recovery_codes_left(user_id: int) -> int:
    unused = sa.select(sa.func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0
