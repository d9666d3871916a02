"""The kinds that hold one fact against a threshold, a list, a yes or no, or a title."""

import operator
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from pipelines.facts import FACTS, Fact, FirmFacts
from pipelines.facts.ratio import Manual
from pipelines.facts.showing import shown
from pipelines.qualification.finding import Explanation, Rule
from pipelines.qualification.gaps import Gap, excess, shortfall
from pipelines.qualification.sections import Section
from pipelines.qualification.verdicts import MET, NOT_MET, TO_CONFIRM, UNKNOWN, Answers
from pipelines.vocabulary import Title, Unit, Verdict

# 民法典 第一千二百五十九条: 以上、以下 include the number itself, 超过、不满 do not.
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
}
# The same with the threshold on the left: 5 <= value asks for at least 5.
_TURNED: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.le,
    "at_most": operator.ge,
    "more_than": operator.lt,
    "less_than": operator.gt,
}
_ASKED = {"at_least": "不低于", "at_most": "不超过", "more_than": "超过", "less_than": "低于"}


def passes(comparison: str, threshold: Decimal, fact: Fact) -> Callable[[Any], bool]:
    """value ≥ threshold (or ≤, >, <). A share is never divided out: its two numbers are multiplied across."""
    compare = COMPARISONS[comparison]
    if not fact.is_ratio:
        return partial(_TURNED[comparison], threshold)
    part, whole = threshold.as_integer_ratio()
    return lambda value: compare(value.numerator * whole, part * value.denominator)


class Comparison(Rule):
    """at_least, at_most, more_than, less_than: the name says whether the threshold itself is enough.

    lower_bound is a fact that the judged one cannot lie below: if that is enough already, nothing need be known more.
    """

    def __init__(
        self, comparison: str, fact: Fact, threshold: Decimal, lower_bound: Fact | None = None, reached: str = "起满足"
    ) -> None:
        self.comparison = comparison
        self.fact = fact
        self.facts = (fact,)
        self.threshold = threshold
        self.lower_bound = lower_bound
        self.reached = reached
        self.passes = passes(comparison, threshold, fact)
        self.read = operator.attrgetter(fact.name)

    def judge(self, facts: FirmFacts, answers: Answers) -> Verdict:
        value = self.read(facts)
        if value is None:
            return MET if self._is_enough(self._least(facts)) else UNKNOWN
        if value.__class__ is Manual:
            return TO_CONFIRM
        return MET if self.passes(value) else NOT_MET

    def _least(self, facts: FirmFacts) -> Any:
        return None if self.lower_bound is None else getattr(facts, self.lower_bound.name)

    def _is_enough(self, value: Any) -> bool:
        return value is not None and value.__class__ is not Manual and self.passes(value)

    def explain(self, facts: FirmFacts, answers: Answers) -> Explanation:
        value = self.read(facts)
        unit = self.fact.unit
        return Explanation(
            value=None if isinstance(value, Manual) else value,
            shown=shown(value, unit, self.threshold) if value is not None else self._shown_bound(facts),
            threshold=self.threshold,
            asked=asked(self.comparison, self.threshold, unit),
            gap=self._gap(facts, value),
            reason=value.reason if isinstance(value, Manual) else "",
        )

    def _shown_bound(self, facts: FirmFacts) -> str:
        least = self._least(facts)
        known = least is not None and not isinstance(least, Manual)
        return f"至少 {shown(least, self.fact.unit, self.threshold)}" if known else shown(None, self.fact.unit)

    def _gap(self, facts: FirmFacts, value: Any) -> Gap | None:
        if value is None or isinstance(value, Manual) or self._is_enough(value):
            return None
        if self.comparison in ("at_least", "more_than"):
            strict = self.comparison == "more_than"
            return shortfall(self.fact, facts, self.threshold, strict=strict, reached=self.reached)
        return excess(self.fact, facts, self.threshold, strict=self.comparison == "less_than")


def asked(comparison: str, threshold: Decimal, unit: Unit) -> str:
    return f"{_ASKED[comparison]} {shown(threshold, unit)}"


class Membership(Rule):
    """one_of, none_of: a code stands in a list, or does not."""

    def __init__(self, fact: Fact, values: frozenset[str], wanted: bool) -> None:
        self.fact = fact
        self.facts = (fact,)
        self.values = values
        self.wanted = wanted
        self.read = operator.attrgetter(fact.name)

    def judge(self, facts: FirmFacts, answers: Answers) -> Verdict:
        value = self.read(facts)
        if value is None:
            return UNKNOWN
        return MET if (value in self.values) is self.wanted else NOT_MET

    def explain(self, facts: FirmFacts, answers: Answers) -> Explanation:
        value = self.read(facts)
        listed = "、".join(sorted(self.values))
        return Explanation(
            value, shown(value, self.fact.unit), listed, f"{'属于' if self.wanted else '不属于'} {listed}"
        )


class Truth(Rule):
    """is_true, is_false."""

    def __init__(self, fact: Fact, wanted: bool) -> None:
        self.fact = fact
        self.facts = (fact,)
        self.wanted = wanted
        self.read = operator.attrgetter(fact.name)

    def judge(self, facts: FirmFacts, answers: Answers) -> Verdict:
        value = self.read(facts)
        if value is None:
            return UNKNOWN
        return MET if value is self.wanted else NOT_MET

    def explain(self, facts: FirmFacts, answers: Answers) -> Explanation:
        value = self.read(facts)
        return Explanation(value, shown(value, Unit.YES_NO), self.wanted, "是" if self.wanted else "否")


class Holding(Rule):
    """holds: one of these titles is valid on the day."""

    facts = (FACTS["has_high_tech"],)

    def __init__(self, titles: tuple[Title, ...]) -> None:
        self.titles = titles

    def judge(self, facts: FirmFacts, answers: Answers) -> Verdict:
        holds = facts.holds(self.titles)
        if holds is None:
            return UNKNOWN
        return MET if holds else NOT_MET

    def explain(self, facts: FirmFacts, answers: Answers) -> Explanation:
        holds = facts.holds(self.titles)
        return Explanation(
            holds, shown(holds, Unit.YES_NO), True, "持有" + "或".join(title.label for title in self.titles)
        )


def read_comparison(section: Section) -> Comparison:
    fact = number_of(section)
    lower = fact_of(section, "lower_bound") if "lower_bound" in section else None
    return Comparison(section.text("kind"), fact, section.number("value"), lower, section.text("reached", "起满足"))


def read_membership(section: Section) -> Membership:
    values = frozenset(section.texts("values")) or section.fault("请填写“values”", "values")
    return Membership(fact_of(section), values, section.text("kind") == "one_of")


def read_truth(section: Section) -> Truth:
    return Truth(fact_of(section), section.text("kind") == "is_true")


def read_holding(section: Section) -> Holding:
    titles = section.texts("titles") or section.fault("请填写“titles”", "titles")
    known = {title.value: title for title in Title}
    if strange := [title for title in titles if title not in known]:
        section.fault(f"没有名为“{strange[0]}”的资质", "titles")
    return Holding(tuple(known[title] for title in titles))


def fact_of(section: Section, key: str = "fact") -> Fact:
    name = section.text(key)
    return FACTS.get(name) or section.fault(f"没有名为“{name}”的事实", key)


def number_of(section: Section, key: str = "fact") -> Fact:
    fact = fact_of(section, key)
    return fact if fact.unit not in (Unit.YES_NO, Unit.TEXT) else section.fault(f"“{fact.name}”不是数，不能比大小", key)
