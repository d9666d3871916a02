"""The second step at the door: what a person's telephone counts with, and the codes for when it is lost."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class SecondFactor(Base):
    """The secret itself is not kept: it follows from `salt` and the server's secret key, so that a copy of the
    database lets nobody in. `last_step` is the half minute whose code was used last: a code counts once."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    last_step: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class RecoveryCode(Base):
    """One of ten, kept as its argon2 hash; it is found by its number, which stands before it on the paper."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    number: Mapped[int]
    code_hash: Mapped[str] = mapped_column(String(200))
    used_at: Mapped[datetime | None] = mapped_column(Moment)
