"""Derived rows, one a firm, that lists and the search read. Recomputing them changes nothing."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.types import Hundredths, word
from pipelines.vocabulary import FiguresState, FirmStatus, Tier

# What a list filters by. The indexes that lists are walked along hold all of it: to find the twenty firms of a page
# among a million without looking into the table costs 65 ns an entry instead of 1,500.
_FILTERED = (
    "township_id", "tier", "industry_code", "tech_field_code", "owner_id", "status", "figures", "founded_on",
    "next_expiry_on", "sales_revenue", "rd_ratio", "class_one_ip", "completeness",
)  # fmt: skip
_SORTED = (
    "name_pinyin", "founded_on", "next_expiry_on", "sales_revenue", "rd_ratio", "class_one_ip", "completeness",
)  # fmt: skip
# What picks one value of a few: counted and gathered by these; with one another, without a look into the table too.
_CHOSEN = ("township_id", "industry_code", "tech_field_code", "owner_id", "tier")
# Firms of one tier are mostly asked for by what ends next; the lowest tier holds almost nothing that ends.
_COMPANION = {"tier": ("next_expiry_on",)}


def _index(column: str, covered: tuple[str, ...]) -> Index:
    leading = ("is_archived", column, *_COMPANION.get(column, ()), "firm_id")
    return Index(f"ix_standings_{column}", *leading, *(each for each in covered if each not in leading))


class Standing(Base):
    """What lists sort and filter by. Shares are 0–1; None is not known."""

    __tablename__ = "standings"
    __table_args__ = (
        *(_index(column, _FILTERED) for column in _SORTED),
        *(_index(column, _CHOSEN) for column in _CHOSEN),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    is_archived: Mapped[bool]
    status: Mapped[FirmStatus] = mapped_column(word(FirmStatus))
    name_pinyin: Mapped[str] = mapped_column(String(400))
    township_id: Mapped[int | None]
    industry_code: Mapped[str | None] = mapped_column(String(8))
    tech_field_code: Mapped[str | None] = mapped_column(String(8))
    owner_id: Mapped[int | None]
    above_scale: Mapped[bool | None]
    founded_on: Mapped[date | None]
    tier: Mapped[Tier] = mapped_column(word(Tier))
    next_expiry_on: Mapped[date | None]
    figures: Mapped[FiguresState] = mapped_column(word(FiguresState))
    latest_year: Mapped[int | None]  # the last full year whose sales are known; the figures below are of that year
    sales_revenue: Mapped[Decimal | None] = mapped_column(Hundredths)
    rd_spend: Mapped[Decimal | None] = mapped_column(Hundredths)
    rd_ratio: Mapped[float | None]  # of the last three fiscal years
    staff: Mapped[Decimal | None] = mapped_column(Hundredths)
    tech_staff_ratio: Mapped[float | None]
    class_one_ip: Mapped[int]
    class_two_ip: Mapped[int]
    completeness: Mapped[float]


class SearchText(Base):
    """What the search box looks through, folded: names, numbers (code, phones), pinyin (full and initials)."""

    __tablename__ = "search_texts"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    names: Mapped[str] = mapped_column(Text)
    numbers: Mapped[str] = mapped_column(Text)
    pinyin: Mapped[str] = mapped_column(Text)
