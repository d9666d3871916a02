"""A title a firm was given, with its number, batch and validity."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.types import word
from pipelines.vocabulary import RecognitionEnd, Title


class Recognition(Base):
    """Valid from recognized_on up to valid_until (None: no fixed term), unless ended_on came first."""

    __tablename__ = "recognitions"
    __table_args__ = (UniqueConstraint("firm_id", "title", "recognized_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    title: Mapped[Title] = mapped_column(word(Title))
    certificate_no: Mapped[str | None] = mapped_column(String(40), index=True)
    batch: Mapped[str | None] = mapped_column(String(60))
    recognized_on: Mapped[date]
    valid_until: Mapped[date | None]
    is_renewal: Mapped[bool] = mapped_column(default=False)
    ended_on: Mapped[date | None]
    end_reason: Mapped[RecognitionEnd | None] = mapped_column(word(RecognitionEnd))

    def is_valid(self, on: date) -> bool:
        return (
            self.recognized_on <= on
            and (self.valid_until is None or on <= self.valid_until)
            and (self.ended_on is None or on < self.ended_on)
        )
