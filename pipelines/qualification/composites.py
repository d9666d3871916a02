"""Conditions made of conditions: any of them, all of them, or the one a band calls for."""

import operator
from collections.abc import Callable
from decimal import Decimal

from pipelines.facts import Fact, FirmFacts
from pipelines.facts.showing import shown
from pipelines.qualification.criteria import COMPARISONS, Comparison, number_of
from pipelines.qualification.finding import Criterion, Explanation, Rule, found
from pipelines.qualification.gaps import Gap
from pipelines.qualification.sections import Section
from pipelines.qualification.verdicts import (
    NOT_APPLICABLE,
    NOT_MET,
    UNKNOWN,
    Answers,
    altogether,
    at_least_one,
)
from pipelines.vocabulary import Verdict

ReadChild = Callable[[Section], Criterion]


class Together(Rule):
    """any_of, all_of."""

    def __init__(self, children: tuple[Criterion, ...], is_any: bool) -> None:
        self.children = children
        self.is_any = is_any
        self.combine = at_least_one if is_any else altogether
        self.judges = tuple(child.judge for child in children)

    def judge(self, facts: FirmFacts, answers: Answers) -> Verdict:
        return self.combine([judge(facts, answers) for judge in self.judges])

    def explain(self, facts: FirmFacts, answers: Answers) -> Explanation:
        findings = [found(child, facts, answers) for child in self.children]
        words = [f"{finding.label}：{finding.words}" for finding in findings if finding.words]
        joined = ("任一即可：" if self.is_any and len(words) > 1 else "") + "；".join(words)
        shown_parts = "；".join(f"{finding.label}{finding.verdict.label}" for finding in findings)
        asked = f"满足其中{'任一项' if self.is_any else '各项'}"
        gap = Gap(joined) if any(finding.verdict is NOT_MET for finding in findings) and joined else None
        return Explanation(None, shown_parts, None, asked, gap, joined)


class Band:
    """One step of a scale: up to (the limit included) or below it; the last one has no limit."""

    def __init__(self, section: Section, fact: Fact) -> None:
        key = next((key for key in ("up_to", "below") if key in section), None)
        self.limit: Decimal | None = section.number(key) if key else None
        self.compare = COMPARISONS["less_than" if key == "below" else "at_most"]
        self.label = self._words(key, fact)

    def _words(self, key: str | None, fact: Fact) -> str:
        if self.limit is None:
            return f"{fact.label}在以上各档之外"
        return f"{fact.label}{'低于' if key == 'below' else '不超过'} {shown(self.limit, fact.unit)}"

    def takes(self, value: Decimal) -> bool:
        return self.limit is None or self.compare(value, self.limit)


class ByBand(Rule):
    """at_least_by_band and by_band: which condition counts depends on the band a figure falls into."""

    def __init__(self, by: Fact, bands: tuple[Band, ...], branches: tuple[Criterion, ...]) -> None:
        self.by = by
        self.bands = bands
        self.branches = branches
        used = (fact for branch in branches for fact in branch.facts)
        self.facts = tuple(dict.fromkeys((by, *used)))
        self.read = operator.attrgetter(by.name)

    def judge(self, facts: FirmFacts, answers: Answers) -> Verdict:
        value = self.read(facts)
        if value is None:
            return self._whatever_the_band(facts, answers)
        for band, branch in zip(self.bands, self.branches, strict=True):
            if band.takes(value):
                return branch.judge(facts, answers)
        return NOT_APPLICABLE

    def _whatever_the_band(self, facts: FirmFacts, answers: Answers) -> Verdict:
        """Without the figure it can still be certain: when every band says the same."""
        verdicts = {branch.judge(facts, answers) for branch in self.branches}
        return verdicts.pop() if len(verdicts) == 1 else UNKNOWN

    def _every_band(self, facts: FirmFacts, answers: Answers) -> str:
        asked = (branch.rule.explain(facts, answers).asked for branch in self.branches)
        return "；".join(f"{self._place(index)}：{wanted}" for index, wanted in enumerate(asked))

    def explain(self, facts: FirmFacts, answers: Answers) -> Explanation:
        value = self.read(facts)
        if value is None:
            return Explanation(shown=shown(None, self.by.unit), asked=self._every_band(facts, answers))
        index = next(number for number, band in enumerate(self.bands) if band.takes(value))
        chosen = self.branches[index]
        explained = chosen.rule.explain(facts, answers)
        asked = f"{explained.asked}（{self._place(index)}）"
        return Explanation(
            explained.value, explained.shown, explained.threshold, asked, explained.gap, explained.reason
        )

    def _place(self, index: int) -> str:
        band = self.bands[index]
        if band.limit is None and index:
            last = self.bands[index - 1]
            word = "不低于" if last.compare is COMPARISONS["less_than"] else "超过"
            return f"{self.by.label}{word} {shown(last.limit, self.by.unit)}"
        return band.label


def read_together(section: Section, read_child: ReadChild) -> Together:
    children = tuple(read_child(child) for child in section.sections("criteria"))
    return Together(children, section.text("kind") == "any_of")


def read_at_least_by_band(section: Section, read_child: ReadChild) -> ByBand:
    """Bands with a value each: the same fact must be at least that value."""
    fact, by = number_of(section), number_of(section, "by")
    bands = section.sections("bands")
    for band in bands:
        band.only(("up_to", "below", "value"))
    children = tuple(_child(section, Comparison("at_least", fact, band.number("value"))) for band in bands)
    return ByBand(by, _bands(section, bands, by), children)


def _child(section: Section, rule: Rule) -> Criterion:
    name, label, reference = section.text("id"), section.text("label"), section.text("reference", "")
    return Criterion(name, label, "at_least", rule, rule.facts, rule.judge, reference)


def read_by_band(section: Section, read_child: ReadChild) -> ByBand:
    """Bands with a condition each."""
    by = number_of(section, "by")
    bands = section.sections("bands")
    for band in bands:
        band.only(("up_to", "below", "then"))
    children = tuple(read_child(band.section("then")) for band in bands)
    return ByBand(by, _bands(section, bands, by), children)


def _bands(section: Section, bands: list[Section], by: Fact) -> tuple[Band, ...]:
    """Limits must rise, and only the last band may be without one."""
    read = tuple(Band(band, by) for band in bands)
    limits = [band.limit for band in read[:-1]]
    rising = all(limit is not None for limit in limits) and limits == sorted(set(limits), key=lambda limit: limit or 0)
    if not rising or read[-1].limit is not None:
        section.fault("分档应由小到大，且只有最后一档不写上限", "bands")
    return read
