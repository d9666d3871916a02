"""Figures that contradict one another, or are off by four places: told, never refused, for the officer knows better."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pipelines.sheets.columns import FIGURE_COLUMNS, Column

Years = Mapping[int, Mapping[str, Any]]

_TITLES = {column.field: column.title for column in FIGURE_COLUMNS}
# A profit of nothing after one of millions is no slip of the unit.
_STEADY = frozenset(column.field for column in FIGURE_COLUMNS if column.cell == "money") - {"net_profit", "tax_paid"}
_NO_MORE_THAN = (
    ("tech_staff", "staff"),
    ("rd_spend_domestic", "rd_spend"),
    ("rd_spend", "sales_revenue"),
    ("rd_spend", "operating_revenue"),
    ("high_tech_revenue", "total_income"),
    ("main_product_revenue", "high_tech_revenue"),
    ("net_assets", "total_assets"),
)
_SHARES = {"rd_ratio": ("rd_spend", "sales_revenue"), "tech_staff_ratio": ("tech_staff", "staff")}
_SHARE_SLACK = Decimal("0.006")
_FOUR_PLACES = 3_000  # 元 written for 万元, allowing for a year that grew or shrank threefold


def suspects(figures: Sequence[tuple[Column, int | None, Sequence[Any]]]) -> set[int]:
    """The rows of a table worth a second look, sought a column at a time."""
    columns = {(column.field, year): values for column, year, values in figures}
    found: set[int] = set()
    for (field, year), values in columns.items():
        wholes = [columns.get((whole, year)) for part, whole in _NO_MORE_THAN if part == field]
        for larger in wholes:
            found.update(_places_where(values, larger, 1) if larger else ())
        before = columns.get((field, year - 1)) if year and field in _STEADY else None
        if before:
            found.update(_places_where(values, before, _FOUR_PLACES), _places_where(before, values, _FOUR_PLACES))
    return found


def _places_where(larger: Sequence[Any], smaller: Sequence[Any], times: int) -> list[int]:
    pairs = enumerate(zip(larger, smaller, strict=True))
    return [place for place, (a, b) in pairs if a is not None and b is not None and a > b * times]


def contradictions(years: Years) -> Iterator[tuple[str, str]]:
    """(title, sentence) for a part that is larger than its whole."""
    for year, figures in years.items():
        for part, whole in _NO_MORE_THAN:
            smaller, larger = figures.get(part), figures.get(whole)
            if smaller is not None and larger is not None and smaller > larger >= 0:
                yield f"{year}年{_TITLES[part]}", f"大于同年{_TITLES[whole]}，请核对"


def leaps(stated: Years, known: Years) -> Iterator[tuple[str, str]]:
    """(title, sentence) for money that is ten thousand times, or a ten-thousandth, of a neighbouring year's."""
    for year, figures in stated.items():
        for beside in (year - 1, year + 1):
            others = stated.get(beside) or known.get(beside)
            if others and (beside < year or beside not in stated):
                yield from _leaps_between(year, figures, beside, others)


def _leaps_between(
    year: int, figures: Mapping[str, Any], beside: int, others: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for field in _STEADY.intersection(figures):
        value, other = figures[field], others.get(field)
        if other and (value > other * _FOUR_PLACES > 0 or other > value * _FOUR_PLACES > 0):
            yield f"{year}年{_TITLES[field]}", f"与{beside}年相差上千倍，请核对单位是元还是万元"


def wrong_shares(shares: Sequence[tuple[str, int | None, Any]], years: Years) -> Iterator[tuple[str, str]]:
    """(title, sentence) for a share that is not what its two figures make; without a year, the only one there is."""
    for name, said_of, share in shares:
        year = said_of or (next(iter(years)) if len(years) == 1 else None)
        part, whole = (years.get(year or 0, {}).get(field) for field in _SHARES.get(name, ("", "")))
        if share is not None and part is not None and whole and abs(Decimal(part) / whole - share) > _SHARE_SLACK:
            yield (
                f"{year}年{_TITLES[_SHARES[name][0]]}",
                f"按数据算得占比 {Decimal(part) / whole:.1%}，与表中所写 {share:.1%} 不符",
            )
