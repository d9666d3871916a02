"""What the office decided about a firm, beside what was computed; it never hides the computed."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import Programme


class Decision(Base):
    """Append-only: the newest of a firm and programme counts, until its day. decided: a verdict, or a colour of the
    three-colour rating; None takes the decision back. until None: until another is made."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_firm_id_programme", "firm_id", "programme"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    programme: Mapped[Programme] = mapped_column(word(Programme))
    decided: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(200))
    until: Mapped[date | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
