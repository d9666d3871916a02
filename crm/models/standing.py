"""Derived rows, one a firm, that lists and the search read. Recomputing them changes nothing."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.types import Hundredths, Moment, word
from pipelines.vocabulary import Tier

# Every list leaves the archived out or in and then sorts by one of these, or filters by one of those.
_SORTED = (
    "name_pinyin", "founded_on", "next_expiry_on", "sales_revenue", "rd_spend", "rd_ratio", "staff",
    "tech_staff_ratio", "class_one_ip", "class_two_ip", "completeness",
)  # fmt: skip
_FILTERED = ("tier", "township_id", "industry_code", "tech_field_code", "owner_id")


class Standing(Base):
    """What lists sort and filter by. Shares are 0–1; None is not known."""

    __tablename__ = "standings"
    __table_args__ = tuple(
        Index(f"ix_standings_{column}", "is_archived", column, "firm_id") for column in (*_SORTED, *_FILTERED)
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    is_archived: Mapped[bool]
    name_pinyin: Mapped[str] = mapped_column(String(400))
    township_id: Mapped[int | None]
    industry_code: Mapped[str | None] = mapped_column(String(8))
    tech_field_code: Mapped[str | None] = mapped_column(String(8))
    owner_id: Mapped[int | None]
    founded_on: Mapped[date | None]
    tier: Mapped[Tier] = mapped_column(word(Tier))
    next_expiry_on: Mapped[date | None]
    latest_year: Mapped[int | None]
    sales_revenue: Mapped[Decimal | None] = mapped_column(Hundredths)
    rd_spend: Mapped[Decimal | None] = mapped_column(Hundredths)
    rd_ratio: Mapped[float | None]  # of the last three fiscal years
    staff: Mapped[Decimal | None] = mapped_column(Hundredths)
    tech_staff_ratio: Mapped[float | None]
    class_one_ip: Mapped[int]
    class_two_ip: Mapped[int]
    completeness: Mapped[float]
    updated_at: Mapped[datetime] = mapped_column(Moment)


class SearchText(Base):
    """What the search box looks through, folded: names, numbers (code, phones), pinyin (full and initials)."""

    __tablename__ = "search_texts"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    names: Mapped[str] = mapped_column(Text)
    numbers: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
