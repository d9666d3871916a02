"""Two entries of one firm made one, and pairs of which somebody has said that they are two."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class Merge(Base):
    """What it did to which rows stands in RowImages under "merge:<id>", as long as it can be undone.

    The firms are plain numbers: both rows stay, the one that is gone with Firm.merged_into_id.
    """

    __tablename__ = "merges"
    __table_args__ = (Index("ix_merges_kept_id", "kept_id"), Index("ix_merges_gone_id", "gone_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int]
    gone_id: Mapped[int]
    kept_name: Mapped[str] = mapped_column(String(120))
    gone_name: Mapped[str] = mapped_column(String(120))
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str | None] = mapped_column(String(60))


class DistinctPair(Base):
    """Two firms that look alike and are two; first_id is the smaller number."""

    __tablename__ = "distinct_pairs"
    __table_args__ = (UniqueConstraint("first_id", "second_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int]
    second_id: Mapped[int]
    by_name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
