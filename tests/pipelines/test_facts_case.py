from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from pipelines.facts.case import case_of, facts_from_case
from pipelines.refusals import Refusal
from pipelines.vocabulary import IpKind, LevyMode


def a_case(**facts: Any) -> dict[str, Any]:
    return {"as_of": date(2025, 6, 30), "facts": facts}


@pytest.mark.parametrize(
    ("written", "amount"),
    [(50_000_000, 50_000_000), ("5000万", 50_000_000), ("1.2亿元", 120_000_000), ("1,234.50", Decimal("1234.50"))],
)
def test_money_is_read_as_an_officer_writes_it(written: Any, amount: Decimal):
    assert facts_from_case(a_case(sales_revenue=written)).sales_revenue == amount


def test_a_list_ends_with_the_last_fiscal_year():
    facts = facts_from_case(a_case(sales_revenue=[1, 2, 3]))

    assert facts.yearly("sales_revenue") == {2022: 1, 2023: 2, 2024: 3}


def test_a_stated_figure_wins_over_the_derived_one_and_is_used_by_others():
    facts = facts_from_case(a_case(rd_spend=[1, 1, 1], rd_spend_three_years=6, sales_revenue_three_years=100))

    assert facts.rd_ratio_three_years.fraction == Fraction(6, 100)


def test_a_stated_share_may_be_a_percentage_or_a_fraction():
    assert facts_from_case(a_case(tech_staff_ratio="9.98%")).tech_staff_ratio.fraction == Fraction(499, 5000)
    assert facts_from_case(a_case(tech_staff_ratio="1/3")).tech_staff_ratio.fraction == Fraction(1, 3)


def test_facts_go_to_plain_data_and_back():
    facts = facts_from_case(
        a_case(
            founded_on="2015-03-15",
            levy_mode="audited",
            sales_revenue={2023: "4000万", 2024: None},
            staff="120.25",
            conversions=5,
            ip=[{"kind": "invention", "granted_on": "2024-01-01", "used_in_year": 2021}],
            recognitions=[{"title": "high_tech", "recognized_on": "2022-12-24", "valid_until": "2025-12-23"}],
            flags=[],
            tech_staff_ratio="1/3",
            has_rd_institution=True,
        )
    )

    again = facts_from_case(case_of(facts))

    assert again == facts
    assert again.levy_mode is LevyMode.AUDITED
    assert again.ip is not None
    assert again.ip[0].kind is IpKind.INVENTION


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"turnover": 1}, "没有名为“turnover”的事实"),
        ({"sales_revenue": 0.1}, "“sales_revenue”的数值请写成整数或加引号的小数：0.1"),
        ({"sales_revenue": "many"}, "“sales_revenue”不是数：many"),
        ({"sales_revenue": "NaN"}, "“sales_revenue”不是数：NaN"),
        (
            {"staff": "1.005"},
            "“staff”应为不超过 1,000,000,000,000,000 的数，最多两位小数：1.005",
        ),
        ({"conversions": "1.5"}, "“conversions”应为整数：1.5"),
        ({"founded_on": "2020.1"}, "“founded_on”应为日期，如 2025-06-30：2020.1"),
        ({"has_rd_institution": "yes"}, "“has_rd_institution”应为 true 或 false：yes"),
        ({"ip": [{"kind": "logo"}]}, "“ip.kind”认不出：logo"),
        ({"ip": [{"class": 1}]}, "“ip”里没有“class”这一项"),
        ({"flags": [{"kind": "safety_accident"}]}, "“flags”的一项没有填全：{'kind': 'safety_accident'}"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_in_a_sentence(facts: dict[str, Any], sentence: str):
    with pytest.raises(Refusal) as refused:
        facts_from_case(a_case(**facts))

    assert str(refused.value) == sentence


def test_a_case_without_a_day_is_refused():
    with pytest.raises(Refusal, match="as_of"):
        facts_from_case({"facts": {}})


def test_a_case_with_a_strange_heading_is_refused():
    with pytest.raises(Refusal, match="fact$"):
        facts_from_case({"as_of": "2025-06-30", "fact": {}})
