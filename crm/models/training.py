"""Trainings (育管服) and which firms came."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class Training(Base):
    """One session, held or planned."""

    __tablename__ = "trainings"

    id: Mapped[int] = mapped_column(primary_key=True)
    held_on: Mapped[date] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(120))
    place: Mapped[str | None] = mapped_column(String(120))
    speaker: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))


class Attendance(Base):
    """A firm was there."""

    __tablename__ = "attendances"
    __table_args__ = (Index("ix_attendances_firm_id", "firm_id"),)

    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id"), primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))
