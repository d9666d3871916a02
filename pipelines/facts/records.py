"""What the records hold of a firm, as the rules see it. None is not known."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.vocabulary import (
    ApplicationResult,
    FlagKind,
    IpAcquisition,
    IpKind,
    IpStatus,
    RecognitionEnd,
    Title,
)


@dataclass(frozen=True, slots=True)
class YearFigures:
    """One fiscal year: money in yuan, people as full-year monthly averages (195号 三（五）)."""

    sales_revenue: Decimal | None = None
    operating_revenue: Decimal | None = None
    main_business_revenue: Decimal | None = None
    total_income: Decimal | None = None  # 收入总额: non-taxable income still inside
    non_taxable_income: Decimal | None = None
    high_tech_revenue: Decimal | None = None
    main_product_revenue: Decimal | None = None
    rd_spend: Decimal | None = None
    rd_spend_domestic: Decimal | None = None
    rd_spend_accounting: Decimal | None = None
    rd_spend_deduction: Decimal | None = None
    rd_spend_statistics: Decimal | None = None
    cost: Decimal | None = None
    net_profit: Decimal | None = None
    tax_paid: Decimal | None = None
    total_assets: Decimal | None = None
    total_liabilities: Decimal | None = None
    net_assets: Decimal | None = None
    staff: Decimal | None = None
    tech_staff: Decimal | None = None
    conversions: int | None = None
    # Asked for by some programmes, not in the records yet.
    equity_funding: Decimal | None = None
    full_time_rd_staff: Decimal | None = None
    qualified_rd_staff: Decimal | None = None

    @property
    def net_worth(self) -> Decimal | None:
        """Net assets as reported, or total assets less liabilities."""
        if self.net_assets is None and self.total_assets is not None and self.total_liabilities is not None:
            return self.total_assets - self.total_liabilities
        return self.net_assets

    @property
    def debts(self) -> Decimal | None:
        """Liabilities as reported, or total assets less net assets."""
        if self.total_liabilities is None and self.total_assets is not None and self.net_assets is not None:
            return self.total_assets - self.net_assets
        return self.total_liabilities


@dataclass(frozen=True, slots=True)
class IpItem:
    """used_in_year is the high-tech application that named it, used_outcome what became of that application."""

    kind: IpKind
    status: IpStatus = IpStatus.VALID
    granted_on: date | None = None
    acquired: IpAcquisition | None = None
    used_in_year: int | None = None
    used_outcome: ApplicationResult | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class HeldTitle:
    """A recognition: valid from recognized_on up to valid_until, unless ended_on came first."""

    title: Title
    recognized_on: date
    valid_until: date | None = None
    ended_on: date | None = None
    end_reason: RecognitionEnd | None = None

    def is_valid(self, on: date) -> bool:
        return (
            self.recognized_on <= on
            and (self.valid_until is None or on <= self.valid_until)
            and (self.ended_on is None or on < self.ended_on)
        )


@dataclass(frozen=True, slots=True)
class FlagEntry:
    """An entry of the negative list; lifted_on None means it still stands."""

    kind: FlagKind
    entered_on: date
    lifted_on: date | None = None
