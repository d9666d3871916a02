"""One deed on many firms at a time, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import BulkKind


class BulkDeed(Base):
    """What it did to which rows stands in RowImages under "bulk:<id>", as long as it can be undone.

    subject: the new owner, the tag, the reason, in words; asked: the list it was done to, as an address; found: how
    many firms that were. unchanged, and left_as_is by the undo: [firm, name, why], the first of them.
    """

    __tablename__ = "bulk_deeds"
    __table_args__ = (Index("ix_bulk_deeds_by_id", "by_id", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BulkKind] = mapped_column(word(BulkKind))
    subject: Mapped[str] = mapped_column(String(200))
    asked: Mapped[dict[str, str]] = mapped_column(JSON)
    found: Mapped[int]
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[list[Any]] = mapped_column(JSON, default=list)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str | None] = mapped_column(String(60))
    restored: Mapped[int | None]
    left_as_is: Mapped[list[Any] | None] = mapped_column(JSON)

    @property
    def deed(self) -> str:
        return f"bulk:{self.id}"
