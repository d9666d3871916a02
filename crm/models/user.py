"""People who may come in, every try to come in, and who is in now."""

from datetime import datetime
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from flask_login import UserMixin
from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import Role, SignInOutcome

if TYPE_CHECKING:
    from crm.models.place import Township


class User(UserMixin, Base):
    """`account` is what is typed at the door; mail is optional, since township staff often have none.

    `township_id` is the area of a township officer: what lies in it and below it, and nothing else.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(120), unique=True)
    role: Mapped[Role] = mapped_column(word(Role))
    township_id: Mapped[int | None] = mapped_column(ForeignKey("townships.id"))
    password_hash: Mapped[str] = mapped_column(String(200))
    password_changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    # Failures before this moment no longer count towards the lock: set by an administrator's unlock.
    unlocked_at: Mapped[datetime | None] = mapped_column(Moment)
    # Of the private address of the calendar: a new key makes an address that was given out worthless.
    calendar_key: Mapped[str] = mapped_column(String(32), default=lambda: token_urlsafe(16))
    # Kinds of reminders that are not wanted, where their rule allows it.
    muted_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    # When an administrator had seen enough of the first steps.
    first_steps_hidden_at: Mapped[datetime | None] = mapped_column(Moment)

    township: Mapped["Township | None"] = relationship()

    # What Flask-Login keeps in the cookie: the session's own random token, not the user's number.
    session_token = None  # type: str | None

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        if self.session_token is None:
            raise LookupError("this user has not come in through the door")
        return self.session_token


class SignIn(Base):
    """One try at the door. Lock-out counts these rows, so it survives a restart."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        Index("ix_sign_ins_account_at", "account", "at"),
        Index("ix_sign_ins_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    account: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[SignInOutcome] = mapped_column(word(SignInOutcome))


class Session(Base):
    """Who is in: the SHA-256 of the token in the cookie, and when it ends (idle and absolute).

    With `awaiting_id`, the try at the door whose code is still owed, nobody is in yet.
    """

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(String(60))
    device: Mapped[str] = mapped_column(String(200), default="")
    awaiting_id: Mapped[int | None] = mapped_column(ForeignKey("sign_ins.id", ondelete="CASCADE"))

    user: Mapped[User] = relationship()
