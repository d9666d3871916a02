"""Who is told what by mail, and what became of it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from crm.models.user import User
from pipelines.vocabulary import ReminderKind, ReminderStatus


class Reminder(Base):
    """One matter told to one person. key: planned once, whoever plans how often.

    A mail holds every reminder of a person that is pending when it goes out; mail names them together and message_id is
    made from their keys, so that a mail sent again after a crash bears the same one. next_try_at: when it is to be
    looked at; for one that is being sent, when whoever claimed it must have died. is_doubtful: it may have gone out
    twice, since a crash or a lost connection left no proof of the first.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        Index("ix_reminders_status_next_try_at", "status", "next_try_at"),
        Index("ix_reminders_user_id_planned_on", "user_id", "planned_on"),
        Index("ix_reminders_mail", "mail"),
        Index("ix_reminders_matter_on", "matter_on", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[ReminderKind] = mapped_column(word(ReminderKind))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    planned_on: Mapped[date]
    matter_on: Mapped[date]
    words: Mapped[str] = mapped_column(String(300))
    path: Mapped[str] = mapped_column(String(200))
    status: Mapped[ReminderStatus] = mapped_column(word(ReminderStatus), default=ReminderStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    mail: Mapped[str | None] = mapped_column(String(32))
    message_id: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(120))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str | None] = mapped_column(String(300))
    is_doubtful: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship()


class Heartbeat(Base):
    """When a process last said that it lives. holder: the one that works; a second idles until it is silent."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    holder: Mapped[str | None] = mapped_column(String(40))
