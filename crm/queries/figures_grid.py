"""A firm's annual figures as a grid: figures down, years across, each value with where it came from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm.models import AnnualFigures, Firm
from crm.queries.figure_sources import spoken_sources
from crm.queries.trend import trend
from pipelines.facts import FirmFacts, YearFigures
from pipelines.facts.doubts import Contradiction, contradictions, research_contradictions
from pipelines.facts.growth import growth
from pipelines.facts.ratio import Ratio, Share
from pipelines.sheets.columns import FIGURE_COLUMNS, Column, column

YEARS_SHOWN = 6
MOST_YEARS = 30
_KEPT_AS = {"net_worth": "net_assets"}
FIGURE_FIELDS = tuple(each.field for each in FIGURE_COLUMNS)

Yearly = Mapping[int, AnnualFigures]
Marks = Mapping[tuple[str, int], tuple[str, ...]]


@dataclass(frozen=True)
class GridCell:
    """doubts: why the value does not go together with others of its year."""

    year: int
    value: Any
    source: str | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class GridRow:
    """shown_as is money, people, count or percent; a derived row is computed here and cannot be typed."""

    field: str
    label: str
    unit: str
    shown_as: str
    is_derived: bool
    cells: tuple[GridCell, ...]

    @property
    def trend(self) -> tuple[str, ...]:
        return trend([cell.value for cell in self.cells])

    @property
    def ends(self) -> tuple[GridCell, ...]:
        """The first and the last cell of the trend, for who cannot see it drawn."""
        known = [cell for cell in self.cells if cell.value is not None]
        return (known[0], known[-1]) if self.trend else ()


@dataclass(frozen=True)
class Grid:
    """earlier: how many years with figures lie before those shown. doubts: figures that contradict one another."""

    years: tuple[int, ...]
    groups: tuple[tuple[str, tuple[GridRow, ...]], ...]
    earlier: int
    is_empty: bool
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class _Derived:
    field: str
    label: str
    of: Callable[[FirmFacts], float | None]


def _shown(share: Share) -> float | None:
    return float(share.fraction) if isinstance(share, Ratio) else None


def _high_tech_ratio(facts: FirmFacts) -> float | None:
    """Where non-taxable income is not known, the share of the gross income: the true one is no smaller."""
    exact = _shown(facts.high_tech_ratio)
    return _shown(facts.high_tech_ratio_of_gross) if exact is None else exact


def _net_assets_growth(facts: FirmFacts) -> float | None:
    rate = growth(facts.yearly("net_assets"), facts.last_year, facts.first_year).rate
    return None if rate is None else float(rate)


_GROUPS: tuple[tuple[str, tuple[str | _Derived, ...]], ...] = (
    (
        "收入",
        (
            "sales_revenue", "operating_revenue", "main_business_revenue", "total_income", "non_taxable_income",
            "high_tech_revenue", _Derived("high_tech_ratio", "高品占比", _high_tech_ratio),
            "main_product_revenue", "cost", "net_profit", "tax_paid",
        ),
    ),
    (
        "研发",
        (
            "rd_spend", _Derived("rd_ratio", "研发费用占比", lambda facts: _shown(facts.rd_ratio)), "rd_spend_domestic",
            "rd_spend_accounting", "rd_spend_deduction", "rd_spend_statistics",
        ),
    ),
    (
        "人员",
        (
            "staff",
            "tech_staff",
            _Derived("tech_staff_ratio", "科技人员占比", lambda facts: _shown(facts.tech_staff_ratio)),
        ),
    ),
    (
        "资产",
        (
            "total_assets", "total_liabilities", "net_assets",
            _Derived("net_assets_growth", "净资产增长率（近三年）", _net_assets_growth),
        ),
    ),
    ("成果", ("conversions",)),
)  # fmt: skip


def figures_grid(firm: Firm, today: date, args: Mapping[str, str] | None = None) -> Grid:
    """args may hold years (how many) or year (that one alone); what makes no sense is passed over."""
    by_year = {row.year: row for row in firm.annual_figures}
    years = _years(by_year, today, args or {})
    annual = {year: _year_figures(row) for year, row in by_year.items()}
    facts = {year: FirmFacts(date(year + 1, 1, 1), annual, founded_on=firm.founded_on) for year in years}
    shown = FirmFacts(today, {year: row for year, row in annual.items() if year in years})
    found = (*contradictions(shown), *research_contradictions(shown))
    marks = _marks(found)
    doors = spoken_sources({door for row in by_year.values() for door in row.sources.values()})
    groups = tuple(
        (label, tuple(_row(each, by_year, facts, marks, doors) for each in entries)) for label, entries in _GROUPS
    )
    return Grid(years, groups, sum(year < years[0] for year in by_year), not by_year, tuple(map(str, found)))


def _marks(found: Iterable[Contradiction]) -> Marks:
    """Which cells a contradiction speaks of; what is read in another way (净资产) is marked where it is kept."""
    marks: dict[tuple[str, int], tuple[str, ...]] = {}
    for each in found:
        for field in each.fields:
            key = (_KEPT_AS.get(field, field), each.year)
            marks[key] = (*marks.get(key, ()), each.sentence)
    return marks


def _years(by_year: Yearly, today: date, args: Mapping[str, str]) -> tuple[int, ...]:
    """The last six fiscal years, last year always among them, and this year when something is known of it."""
    last = max([today.year - 1, *(year for year in by_year if year <= today.year)])
    if last - MOST_YEARS < (only := _number(args.get("year"))) <= today.year:
        return (only,)
    return tuple(range(last - min(_number(args.get("years")) or YEARS_SHOWN, MOST_YEARS) + 1, last + 1))


def _number(text: str | None) -> int:
    """A number of at most four digits; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 4 else 0


def _year_figures(row: AnnualFigures) -> YearFigures:
    return YearFigures(**{field: getattr(row, field) for field in FIGURE_FIELDS})


def _row(
    entry: str | _Derived, by_year: Yearly, facts: Mapping[int, FirmFacts], marks: Marks, doors: Mapping[str, str]
) -> GridRow:
    if isinstance(entry, _Derived):
        cells = tuple(GridCell(year, entry.of(known)) for year, known in facts.items())
        return GridRow(entry.field, entry.label, "%", "percent", True, cells)
    of: Column = column(entry, "figures")
    cells = tuple(_cell(by_year.get(year), of.field, year, marks, doors) for year in facts)
    return GridRow(of.field, of.title, "" if of.unit == "万元" else of.unit or "", of.cell, False, cells)


def _cell(row: AnnualFigures | None, field: str, year: int, marks: Marks, doors: Mapping[str, str]) -> GridCell:
    value = getattr(row, field, None)
    sources = row.sources if row and value is not None else {}
    source = sources.get(field, sources.get("*"))  # "*": where the whole year came from
    return GridCell(year, value, doors[source] if source else None, marks.get((field, year), ()))
