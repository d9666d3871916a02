"""A colleague named with @ in a note: told on the first page until seen."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment

if TYPE_CHECKING:
    from crm.models.firm import Firm


class Mention(Base):
    """visit_id None: in a follow-up."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_user_id", "user_id", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id"))
    words: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))
    seen_at: Mapped[datetime | None] = mapped_column(Moment)

    firm: Mapped["Firm"] = relationship()
