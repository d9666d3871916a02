"""An R&D institution of a firm (企业研发机构), as one authority recognised it."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.types import Hundredths, Moment, word
from pipelines.vocabulary import InstitutionKind, InstitutionLevel, ReviewResult

_IS_KEPT = text("archived_at IS NULL")


class Institution(Base):
    """One recognition: an institution that rises a level gets a row of its own, for the plan counts each once.

    It stands from approved_on up to withdrawn_on. area: in m². archived_at: entered by mistake, and counted nowhere.
    """

    __tablename__ = "institutions"
    __table_args__ = (
        Index(
            "uq_institutions_recognition", "firm_id", "level", "kind", "approved_on", unique=True,
            sqlite_where=_IS_KEPT, postgresql_where=_IS_KEPT,
        ),
        Index("ix_institutions_approved_on", "approved_on", "level", "firm_id"),
        Index("ix_institutions_review_due_on", "review_due_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[InstitutionLevel] = mapped_column(word(InstitutionLevel))
    kind: Mapped[InstitutionKind] = mapped_column(word(InstitutionKind))
    approved_on: Mapped[date]
    document_number: Mapped[str | None] = mapped_column(String(60))
    builds_from: Mapped[date | None]
    builds_until: Mapped[date | None]
    review_due_on: Mapped[date | None]
    reviewed_on: Mapped[date | None]
    review_result: Mapped[ReviewResult | None] = mapped_column(word(ReviewResult))
    leader: Mapped[str | None] = mapped_column(String(60))
    staff: Mapped[int | None]
    area: Mapped[Decimal | None] = mapped_column(Hundredths)
    equipment: Mapped[Decimal | None] = mapped_column(Hundredths)
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(200))
    archived_at: Mapped[datetime | None] = mapped_column(Moment)
    archived_reason: Mapped[str | None] = mapped_column(String(200))

    def stands(self, on: date) -> bool:
        return (
            self.archived_at is None
            and self.approved_on <= on
            and (self.withdrawn_on is None or on < self.withdrawn_on)
        )
