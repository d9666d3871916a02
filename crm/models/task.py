"""Long work with its progress and its result, so that a page can be left and found again."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import TaskKind, TaskStatus


class Task(Base):
    """How work began and how it ended; what it does in between lies in a file (crm/actions/tasks.py).

    beat_at is the moment of its last start: a second start is won by whoever finds it unchanged.
    """

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(word(TaskKind))
    status: Mapped[TaskStatus] = mapped_column(word(TaskStatus), default=TaskStatus.WAITING)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    message: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    beat_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
