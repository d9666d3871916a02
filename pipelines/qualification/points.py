"""A score out of a table: what the facts decide, what experts are to judge, and the range between."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipelines.facts import Fact, FirmFacts
from pipelines.facts.showing import shown
from pipelines.qualification.criteria import asked
from pipelines.qualification.finding import Explanation, Rule
from pipelines.qualification.gaps import Gap
from pipelines.qualification.ladders import OPEN, Range
from pipelines.qualification.score_table import Entered, Limit, Line, Part, read_limit, read_part
from pipelines.qualification.sections import Section
from pipelines.qualification.verdicts import Answers, altogether
from pipelines.refusals import Refusal
from pipelines.vocabulary import ScoreOutlook, Unit, Verdict, WhenMissed


@dataclass(frozen=True, slots=True)
class LineScore:
    """rung is the label of the band the figures put the firm in, empty where they do not decide it."""

    line: Line
    found: Range
    rung: str
    entered: int | None

    def as_data(self) -> dict[str, Any]:
        span = {"lo": self.found.lo, "hi": self.found.hi, "top": self.line.top}
        return {"id": self.line.id, "label": self.line.label, **span, "band": self.rung, "entered": self.entered}

    @property
    def span(self) -> str:
        return span_of(self.found.lo, self.found.hi)


def span_of(lo: int, hi: int) -> str:
    return f"{lo}" if lo == hi else f"{lo}–{hi}"


@dataclass(frozen=True, slots=True)
class Score:
    """lo–hi altogether and line by line."""

    lo: int
    hi: int
    state: int
    outlook: ScoreOutlook
    lines: tuple[LineScore, ...]

    def as_data(self) -> dict[str, Any]:
        lines = [each.as_data() for each in self.lines]
        return {"lo": self.lo, "hi": self.hi, "outlook": self.outlook.value, "lines": lines}

    @property
    def ways_up(self) -> tuple[LineScore, ...]:
        """Where points can still be won this year, the most first."""
        open_lines = [s for s in self.lines if s.line.when_missed is WhenMissed.FIXABLE and s.line.top > s.found.lo]
        return tuple(sorted(open_lines, key=lambda s: s.found.lo - s.line.top))


class Points(Rule):
    """points: the sum of the parts against a limit, each part against its own where it has one."""

    def __init__(self, parts: tuple[Part, ...], limit: Limit) -> None:
        self.parts = parts
        self.limit = limit
        self.lines = {line.id: line for part in parts for line in part.lines}
        self.facts: tuple[Fact, ...] = tuple(dict.fromkeys(self._facts()))

    def _facts(self) -> Iterator[Fact]:
        for line in self.lines.values():
            for ladder in line.ladders:
                yield from ladder.facts

    def judge(self, facts: FirmFacts, answers: Answers) -> Verdict:
        verdicts = []
        lo = hi = state = 0
        for part in self.parts:
            found = part.range(facts, answers.points)
            lo += found.lo
            hi += found.hi
            state = max(state, found.state)
            if part.limit is not None:
                verdicts.append(part.limit.verdict(found))
        verdicts.append(self.limit.verdict(Range(lo, hi, state)))
        return altogether(verdicts)

    def total(self, facts: FirmFacts, answers: Answers) -> Range:
        ranges = [part.range(facts, answers.points) for part in self.parts]
        return Range(sum(r.lo for r in ranges), sum(r.hi for r in ranges), max(r.state for r in ranges))

    def score(self, facts: FirmFacts, answers: Answers) -> Score:
        total = self.total(facts, answers)
        lines = tuple(self._line(line, facts, answers) for line in self.lines.values())
        return Score(total.lo, total.hi, total.state, self._outlook(total), lines)

    def _line(self, line: Line, facts: FirmFacts, answers: Answers) -> LineScore:
        rung = line.ladders[0].standing(facts) if len(line.ladders) == 1 else ""
        return LineScore(line, line.range(facts), rung, answers.points.get(line.id))

    def _outlook(self, total: Range) -> ScoreOutlook:
        verdict = self.limit.verdict(total)
        if verdict is Verdict.MET:
            return ScoreOutlook.SAFE
        return ScoreOutlook.SHORT if verdict is Verdict.NOT_MET else ScoreOutlook.POSSIBLE

    def check(self, facts: FirmFacts, entered: Entered) -> None:
        """Points a person enters must lie inside the band the facts leave open."""
        for name, points in entered.items():
            line = self.lines.get(name)
            if line is None:
                raise Refusal(f"评分表里没有“{name}”这一项")
            found = line.range(facts)
            if type(points) is not int or not found.lo <= points <= found.hi:
                span = span_of(found.lo, found.hi)
                raise Refusal(f"“{line.label}”应填 {span} 分（整数），不能填 {points} 分")

    def admissible(self, facts: FirmFacts, entered: Entered) -> dict[str, int]:
        """The points that still lie in their band: one that the figures have moved on since counts no more."""
        spans = {name: self.lines[name].range(facts) for name in entered if name in self.lines}
        return {name: entered[name] for name, span in spans.items() if span.lo <= entered[name] <= span.hi}

    def explain(self, facts: FirmFacts, answers: Answers) -> Explanation:
        score = self.score(facts, answers)
        span = f"{span_of(score.lo, score.hi)} 分"
        short = self._short_parts(facts, answers)
        gap = self._gap(score, short)
        reason = "" if score.state != OPEN else f"现有资料可得 {span}，其余由专家评定"
        return Explanation(
            (score.lo, score.hi), span, self.limit.value, self._asked(), gap, reason or f"现有资料可得 {span}"
        )

    def _asked(self) -> str:
        wanted = [asked(self.limit.comparison, self.limit.value, Unit.POINTS)]
        wanted += [
            f"{part.label}{asked(part.limit.comparison, part.limit.value, Unit.POINTS)}"
            for part in self.parts
            if part.limit
        ]
        return "，".join(wanted)

    def _short_parts(self, facts: FirmFacts, answers: Answers) -> list[str]:
        return [
            f"{part.label}最高 {found.hi} 分，须{asked(part.limit.comparison, part.limit.value, Unit.POINTS)}"
            for part in self.parts
            if part.limit and part.limit.verdict(found := part.range(facts, answers.points)) is Verdict.NOT_MET
        ]

    def _gap(self, score: Score, short: list[str]) -> Gap | None:
        words = list(short)
        if score.outlook is ScoreOutlook.SHORT:
            wanted = asked(self.limit.comparison, self.limit.value, Unit.POINTS)
            words.insert(0, f"最高只能得 {shown(Decimal(score.hi), Unit.POINTS)}，须{wanted}")
        return Gap("；".join(words)) if words else None


def read_points(section: Section) -> Points:
    parts = tuple(read_part(part) for part in section.sections("parts"))
    names = [line.id for part in parts for line in part.lines]
    if len(set(names)) < len(names):
        section.fault("评分项的 id 不能重复", "parts")
    return Points(parts, read_limit(section) or section.fault("请写明要求的总分（at_least 或 more_than）", "parts"))
