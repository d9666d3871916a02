"""What the county plan wants of a year, township by township where it was shared out, and figures typed in for it."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Hundredths, Moment, word
from pipelines.vocabulary import Measure


class Target(Base):
    """code is the same every year: by it a year finds the one before. counts None: its figures are typed in by hand.

    is_headline: one of the plan's “12345”; else one of the section's own.
    """

    __tablename__ = "targets"
    __table_args__ = (UniqueConstraint("year", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(10))
    value: Mapped[Decimal] = mapped_column(Hundredths)
    counts: Mapped[Measure | None] = mapped_column(word(Measure))
    is_headline: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    source: Mapped[str | None] = mapped_column(String(120))

    shares: Mapped[list["TargetShare"]] = relationship(order_by="TargetShare.township_id", cascade="all, delete-orphan")


class TargetShare(Base):
    """What of a target one township is to bring."""

    __tablename__ = "target_shares"

    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"), primary_key=True)
    township_id: Mapped[int] = mapped_column(ForeignKey("townships.id"), primary_key=True)
    value: Mapped[Decimal] = mapped_column(Hundredths)


class TargetActual(Base):
    """Append-only: how far a target that is not counted in the records was on a day; of one day the newest counts."""

    __tablename__ = "target_actuals"
    __table_args__ = (Index("ix_target_actuals_code_reached_on", "code", "reached_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    reached_on: Mapped[date]
    value: Mapped[Decimal] = mapped_column(Hundredths)
    source: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))
