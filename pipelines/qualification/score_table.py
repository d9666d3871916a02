"""The table of a score: parts of lines, what each line can give, and what is asked of a part."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipelines.facts import FirmFacts
from pipelines.qualification.criteria import COMPARISONS, read_membership
from pipelines.qualification.finding import Rule
from pipelines.qualification.ladders import DECIDED, OPEN, UNKNOWN, Ladder, Range, points_of, read_ladder
from pipelines.qualification.sections import Section
from pipelines.qualification.verdicts import NO_ANSWERS
from pipelines.vocabulary import Confidence, Verdict, WhenMissed

Entered = Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of the table. ladders: none for a line only experts judge; several where the firm picks the best.

    applies: where it does not, the line costs nothing (full marks)."""

    id: str
    label: str
    top: int
    ladders: tuple[Ladder, ...]
    judged: Range
    full: Range
    grades: tuple[tuple[str, int, int], ...]
    applies: Rule | None
    when_missed: WhenMissed
    confidence: Confidence
    note: str

    def range(self, facts: FirmFacts) -> Range:
        if not self.ladders:
            return self.judged
        if self.applies is not None and self.applies.judge(facts, NO_ANSWERS) is Verdict.NOT_MET:
            return self.full
        if len(self.ladders) == 1:
            return self.ladders[0].range(facts)
        return _best([ladder.range(facts) for ladder in self.ladders])


def _best(ranges: list[Range]) -> Range:
    lo, hi = max(found.lo for found in ranges), max(found.hi for found in ranges)
    return Range(lo, hi, DECIDED if lo == hi else max(found.state for found in ranges))


@dataclass(frozen=True, slots=True)
class Limit:
    """A score that is asked for, of the whole or of a part."""

    comparison: str
    value: Decimal

    def verdict(self, found: Range) -> Verdict:
        passes = COMPARISONS[self.comparison]
        if passes(found.lo, self.value):
            return Verdict.MET
        if not passes(found.hi, self.value):
            return Verdict.NOT_MET
        return Verdict.UNKNOWN if found.state == UNKNOWN else Verdict.TO_CONFIRM


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Lines that are added up, to no more than the cap."""

    id: str
    label: str
    cap: int
    lines: tuple[Line, ...]
    limit: Limit | None

    def range(self, facts: FirmFacts, entered: Entered) -> Range:
        lo = hi = state = 0
        for line in self.lines:
            if line.id in entered:
                lo += entered[line.id]
                hi += entered[line.id]
                continue
            least, most, doubt = line.range(facts)
            lo += least
            hi += most
            if doubt > state:
                state = doubt
        return Range(min(lo, self.cap), min(hi, self.cap), state)


def read_limit(section: Section) -> Limit | None:
    for comparison in ("at_least", "more_than"):
        if comparison in section:
            return Limit(comparison, section.number(comparison))
    return None


def read_part(section: Section) -> Part:
    section.only(("id", "label", "up_to", "lines", "at_least", "more_than", "reference", "note"))
    lines = tuple(_line(line) for line in section.sections("lines"))
    cap = int(section.number("up_to"))
    return Part(section.text("id"), section.text("label"), cap, lines, read_limit(section))


def _line(section: Section) -> Line:
    section.only(
        ("id", "label", "up_to", "grades", "fact", "rungs", "best_of", "when", "when_missed", "note", "confidence")
    )
    ladders = _ladders(section)
    grades = tuple(_grade(grade) for grade in section.sections("grades")) if "grades" in section else ()
    top = _top(section, ladders, grades)
    return Line(
        id=section.text("id"),
        label=section.text("label"),
        top=top,
        ladders=ladders,
        judged=Range(0, top, OPEN),
        full=Range(top, top),
        grades=grades,
        applies=read_membership(section.section("when")) if "when" in section else None,
        when_missed=section.word("when_missed", WhenMissed, WhenMissed.NEXT_YEAR),
        confidence=section.word("confidence", Confidence, Confidence.CHECKED),
        note=section.text("note", ""),
    )


def _ladders(section: Section) -> tuple[Ladder, ...]:
    if "best_of" in section:
        return tuple(read_ladder(each) for each in section.sections("best_of"))
    return (read_ladder(section),) if "rungs" in section else ()


def _grade(section: Section) -> tuple[str, int, int]:
    section.only(("label", "points"))
    return (section.text("label"), *points_of(section))


def _top(section: Section, ladders: tuple[Ladder, ...], grades: tuple[tuple[str, int, int], ...]) -> int:
    if ladders:
        return max(ladder.top for ladder in ladders)
    if grades:
        return max(hi for _, _, hi in grades)
    return int(section.number("up_to"))
