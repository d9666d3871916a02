"""What a firm reported for one fiscal year."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Hundredths, Moment


class AnnualFigures(Base):
    """Money in yuan, people as full-year monthly averages (195号 三（五）). None is not known, 0 is zero.

    The four research figures are kept apart: one never overwrites another (POLICY: they answer to four documents).
    """

    __tablename__ = "annual_figures"
    # One year of every firm is looked through for a figure: the index holds all that can be asked for.
    __table_args__ = (
        UniqueConstraint("firm_id", "year"),
        Index(
            "ix_annual_figures_year", "year", "firm_id", "sales_revenue", "operating_revenue", "total_income",
            "high_tech_revenue", "rd_spend", "net_profit", "tax_paid", "total_assets", "staff", "tech_staff",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"))
    year: Mapped[int]
    sales_revenue: Mapped[Decimal | None] = mapped_column(Hundredths)
    operating_revenue: Mapped[Decimal | None] = mapped_column(Hundredths)
    main_business_revenue: Mapped[Decimal | None] = mapped_column(Hundredths)
    total_income: Mapped[Decimal | None] = mapped_column(Hundredths)
    non_taxable_income: Mapped[Decimal | None] = mapped_column(Hundredths)
    high_tech_revenue: Mapped[Decimal | None] = mapped_column(Hundredths)
    main_product_revenue: Mapped[Decimal | None] = mapped_column(Hundredths)
    rd_spend: Mapped[Decimal | None] = mapped_column(Hundredths)  # as 195号 三（六） collects it
    rd_spend_domestic: Mapped[Decimal | None] = mapped_column(Hundredths)
    rd_spend_accounting: Mapped[Decimal | None] = mapped_column(Hundredths)
    rd_spend_deduction: Mapped[Decimal | None] = mapped_column(Hundredths)
    rd_spend_statistics: Mapped[Decimal | None] = mapped_column(Hundredths)
    cost: Mapped[Decimal | None] = mapped_column(Hundredths)
    net_profit: Mapped[Decimal | None] = mapped_column(Hundredths)
    tax_paid: Mapped[Decimal | None] = mapped_column(Hundredths)
    total_assets: Mapped[Decimal | None] = mapped_column(Hundredths)
    total_liabilities: Mapped[Decimal | None] = mapped_column(Hundredths)
    net_assets: Mapped[Decimal | None] = mapped_column(Hundredths)
    staff: Mapped[Decimal | None] = mapped_column(Hundredths)
    tech_staff: Mapped[Decimal | None] = mapped_column(Hundredths)
    conversions: Mapped[int | None]
    # field → where its value came from: "form", "import:12"; "*" stands for every field not named
    sources: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reported_on: Mapped[date | None]
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
