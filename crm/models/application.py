"""One application of a firm to a programme, with what became of it."""

from datetime import date

from sqlalchemy import ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.types import word
from pipelines.vocabulary import ApplicationKind, ApplicationResult, Title


class Application(Base):
    __tablename__ = "applications"
    __table_args__ = (UniqueConstraint("firm_id", "programme", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    programme: Mapped[Title] = mapped_column(word(Title))
    year: Mapped[int] = mapped_column(index=True)
    kind: Mapped[ApplicationKind] = mapped_column(word(ApplicationKind))
    submitted_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    result: Mapped[ApplicationResult] = mapped_column(word(ApplicationResult))
    expert_score: Mapped[float | None] = mapped_column(Numeric(5, 2, asdecimal=False))
    reason: Mapped[str | None] = mapped_column(String(200))
