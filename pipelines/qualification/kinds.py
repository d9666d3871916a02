"""The closed set of kinds, and how a section of an edition becomes a criterion."""

from collections.abc import Callable

from pipelines.facts import FirmFacts
from pipelines.qualification.attested import read_attested
from pipelines.qualification.composites import ReadChild, read_at_least_by_band, read_by_band, read_together
from pipelines.qualification.criteria import read_comparison, read_holding, read_membership, read_truth
from pipelines.qualification.finding import Criterion, Judge, Rule
from pipelines.qualification.points import read_points
from pipelines.qualification.sections import Section
from pipelines.qualification.size_class import read_size_class
from pipelines.qualification.verdicts import MET, NOT_APPLICABLE, NOT_MET, TO_CONFIRM, UNKNOWN, Answers
from pipelines.vocabulary import Confidence, Verdict, WhenMissed

_COMPARISON = (read_comparison, ("fact", "value", "unit", "lower_bound", "reached"))
_MEMBERSHIP = (read_membership, ("fact", "values"))
_TRUTH = (read_truth, ("fact",))

# kind → how it is read, and the keys it has of its own.
SIMPLE: dict[str, tuple[Callable[[Section], Rule], tuple[str, ...]]] = {
    "at_least": _COMPARISON,
    "at_most": _COMPARISON,
    "more_than": _COMPARISON,
    "less_than": _COMPARISON,
    "one_of": _MEMBERSHIP,
    "none_of": _MEMBERSHIP,
    "is_true": _TRUTH,
    "is_false": _TRUTH,
    "holds": (read_holding, ("titles",)),
    "size_class": (read_size_class, ("rungs", "accepted")),
    "points": (read_points, ("parts", "at_least", "more_than")),
    "attested": (read_attested, ("requires", "ruled_out_by")),
}
COMPOSED: dict[str, tuple[Callable[[Section, ReadChild], Rule], tuple[str, ...]]] = {
    "any_of": (read_together, ("criteria",)),
    "all_of": (read_together, ("criteria",)),
    "at_least_by_band": (read_at_least_by_band, ("fact", "by", "bands", "unit")),
    "by_band": (read_by_band, ("by", "bands")),
}
KINDS = (*SIMPLE, *COMPOSED)

_NUMBERED = ("at_least", "at_most", "more_than", "less_than", "at_least_by_band")
_COMMON = (
    "id", "label", "kind", "reference", "evidence", "confidence", "when_missed", "gate", "note", "when", "soft",
)  # fmt: skip


def read_criterion(section: Section) -> Criterion:
    """A condition of an edition, ready to judge."""
    return _read(section, "")


def _read(section: Section, inherited_reference: str) -> Criterion:
    rule, reference = _rule_of(section, inherited_reference)
    guard = _guard_of(section, reference)
    return Criterion(
        id=section.text("id"),
        label=section.text("label"),
        kind=section.text("kind"),
        rule=rule,
        facts=tuple(dict.fromkeys((*rule.facts, *(guard.facts if guard else ())))),
        judge=_judge(section, rule, guard),
        reference=reference,
        evidence=section.texts("evidence"),
        confidence=section.word("confidence", Confidence, Confidence.CHECKED),
        when_missed=section.word("when_missed", WhenMissed, WhenMissed.NEXT_YEAR),
        is_gate=section.flag("gate"),
        note=section.text("note", ""),
    )


def _rule_of(section: Section, inherited_reference: str) -> tuple[Rule, str]:
    kind = section.text("kind")
    if kind not in KINDS:
        section.fault(f"没有名为“{kind}”的条件类型；可用：{'、'.join(KINDS)}", "kind")
    reference = section.text("reference", inherited_reference) or section.fault(
        "请填写“reference”（条款依据）", "reference"
    )
    rule = _rule(section, kind, reference)
    _check_unit(section, rule)
    return rule, reference


def _guard_of(section: Section, reference: str) -> Rule | None:
    """when: the condition counts only where this other one, nameless, is met."""
    return _rule_of(section.section("when"), reference)[0] if "when" in section else None


def _rule(section: Section, kind: str, reference: str) -> Rule:
    if kind in SIMPLE:
        read, keys = SIMPLE[kind]
        section.only((*_COMMON, *keys))
        return read(section)
    compose, keys = COMPOSED[kind]
    section.only((*_COMMON, *keys))
    return compose(section, lambda child: _read(child, reference))


def _check_unit(section: Section, rule: Rule) -> None:
    """A number without its unit is a trap: 500 people, 500 yuan and 500 days look the same."""
    if section.get("kind") not in _NUMBERED:
        return
    fact = rule.facts[-1]
    if section.text("unit") != fact.unit.label:
        section.fault(f"“{fact.label}”的单位是“{fact.unit.label}”，不是“{section['unit']}”", "unit")


def _judge(section: Section, rule: Rule, guard: Rule | None) -> Judge:
    """soft: 原则上, a miss is for a person to decide."""
    judge: Judge = rule.judge
    if section.flag("soft"):
        judge = _softened(judge)
    return _guarded(judge, guard.judge) if guard else judge


def _softened(judge: Judge) -> Judge:
    def soft(facts: FirmFacts, answers: Answers) -> Verdict:
        verdict = judge(facts, answers)
        return TO_CONFIRM if verdict is NOT_MET else verdict

    return soft


def _guarded(judge: Judge, guard: Judge) -> Judge:
    def guarded(facts: FirmFacts, answers: Answers) -> Verdict:
        applies = guard(facts, answers)
        if applies is NOT_MET:
            return NOT_APPLICABLE
        verdict = judge(facts, answers)
        return verdict if applies is MET or verdict is MET else UNKNOWN

    return guarded
