"""What only people can say about a firm: whether a condition was checked, how many points an expert line gets."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import AnswerKind, Programme


class Answer(Base):
    """Append-only: the newest row of a subject counts, in the year it was answered. value None: taken back.

    subject is the condition or the line of the edition; value is 1 or 0 for a condition, points for a line.
    """

    __tablename__ = "answers"
    __table_args__ = (Index("ix_answers_firm_id_programme", "firm_id", "programme"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    programme: Mapped[Programme] = mapped_column(word(Programme))
    kind: Mapped[AnswerKind] = mapped_column(word(AnswerKind))
    subject: Mapped[str] = mapped_column(String(60))
    value: Mapped[int | None]
    answered_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
