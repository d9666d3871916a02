"""What officers think of a firm's place in the order. Never a label: only official results train a model."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import FeedbackReason, FeedbackVerdict


class Feedback(Base):
    """Append-only; the newest of a firm counts. scoring_id: which numbers the person had before him."""

    __tablename__ = "feedbacks"
    __table_args__ = (Index("ix_feedbacks_firm_id", "firm_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    scoring_id: Mapped[int] = mapped_column(ForeignKey("scorings.id"))
    verdict: Mapped[FeedbackVerdict] = mapped_column(word(FeedbackVerdict))
    reason: Mapped[FeedbackReason | None] = mapped_column(word(FeedbackReason))
    note: Mapped[str | None] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
