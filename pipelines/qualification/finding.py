"""One condition of a document, and what judging a firm by it found."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipelines.facts import Fact, FirmFacts
from pipelines.facts.origin import Item, missing, origin
from pipelines.qualification.gaps import Gap
from pipelines.qualification.verdicts import NOT_APPLICABLE, NOT_MET, TO_CONFIRM, UNKNOWN, Answers
from pipelines.vocabulary import Confidence, Unit, Verdict, WhenMissed

Judge = Callable[[FirmFacts, Answers], Verdict]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The value judged and the threshold it was held against: as they are, and in words."""

    value: Any = None
    shown: str = ""
    threshold: Any = None
    asked: str = ""
    gap: Gap | None = None
    reason: str = ""


class Rule:
    """A kind of condition. judge is called for every firm and does nothing but decide; explain only when shown."""

    facts: tuple[Fact, ...] = ()
    children: "tuple[Criterion, ...]" = ()

    def judge(self, facts: FirmFacts, answers: Answers) -> Verdict:
        raise NotImplementedError

    def explain(self, facts: FirmFacts, answers: Answers) -> Explanation:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, eq=False)
class Criterion:
    """One condition as its document has it. facts are all it looks at; is_gate: a hard condition of the shortlist."""

    id: str
    label: str
    kind: str
    rule: Rule
    facts: tuple[Fact, ...]
    judge: Judge
    reference: str
    evidence: tuple[str, ...] = ()
    confidence: Confidence = Confidence.CHECKED
    when_missed: WhenMissed = WhenMissed.NEXT_YEAR
    is_gate: bool = False
    note: str = ""


class Finding:
    """Cheap to make: everything but the verdict is worked out when somebody reads it."""

    def __init__(self, criterion: Criterion, facts: FirmFacts, answers: Answers, verdict: Verdict) -> None:
        self.criterion = criterion
        self.facts = facts
        self.answers = answers
        self.verdict = verdict

    @property
    def id(self) -> str:
        return self.criterion.id

    @property
    def label(self) -> str:
        return self.criterion.label

    @cached_property
    def explanation(self) -> Explanation:
        return self.criterion.rule.explain(self.facts, self.answers)

    @property
    def gap(self) -> Gap | None:
        """Only what is missed has a gap; so has a soft condition that a person must look at."""
        return self.explanation.gap if self.verdict in (NOT_MET, TO_CONFIRM) else None

    @property
    def fixable_this_year(self) -> bool:
        return self.criterion.when_missed is WhenMissed.FIXABLE

    @cached_property
    def figures(self) -> tuple[Item, ...]:
        """怎么算的."""
        items = (item for fact in self.criterion.facts for item in origin(fact, self.facts))
        return tuple(dict.fromkeys(items))

    @cached_property
    def missing(self) -> tuple[Item, ...]:
        """What to collect, if the verdict is open for want of it."""
        if self.verdict is not UNKNOWN:
            return ()
        own = (item for fact in self.criterion.facts for item in missing(fact, self.facts))
        below = (item for child in self.children for item in child.missing)
        return tuple(dict.fromkeys((*own, *below)))

    @cached_property
    def children(self) -> "tuple[Finding, ...]":
        return tuple(found(child, self.facts, self.answers) for child in self.criterion.rule.children)

    @property
    def words(self) -> str:
        """What is to be done or known, in one sentence; empty when nothing is."""
        if self.verdict is UNKNOWN:
            return "缺：" + "、".join(str(item) for item in self.missing) if self.missing else self.explanation.reason
        if self.gap is not None:
            return self.gap.words
        return self.explanation.reason if self.verdict in (NOT_MET, TO_CONFIRM, NOT_APPLICABLE) else ""

    def as_data(self) -> dict[str, Any]:
        """As JSON keeps it."""
        found = self.explanation
        return {
            "id": self.id,
            "label": self.label,
            "verdict": self.verdict.value,
            "value": plain(found.value),
            "shown": found.shown,
            "threshold": plain(found.threshold),
            "asked": found.asked,
            "gap": gap_data(self.gap),
            "words": self.words,
            "reference": self.criterion.reference,
            "evidence": list(self.criterion.evidence),
            "confidence": self.criterion.confidence.value,
            "fixable_this_year": self.fixable_this_year,
            "figures": [{"label": i.label, "year": i.year, "value": plain(i.value)} for i in self.figures],
            "children": [child.as_data() for child in self.children],
        }


def found(criterion: Criterion, facts: FirmFacts, answers: Answers) -> Finding:
    return Finding(criterion, facts, answers, criterion.judge(facts, answers))


def gap_data(gap: Gap | None) -> dict[str, Any] | None:
    if gap is None:
        return None
    unit = gap.unit.value if isinstance(gap.unit, Unit) else None
    return {"words": gap.words, "amount": plain(gap.amount), "unit": unit, "on": plain(gap.on)}


def plain(value: Any) -> Any:
    """A number as exact text (a share as 26/500), a day as ISO, a truth as it is."""
    if value is None or isinstance(value, bool | int):
        return value
    if hasattr(value, "numerator"):
        return f"{value.numerator}/{value.denominator}" if value.denominator != 1 else str(value.numerator)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
