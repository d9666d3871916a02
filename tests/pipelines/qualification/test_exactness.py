"""Judging multiplies across instead of dividing: it must say what fractions say, for any firm."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from pipelines.facts import FACTS, FirmFacts, YearFigures
from pipelines.qualification.assessment import qualify
from pipelines.qualification.policies import SHIPPED, read_policies
from pipelines.qualification.policy import Policy, with_children
from pipelines.vocabulary import Programme, Unit, Verdict
from tests.random_firms import a_random_firm

POLICIES = read_policies(SHIPPED)
FIRMS = 10_000
_PEOPLE = {"staff", "tech_staff", "full_time_rd_staff", "qualified_rd_staff"}
_NO_MONEY = _PEOPLE | {"conversions"}
_MONEY = {field.name for field in fields(YearFigures)} - _NO_MONEY


def firms(number: int) -> Iterator[FirmFacts]:
    random = Random(20160101)
    return (a_random_firm(random) for _ in range(number))


def high_tech(on: date) -> Policy:
    return POLICIES.in_force(Programme.HIGH_TECH, on)


def summed(facts: FirmFacts, name: str) -> Decimal | None:
    """Over the fiscal years that count for this firm; None when one of them is not known."""
    last = facts.as_of.year - 1
    first = max(last - 2, facts.founded_on.year) if facts.founded_on else last - 2
    values = [getattr(facts.annual[year], name) if year in facts.annual else None for year in range(first, last + 1)]
    return None if not values or None in values else sum(values)


def share(part: Decimal | None, whole: Decimal | None) -> Fraction | None:
    return None if part is None or not whole else Fraction(part) / Fraction(whole)


def last(facts: FirmFacts, name: str) -> Decimal | None:
    figures = facts.annual.get(facts.as_of.year - 1)
    return figures and getattr(figures, name)


def bar_of(sales: Decimal) -> Fraction:
    """第十一条（五）."""
    if sales <= 50_000_000:
        return Fraction(5, 100)
    return Fraction(4, 100) if sales <= 200_000_000 else Fraction(3, 100)


def test_judging_says_what_fractions_say_of_ten_thousand_firms():
    compared = 0
    for facts in firms(FIRMS):
        stated = set(facts.stated)
        assessment = qualify(facts, high_tech(facts.as_of))
        sales = last(facts, "sales_revenue")
        wanted = {
            "tech_staff_ratio": (share(last(facts, "tech_staff"), last(facts, "staff")), Fraction(1, 10)),
            "rd_ratio": (
                share(summed(facts, "rd_spend"), summed(facts, "sales_revenue")),
                None if sales is None else bar_of(sales),
            ),
            "domestic_rd_ratio": (
                share(summed(facts, "rd_spend_domestic"), summed(facts, "rd_spend")),
                Fraction(6, 10),
            ),
        }
        for name, (value, bar) in wanted.items():
            if value is None or bar is None or not facts.founded_on or name in stated:
                continue
            expected = Verdict.MET if value >= bar else Verdict.NOT_MET
            assert assessment.finding(name).verdict is expected, (name, value, bar, facts)
            compared += 1

    assert compared > FIRMS


def scaled(facts: FirmFacts, factor: int) -> FirmFacts:
    annual = {
        year: replace(
            figures,
            **{name: value * factor for name in _MONEY if (value := getattr(figures, name)) is not None},
        )
        for year, figures in facts.annual.items()
    }
    stated = {name: value * factor if FACTS[name].unit is Unit.YUAN else value for name, value in facts.stated.items()}
    return FirmFacts(
        as_of=facts.as_of, annual=annual, founded_on=facts.founded_on, uscc=facts.uscc, levy_mode=facts.levy_mode,
        industry_code=facts.industry_code, tech_field_code=facts.tech_field_code, ip=facts.ip,
        recognitions=facts.recognitions, flags=facts.flags, stated=stated, interpretations=facts.interpretations,
    )  # fmt: skip


def has_a_money_tier(criterion) -> bool:
    """Whether it, or a condition inside it, looks at an amount and not only at shares of amounts."""
    return any(fact.unit is Unit.YUAN for each in with_children(criterion) for fact in each.facts)


@pytest.mark.parametrize("factor", [7, 1000])
def test_scaling_all_money_changes_no_verdict_without_a_money_tier(factor):
    changed, compared = 0, 0
    for facts in firms(1000):
        larger = scaled(facts, factor)
        for programme in Programme:
            policy = POLICIES.in_force(programme, facts.as_of)
            if policy is None or not policy.judges:
                continue
            before, after = qualify(facts, policy), qualify(larger, policy)
            for one, other in zip(before.findings, after.findings, strict=True):
                if has_a_money_tier(one.criterion):
                    changed += one.verdict is not other.verdict
                    continue
                assert one.verdict is other.verdict, (programme, one.id, facts)
                compared += 1

    assert compared > 10_000
    assert changed > 0  # money tiers exist, and the scaling reaches them
