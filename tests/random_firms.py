"""Firms out of a seeded lottery, with values that fall on, just under and just over what rules ask for."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from pipelines.facts import FirmFacts, FlagEntry, HeldTitle, IpItem, YearFigures
from pipelines.vocabulary import FlagKind, IpAcquisition, IpKind, IpStatus, LevyMode, Title

_CODES = ("C3562", "C2651", "I6513", "F5181", "M7320", "3911")
_RECORDED = {
    "standards": (0, 2),
    "high_value_class_one_ip": (0, 1),
    "srdi_score": (40, 80),
    "srdi_little_giant_score": (40, 80),
    "missed_reports": (0, 3),
    "late_duties": (0, 2),
    "missed_duties": (0, 1),
    "niche_years": (1, 5),
}
_TRUTHS = (
    "strategic_industry", "has_rd_institution", "has_provincial_rd_institution", "has_city_rd_centre",
    "change_unreported", "has_reapplied",
)  # fmt: skip


def a_random_firm(random: Random, *, gaps: float = 0.1) -> FirmFacts:
    """gaps: the share of figures that nobody knows."""
    as_of = date(2025, 1, 1) + timedelta(days=random.randrange(365))
    size = Decimal(10) ** random.randint(5, 8)
    years = {year: _figures(random, size, gaps) for year in range(as_of.year - 3, as_of.year)}
    return FirmFacts(
        as_of=as_of,
        annual=years,
        founded_on=_or_gap(random, gaps, as_of - timedelta(days=random.choice((364, 365, 366, 700, 1000, 4000)))),
        uscc=_or_gap(random, gaps, "91330421MA28A1B21J"),
        levy_mode=_or_gap(random, gaps, random.choice(list(LevyMode))),
        industry_code=_or_gap(random, gaps, random.choice(_CODES)),
        tech_field_code=_or_gap(random, gaps, "8.4"),
        ip=_or_gap(random, gaps, _ip(random, as_of)),
        recognitions=_or_gap(random, gaps, _titles(random, as_of)),
        flags=_or_gap(random, gaps, _flags(random, as_of)),
        stated=_stated(random, gaps),
    )


def _or_gap(random: Random, gaps: float, value: Any) -> Any:
    return None if random.random() < gaps else value


def _figures(random: Random, size: Decimal, gaps: float) -> YearFigures:
    sales = (size * random.randint(0, 999) / 100).quantize(Decimal("0.01"))
    staff = Decimal(random.randint(1, 60000)) / 100
    parts = {
        "sales_revenue": sales,
        "operating_revenue": sales,
        "main_business_revenue": _part(random, sales, 40, 100),
        "total_income": sales * 11 / 10,
        "non_taxable_income": _part(random, sales, 0, 10),
        "high_tech_revenue": _part(random, sales, 40, 100),
        "main_product_revenue": _part(random, sales, 20, 60),
        "rd_spend": _part(random, sales, 1, 9),
        "rd_spend_domestic": _part(random, sales, 1, 6),
        "rd_spend_accounting": _part(random, sales, 1, 9),
        "rd_spend_deduction": _part(random, sales, 0, 9),
        "cost": _part(random, sales, 60, 110),
        "total_assets": _part(random, sales, 50, 300),
        "net_assets": _part(random, sales, -20, 150),
        "equity_funding": _part(random, sales, 0, 80),
        "staff": staff,
        "tech_staff": _part(random, staff, 5, 40),
        "full_time_rd_staff": _part(random, staff, 3, 60),
        "qualified_rd_staff": _part(random, staff, 2, 40),
    }
    known = {name: _or_gap(random, gaps, value.quantize(Decimal("0.01"))) for name, value in parts.items()}
    return YearFigures(**known, conversions=_or_gap(random, gaps, random.randint(0, 6)))


def _part(random: Random, whole: Decimal, least: int, most: int) -> Decimal:
    """A whole percentage now and then gives a share that lies exactly on its threshold."""
    return (whole * random.randint(least, most) / 100).quantize(Decimal("0.01"))


def _ip(random: Random, as_of: date) -> tuple[IpItem, ...]:
    return tuple(
        IpItem(
            kind=random.choice(list(IpKind)),
            status=random.choice([IpStatus.VALID, IpStatus.VALID, IpStatus.PENDING, IpStatus.LAPSED]),
            granted_on=as_of - timedelta(days=random.randint(-30, 2000)),
            acquired=random.choice([*IpAcquisition, None]),
            used_in_year=random.choice([None, None, as_of.year - 3]),
        )
        for _ in range(random.randint(0, 9))
    )


def _titles(random: Random, as_of: date) -> tuple[HeldTitle, ...]:
    titles = random.sample(list(Title), random.randint(0, 3))
    begun = as_of - timedelta(days=random.randint(1, 1500))
    return tuple(HeldTitle(title, begun, begun + timedelta(days=3 * 365)) for title in titles)


def _flags(random: Random, as_of: date) -> tuple[FlagEntry, ...]:
    if random.random() < 0.9:
        return ()
    return (FlagEntry(random.choice(list(FlagKind)), as_of - timedelta(days=random.choice((10, 365, 366, 900)))),)


def _stated(random: Random, gaps: float) -> dict[str, object]:
    numbers = {name: random.randint(*span) for name, span in _RECORDED.items()}
    truths = {name: random.random() < 0.5 for name in _TRUTHS}
    return {name: value for name, value in (numbers | truths).items() if random.random() >= gaps}
