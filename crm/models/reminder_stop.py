"""A firm that gets and causes no reminders for a while, or for good."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class ReminderStop(Base):
    """until: the last day of it; None: until somebody lifts it."""

    __tablename__ = "reminder_stops"

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    until: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[str | None] = mapped_column(String(60))
