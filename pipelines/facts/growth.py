"""How fast a firm grows, with every special case of the guide (195号 三（七）4)."""

from fractions import Fraction
from typing import NamedTuple

from pipelines.facts.ratio import Ratio, whole_numbers
from pipelines.facts.sums import Yearly, fiscal_years
from pipelines.vocabulary import GrowthBasis


class Growth(NamedTuple):
    """ratio is None unless the basis is one of the two that yield a rate."""

    basis: GrowthBasis
    ratio: Ratio | None = None

    @property
    def rate(self) -> Fraction | None:
        return None if self.ratio is None else self.ratio.fraction


_UNKNOWN = Growth(GrowthBasis.UNKNOWN)
_NO_BASE = Growth(GrowthBasis.NO_BASE)
_NEGATIVE_BASE = Growth(GrowthBasis.NEGATIVE_BASE)


def growth(values: Yearly, last_year: int, first_year: int | None = None) -> Growth:
    """The growth rate of net assets or sales over the fiscal years up to last_year.

    Three years: half of (v2/v1 + v3/v2), less one. First year zero: v3/v2 − 1. Second year zero: no base, which scores
    nothing. Two years, both positive: v2/v1 − 1; otherwise no base. One year: no base. A negative base makes the
    formula nonsense (−50 → −100 → −200 would be growth of 100 %): left to a person.
    """
    years = fiscal_years(last_year, first_year)
    known = [value for year in years if (value := values.get(year)) is not None]
    if len(known) < len(years):
        return _UNKNOWN
    whole = whole_numbers(*known)
    return _of_three(*whole) if len(whole) == 3 else _of_fewer(whole)


def _of_three(first: int, second: int, third: int) -> Growth:
    if second == 0:
        return _NO_BASE
    if first < 0 or second < 0:
        return _NEGATIVE_BASE
    if first == 0:
        return Growth(GrowthBasis.LAST_TWO_YEARS, Ratio(third - second, second))
    twice = 2 * first * second
    return Growth(GrowthBasis.THREE_YEARS, Ratio(second * second + first * third - twice, twice))


def _of_fewer(values: list[int]) -> Growth:
    if len(values) < 2 or min(values) <= 0:
        return _NO_BASE
    return Growth(GrowthBasis.LAST_TWO_YEARS, Ratio(values[1] - values[0], values[0]))
