"""Annual figures as rows: what the firms report of their books, with the ledger's gaps."""

from decimal import Decimal
from typing import Any

import numpy as np

from seeds.days import dates
from seeds.draws import Chance, Flags, Floats, Ints
from seeds.figures import Books
from seeds.gaps import SHOWN_YEARS, Reporting, blank, not_closed_yet
from seeds.population import Population

_MONEY = (
    "sales_revenue", "operating_revenue", "main_business_revenue", "total_income", "non_taxable_income",
    "high_tech_revenue", "main_product_revenue", "rd_spend", "rd_spend_domestic", "rd_spend_accounting",
    "rd_spend_deduction", "rd_spend_statistics", "cost", "net_profit", "tax_paid", "total_assets",
    "total_liabilities", "net_assets",
)  # fmt: skip
FIGURE_FIELDS = ("firm_id", "year", *_MONEY, "staff", "tech_staff", "conversions", "reported_on")

# How often a field is empty (before the firm's care), and whether an application asks for it.
_BLANKS = {
    "sales_revenue": (0.015, True), "operating_revenue": (0.10, False), "main_business_revenue": (0.22, False),
    "total_income": (0.12, True), "non_taxable_income": (0.55, False), "high_tech_revenue": (0.34, True),
    "main_product_revenue": (0.45, True), "rd_spend": (0.08, True), "rd_spend_domestic": (0.30, True),
    "rd_spend_accounting": (0.12, False), "rd_spend_deduction": (0.10, False), "rd_spend_statistics": (0.05, False),
    "cost": (0.15, False), "net_profit": (0.12, False), "tax_paid": (0.14, False), "total_assets": (0.10, True),
    "staff": (0.04, True), "tech_staff": (0.16, True), "conversions": (0.40, True),
}  # fmt: skip
_INCOME = (
    "sales_revenue", "operating_revenue", "main_business_revenue", "total_income", "high_tech_revenue",
    "main_product_revenue",
)  # fmt: skip
_PEOPLE = ("staff", "tech_staff")
_BALANCE = ("total_liabilities", "net_assets")
_STEP = 100  # yuan; so that 万元 with two decimals says all


def figure_rows(firms: Population, books: Books, reporting: Reporting) -> list[tuple[Any, ...]]:
    values = _reported(firms, books)
    missing = _missing(firms, books, reporting, values)
    _spoil(firms, reporting, values)
    firm, year = np.nonzero(reporting.shown)
    columns: list[list[Any]] = [firms.numbers[firm].tolist(), reporting.years[year].tolist()]
    for field in FIGURE_FIELDS[2:-1]:
        column = values[field][firm, year].astype(object)
        if field in _PEOPLE:
            column = np.array([Decimal(hundredths) / 100 for hundredths in column.tolist()], dtype=object)
        column[missing[field][firm, year]] = None
        columns.append(column.tolist())
    columns.append(dates(reporting.reported[firm, year]))
    return list(zip(*columns, strict=True))


def _reported(firms: Population, books: Books) -> dict[str, Ints]:
    """Money in whole yuan, people in hundredths; what belongs together adds up."""
    chance = firms.setting.chance("report")
    sales = _shown(books.sales)
    shape = sales.shape
    income = sales * (1 + chance.exponential(0.012, shape))
    high_tech = income * _shown(books.high_tech_share)
    assets = _shown(books.assets)
    other = np.where(chance.random_sample(shape) < 0.85, 0.0, 0.01 * chance.standard_normal(shape))
    untaxed = np.where(chance.random_sample(shape) < 0.8, 0.0, chance.exponential(0.004, shape))
    margin = 0.19 + 0.06 * chance.standard_normal(shape[0])[:, None] + 0.02 * chance.standard_normal(shape)
    profit = 0.05 + 0.012 * firms.quality[:, None] + 0.05 * chance.standard_normal(shape)
    money = {
        "sales_revenue": sales,
        "operating_revenue": sales * (1 + other),
        "main_business_revenue": sales * (1 - np.minimum(chance.exponential(0.03, shape), 0.4)),
        "total_income": income,
        "non_taxable_income": sales * untaxed,
        "high_tech_revenue": high_tech,
        "main_product_revenue": high_tech * (0.52 + 0.43 * chance.random_sample(shape)),
        **_research(chance, _shown(books.rd)),
        "cost": sales * (1 - np.clip(margin, 0.02, 0.6)),
        "net_profit": sales * profit,
        "tax_paid": sales * 0.034 * np.exp(0.4 * chance.standard_normal(shape)),
        "total_assets": assets,
        "total_liabilities": assets * _shown(books.debt_share),
    }
    values = {field: (np.round(amount / _STEP) * _STEP).astype(np.int64) for field, amount in money.items()}
    values["net_assets"] = values["total_assets"] - values["total_liabilities"]
    staff = _shown(books.staff) * 100
    values["staff"] = np.round(staff).astype(np.int64)
    values["tech_staff"] = np.round(staff * _shown(books.tech_share)).astype(np.int64)
    values["conversions"] = _shown(books.conversions)
    return values


def _shown(lived: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The last fiscal years of those that were lived through."""
    return lived[:, -SHOWN_YEARS:]


def _research(chance: Chance, rd: Floats) -> dict[str, Floats]:
    """Expect 统计/会计 ≥ 高企 ≥ 加计扣除 (POLICY §1.6); a few firms have them the other way round."""
    shape = rd.shape
    odd = chance.random_sample(shape) < 0.03
    accounting = rd * np.where(odd, 0.96, 1.0 + chance.exponential(0.05, shape))
    habit = 0.84 + 0.12 * chance.standard_normal(shape[0])[:, None]
    covered = np.clip(habit + 0.04 * chance.standard_normal(shape), 0.2, 1.0)
    abroad = np.where(chance.random_sample(shape[0]) < 0.03, chance.random_sample(shape[0]) * 0.5, 0.0)
    return {
        "rd_spend": rd,
        "rd_spend_domestic": rd * (1 - abroad[:, None]),
        "rd_spend_accounting": accounting,
        "rd_spend_deduction": rd * np.where(odd, 1.04, covered),
        "rd_spend_statistics": accounting * (1 + chance.exponential(0.03, shape)),
    }


def _missing(firms: Population, books: Books, reporting: Reporting, values: dict[str, Ints]) -> dict[str, Flags]:
    chance = firms.setting.chance("blanks")
    missing = {field: blank(reporting, chance, share, core) for field, (share, core) in _BLANKS.items()}
    claims = chance.random_sample(firms.size) < np.where(firms.aspires_from < 9999, 0.88, 0.38)
    missing["rd_spend_deduction"] |= ~claims[:, None] | not_closed_yet(firms, reporting, 5, 31)
    missing["rd_spend_statistics"] |= values["sales_revenue"] < 20_000_000  # only firms above scale are asked
    unclosed = not_closed_yet(firms, reporting, 4, 30) & (chance.random_sample(reporting.shown.shape) < 0.6)
    missing["total_assets"] |= unclosed & ~reporting.filed
    missing |= dict.fromkeys(_BALANCE, missing["total_assets"])
    return missing


def _spoil(firms: Population, reporting: Reporting, values: dict[str, Ints]) -> None:
    """Zeros typed for "not known", shells without sales, and years in which 万元 were typed as yuan."""
    chance = firms.setting.chance("slips")
    shape = reporting.shown.shape
    careless = ~reporting.filed & (chance.random_sample(shape) < 0.02 * reporting.care[:, None])
    values["rd_spend"][careless] = 0
    values["rd_spend_domestic"][careless] = 0
    shell = ~reporting.filed & (chance.random_sample(firms.size) < 0.003)[:, None]
    for field in _INCOME:
        values[field][shell] = 0
    slip = ~reporting.filed & (chance.random_sample(shape) < 0.0015)
    slip[:, -1] = False  # the last year has been looked over already
    for field in _MONEY:
        values[field][slip] //= 10_000
    values["net_assets"] = values["total_assets"] - values["total_liabilities"]
