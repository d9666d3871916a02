"""What the office decided about its reminders; a decision that changed is a further row."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class ReminderSetting(Base):
    """Append-only: the newest about a thing counts, the others are what it was before.

    about: kind:application_deadline, the rule of a kind; call:annual_report:2026, whom that year's call concerns;
    offsets:little_giant, how many days before that call is told in every year.
    """

    __tablename__ = "reminder_settings"
    __table_args__ = (Index("ix_reminder_settings_about", "about"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(80))
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))
