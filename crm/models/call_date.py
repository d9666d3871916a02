"""The day a yearly filing or application really ends, as the office typed it; one that moved is a further row."""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class CallDate(Base):
    """Append-only: the newest of a call and year counts, the others are what it was before. hour: 17:30."""

    __tablename__ = "call_dates"
    __table_args__ = (Index("ix_call_dates_call_id_year", "call_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    closes_on: Mapped[date]
    hour: Mapped[str | None] = mapped_column(String(5))
    notice_number: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))
