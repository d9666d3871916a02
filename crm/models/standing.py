"""Derived rows, one a firm, that lists and the search read. Recomputing them changes nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm.extensions import Base
from crm.models.types import Hundredths, word
from pipelines.vocabulary import FiguresState, FirmStatus, Tier

# What a list filters by. The indexes hold all of it: to find the twenty firms of a page among a million without
# looking into the table costs 65 ns an entry instead of 1,500.
_FILTERED = (
    "is_archived", "township_id", "tier", "industry_code", "tech_field_code", "owner_id", "status", "above_scale",
    "figures", "founded_on", "next_expiry_on", "sales_revenue", "rd_ratio", "class_one_ip", "completeness",
)  # fmt: skip
_SORTED = (
    "name_pinyin", "founded_on", "next_expiry_on", "sales_revenue", "rd_ratio", "class_one_ip", "completeness",
)  # fmt: skip
# One value out of a few. What follows it in the index is what its firms are most often sorted by in vain otherwise:
# the lowest tier holds almost nothing that ends, large firms are the last when sales rise.
_CHOSEN = (
    ("township_id",), ("industry_code",), ("tech_field_code",), ("owner_id",), ("tier", "next_expiry_on"),
)  # fmt: skip


# Few firms are so: the indexes of these hold only them. A database uses such an index for a query that says the same.
def is_put_away(archived: Any) -> sa.ColumnElement[bool]:
    return archived.is_(True)


def is_not_active(status: Any) -> sa.ColumnElement[bool]:
    return status != sa.literal(FirmStatus.ACTIVE, literal_execute=True)


def lacks_last_year(figures: Any) -> sa.ColumnElement[bool]:
    return figures != sa.literal(FiguresState.CURRENT, literal_execute=True)


def is_above_scale(above_scale: Any) -> sa.ColumnElement[bool]:
    return above_scale.is_(True)


class Standing(Base):
    """What lists sort and filter by. Shares are 0–1; None is not known."""

    __tablename__ = "standings"

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
    visit_due_on: Mapped[date | None]  # when a visit is overdue from; None: no cadence covers the firm


def _index(*columns: str, name: str = "", where: Any = None) -> Index:
    leading = (*columns, "firm_id")
    kept = (*leading, *(column for column in _FILTERED if column not in leading))
    partial = {} if where is None else {"sqlite_where": where, "postgresql_where": where}
    return Index(f"ix_standings_{name or columns[0]}", *(Standing.__table__.c[column] for column in kept), **partial)


for _columns in (*((column,) for column in _SORTED), *_CHOSEN):
    _index(*_columns)
Index("ix_standings_owner_id_visit_due_on", Standing.owner_id, Standing.is_archived, Standing.visit_due_on)
Index("ix_standings_visit_due_on", Standing.visit_due_on, Standing.is_archived, Standing.township_id)
_index("is_archived", where=is_put_away(Standing.is_archived))
_index("status", where=is_not_active(Standing.status))
_index("completeness", name="figures", where=lacks_last_year(Standing.figures))
_index("sales_revenue", name="above_scale", where=is_above_scale(Standing.above_scale))


class SearchText(Base):
    """What the search box looks through, folded: names as they are written, and all that is typed in letters and digits
    (pinyin in full and by initials, codes, telephone numbers)."""

    __tablename__ = "search_texts"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    names: Mapped[str] = mapped_column(Text)
    latin: Mapped[str] = mapped_column(Text)
