"""A firm's annual figures as a grid: figures down, years across, each value with where it came from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from crm.models import AnnualFigures
from crm.queries.spoken import spoken_through
from pipelines.facts.growth import growth
from pipelines.facts.sums import share
from pipelines.sheets.columns import FIGURE_COLUMNS, Column, column

YEARS_SHOWN = 6
_MOST_YEARS = 30
FIGURE_FIELDS = tuple(each.field for each in FIGURE_COLUMNS)

Yearly = Mapping[int, AnnualFigures]


@dataclass(frozen=True)
class GridCell:
    year: int
    value: Any
    source: str | None = None


@dataclass(frozen=True)
class GridRow:
    """shown_as is money, people, count or percent; a derived row is computed here and cannot be typed."""

    field: str
    label: str
    unit: str
    shown_as: str
    is_derived: bool
    cells: tuple[GridCell, ...]


@dataclass(frozen=True)
class Grid:
    """earlier: how many years with figures lie before those shown."""

    years: tuple[int, ...]
    groups: tuple[tuple[str, tuple[GridRow, ...]], ...]
    earlier: int
    is_empty: bool


@dataclass(frozen=True)
class _Derived:
    field: str
    label: str
    of: Callable[[Yearly, int], Fraction | None]


def _ratio(part: str, whole: str) -> Callable[[Yearly, int], Fraction | None]:
    def of(figures: Yearly, year: int) -> Fraction | None:
        row = figures.get(year)
        return share(getattr(row, part, None), getattr(row, whole, None))

    return of


def _net_assets_growth(figures: Yearly, year: int) -> Fraction | None:
    return growth({known: row.net_assets for known, row in figures.items()}, year).rate


_GROUPS: tuple[tuple[str, tuple[str | _Derived, ...]], ...] = (
    (
        "收入",
        (
            "sales_revenue", "operating_revenue", "main_business_revenue", "total_income", "non_taxable_income",
            "high_tech_revenue", _Derived("high_tech_ratio", "高品占比", _ratio("high_tech_revenue", "total_income")),
            "main_product_revenue", "cost", "net_profit", "tax_paid",
        ),
    ),
    (
        "研发",
        (
            "rd_spend", _Derived("rd_ratio", "研发费用占比", _ratio("rd_spend", "sales_revenue")), "rd_spend_domestic",
            "rd_spend_accounting", "rd_spend_deduction", "rd_spend_statistics",
        ),
    ),
    ("人员", ("staff", "tech_staff", _Derived("tech_staff_ratio", "科技人员占比", _ratio("tech_staff", "staff")))),
    (
        "资产",
        (
            "total_assets", "total_liabilities", "net_assets",
            _Derived("net_assets_growth", "净资产增长率（近三年）", _net_assets_growth),
        ),
    ),
    ("成果", ("conversions",)),
)  # fmt: skip


def figures_grid(figures: Iterable[AnnualFigures], today: date, years_wanted: str | None = None) -> Grid:
    by_year = {row.year: row for row in figures}
    years = _years(by_year, today, years_wanted)
    groups = tuple((label, tuple(_row(entry, by_year, years) for entry in entries)) for label, entries in _GROUPS)
    return Grid(years, groups, sum(year < years[0] for year in by_year), not by_year)


def _years(by_year: Yearly, today: date, wanted: str | None) -> tuple[int, ...]:
    """The last six fiscal years, last year always among them, and whatever is already known of later ones."""
    last = max([today.year - 1, *(year for year in by_year if year <= today.year)])
    number = int(wanted) if wanted and wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else 0
    return tuple(range(last - min(number or YEARS_SHOWN, _MOST_YEARS) + 1, last + 1))


def _row(entry: str | _Derived, by_year: Yearly, years: tuple[int, ...]) -> GridRow:
    if isinstance(entry, _Derived):
        shares = ((year, entry.of(by_year, year)) for year in years)
        cells = tuple(GridCell(year, None if exact is None else float(exact)) for year, exact in shares)
        return GridRow(entry.field, entry.label, "%", "percent", True, cells)
    of: Column = column(entry, "figures")
    cells = tuple(_cell(by_year.get(year), of.field, year) for year in years)
    return GridRow(of.field, of.title, "" if of.unit == "万元" else of.unit or "", of.cell, False, cells)


def _cell(row: AnnualFigures | None, field: str, year: int) -> GridCell:
    value = getattr(row, field, None)
    source = (row.sources or {}).get(field) if row and value is not None else None
    return GridCell(year, value, spoken_through(source) if source else None)

