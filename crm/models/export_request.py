"""A list with many whole telephone numbers that somebody wants to take out: a second person decides."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from crm.models.user import User
from pipelines.vocabulary import ExportRequestStatus


class ExportRequest(Base):
    """arguments: of the task that writes the workbook; count: firms on the day it was asked for."""

    __tablename__ = "export_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(200))
    count: Mapped[int]
    status: Mapped[ExportRequestStatus] = mapped_column(word(ExportRequestStatus), default=ExportRequestStatus.WAITING)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str | None] = mapped_column(String(200))
    task_id: Mapped[int | None]

    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
