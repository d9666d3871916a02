"""Tags that the office gives to firms, in its own words."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class Tag(Base):
    """archived_at: no longer given; firms that have it keep it."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), unique=True)
    archived_at: Mapped[datetime | None] = mapped_column(Moment)


class FirmTag(Base):
    __tablename__ = "firm_tags"
    __table_args__ = (UniqueConstraint("firm_id", "tag_id"), Index("ix_firm_tags_tag_id", "tag_id", "firm_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"))
    since: Mapped[date] = mapped_column(default=clock.today)
