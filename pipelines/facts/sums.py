"""Sums and shares over the last three fiscal years, exact."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeVar

Yearly = Mapping[int, Decimal | None]
_Amount = TypeVar("_Amount", Decimal, int)


def fiscal_years(last_year: int, first_year: int | None = None) -> range:
    """近三个会计年度: the last three years up to last_year that the firm existed in (a younger firm has fewer)."""
    return range(max(last_year - 2, first_year or 0), last_year + 1)


def three_year_sum(values: Yearly, last_year: int, first_year: int | None = None) -> Decimal | None:
    """The sum over the fiscal years, None when the figure of any of them is not known.

    Years before first_year (the year of founding) are left out: 32号 第十一条（五） counts the years a firm operated.
    Without first_year all three are needed.
    """
    years = fiscal_years(last_year, first_year)
    known = [value for year in years if (value := values.get(year)) is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(years) else None


def three_year_ratio(spend: Yearly, sales: Yearly, last_year: int, first_year: int | None = None) -> Fraction | None:
    """Sum of the spend over the sum of the sales, as a rule asks for it.

    None when any year of either is not known, and when the sales sum to zero: nought has no share.
    """
    return _share(three_year_sum(spend, last_year, first_year), three_year_sum(sales, last_year, first_year))


def known_years_ratio(spend: Yearly, sales: Yearly, last_year: int) -> Fraction | None:
    """The same over those of the last three years where both are known: for lists to show, never to judge by."""
    return _share(*known_years_sums(spend, sales, last_year))


def known_years_sums(
    spend: Mapping[int, _Amount | None], sales: Mapping[int, _Amount | None], last_year: int
) -> tuple[_Amount | Literal[0], _Amount | Literal[0]]:
    """The two sums known_years_ratio divides; also in fen, where ten thousand firms are worked out at a time."""
    both = [
        (paid, sold)
        for year in fiscal_years(last_year)
        if (paid := spend.get(year)) is not None and (sold := sales.get(year)) is not None
    ]
    return sum(paid for paid, _ in both), sum(sold for _, sold in both)


def _share(part: Decimal | int | None, whole: Decimal | int | None) -> Fraction | None:
    return None if part is None or not whole else Fraction(part) / Fraction(whole)
