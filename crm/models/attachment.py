"""A file that proves or shows something about a firm."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import AttachedTo, FileKind


class Attachment(Base):
    """about and about_key say what it belongs to: for a checked condition "high_tech/no_serious_violation".

    The content is kept under its hash, outside the database; removed_at hides a file and keeps it.
    """

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_firm_id_about", "firm_id", "about", "about_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    about: Mapped[AttachedTo] = mapped_column(word(AttachedTo))
    about_key: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[FileKind] = mapped_column(word(FileKind))
    size: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
