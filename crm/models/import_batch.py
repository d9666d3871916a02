"""One uploaded workbook and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from crm.models.user import User
from pipelines.vocabulary import FiguresSource, ImportKind, ImportStatus


class ImportBatch(Base):
    """counts: RowOutcome → rows; answers: row key → what the officer decided for a row that had a question.

    wishes: sheets left out and columns mapped by hand (see pipelines/sheets/mapping.py). source: of its figures.
    kind is known once the file is read. undone: what the undo came to, {"restored", "removed": firms, "left": [[firm's
    id, name, why], …]}.
    """

    __tablename__ = "import_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    status: Mapped[ImportStatus] = mapped_column(word(ImportStatus))
    plan_digest: Mapped[str | None] = mapped_column(String(64))
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    wishes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    source: Mapped[FiguresSource | None] = mapped_column(word(FiguresSource))
    refusal: Mapped[str | None] = mapped_column(Text)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)

    kind: Mapped[ImportKind | None] = mapped_column(word(ImportKind))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str | None] = mapped_column(String(60))
    undone: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    created_by: Mapped[User | None] = relationship()
