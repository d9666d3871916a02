from decimal import Decimal
from fractions import Fraction

import pytest

from pipelines.facts.growth import Growth, growth
from pipelines.facts.ratio import Ratio
from pipelines.facts.sums import known_years_ratio, three_year_ratio, three_year_sum
from pipelines.vocabulary import GrowthBasis, IpClass, IpKind


def yearly(*values: int | str | None) -> dict[int, Decimal | None]:
    """The figures of the years up to 2024."""
    first = 2025 - len(values)
    return {first + index: None if value is None else Decimal(value) for index, value in enumerate(values)}


def test_three_year_sum_leaves_older_years_out():
    assert three_year_sum(yearly(1000, 1, 2, 3), 2024) == 6


def test_three_year_sum_with_an_unknown_year_is_unknown():
    assert three_year_sum(yearly(1, None, 3), 2024) is None


def test_three_year_sum_of_a_young_firm_counts_the_years_it_existed():
    assert three_year_sum(yearly(2, 3), 2024, first_year=2023) == 5


def test_three_year_sum_of_a_firm_founded_after_the_last_year_is_unknown():
    assert three_year_sum(yearly(1, 2, 3), 2024, first_year=2025) is None


def test_three_year_ratio_divides_sums_and_does_not_average_shares():
    assert three_year_ratio(yearly(0, 0, 6), yearly(50, 40, 30), 2024) == Fraction(1, 20)


def test_three_year_ratio_without_sales_is_unknown():
    assert three_year_ratio(yearly(1, 2, 3), yearly(0, 0, 0), 2024) is None


def test_known_years_ratio_skips_the_years_with_a_gap():
    assert known_years_ratio(yearly(1, None, 3), yearly(10, 10, None), 2024) == Fraction(1, 10)


def test_known_years_ratio_of_nothing_known_is_unknown():
    assert known_years_ratio({}, {}, 2024) is None


@pytest.mark.parametrize(
    ("values", "first_year", "expected"),
    [
        (yearly(100, 110, 121), None, Growth(GrowthBasis.THREE_YEARS, Ratio(1, 10))),
        (yearly(100, 130, "182"), None, Growth(GrowthBasis.THREE_YEARS, Ratio(35, 100))),
        (yearly(0, 100, 120), None, Growth(GrowthBasis.LAST_TWO_YEARS, Ratio(1, 5))),
        (yearly(100, 0, 120), None, Growth(GrowthBasis.NO_BASE)),
        (yearly(-5, 0, 120), None, Growth(GrowthBasis.NO_BASE)),
        (yearly(-50, -100, -200), None, Growth(GrowthBasis.NEGATIVE_BASE)),
        (yearly(0, -100, 50), None, Growth(GrowthBasis.NEGATIVE_BASE)),
        (yearly(100, 50, -10), None, Growth(GrowthBasis.THREE_YEARS, Ratio(-17, 20))),
        (yearly(100, 120), 2023, Growth(GrowthBasis.LAST_TWO_YEARS, Ratio(1, 5))),
        (yearly(0, 120), 2023, Growth(GrowthBasis.NO_BASE)),
        (yearly(-3, 120), 2023, Growth(GrowthBasis.NO_BASE)),
        (yearly(120), 2024, Growth(GrowthBasis.NO_BASE)),
        (yearly(100, None, 120), None, Growth(GrowthBasis.UNKNOWN)),
        (yearly(100, 120), None, Growth(GrowthBasis.UNKNOWN)),
    ],
    ids=[
        "三年平均",
        "三年平均恰好 35%",
        "第一年为零用后两年",
        "第二年为零计零分",
        "首年为负且次年为零计零分",
        "基数为负由人判断",
        "首年为零次年为负由人判断",
        "末年为负照公式",
        "只有两年",
        "只有两年且首年为零",
        "只有两年且首年为负",
        "只有一年",
        "缺一年",
        "缺首年且成立年份不详",
    ],
)
def test_growth(values: dict[int, Decimal | None], first_year: int | None, expected: Growth):
    assert growth(values, 2024, first_year) == expected


def test_every_kind_of_ip_but_the_trademark_has_a_class():
    assert [kind for kind in IpKind if kind.ip_class is None] == [IpKind.TRADEMARK]
    assert IpKind.INVENTION.ip_class is IpClass.ONE
    assert IpKind.SOFTWARE.ip_class is IpClass.TWO
