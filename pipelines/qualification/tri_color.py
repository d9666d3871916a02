"""Green, yellow or red: bars first, then missed conditions, then points; data missing is yellow at best."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pipelines.facts import FirmFacts
from pipelines.facts.showing import exact
from pipelines.qualification.assessment import Assessment, qualify
from pipelines.qualification.colour_scheme import ColourScheme
from pipelines.qualification.finding import Finding
from pipelines.qualification.ladders import Range
from pipelines.qualification.points import span_of
from pipelines.qualification.policy import Policy
from pipelines.refusals import Refusal
from pipelines.vocabulary import TriColor, Verdict


@dataclass(frozen=True, slots=True)
class Colouring:
    """colour None: this firm is not coloured. reasons: why it is no better (for green: what made it so)."""

    colour: TriColor | None
    lo: int
    hi: int
    reasons: tuple[str, ...]
    assessment: Assessment | None = None

    def as_data(self) -> dict[str, Any]:
        colour = self.colour and self.colour.value
        return {"colour": colour, "lo": self.lo, "hi": self.hi, "reasons": list(self.reasons)}


def tri_color(
    facts: FirmFacts, policy: Policy, basis: Assessment, attestations: Mapping[str, bool] | None = None
) -> Colouring:
    """The colour by an edition of its own; basis is the assessment by the programme the scheme refers to."""
    scheme = policy.colours
    if scheme is None:
        raise Refusal(f"“{policy.title}”没有写明三色的界限")
    applies = getattr(facts, scheme.applies_if.name)
    if not applies:
        return Colouring(None, 0, 0, (_why_not(scheme, applies),))
    assessment = qualify(facts, policy, attestations)
    total = _total(assessment)
    colour, reasons = _colour(assessment, basis, scheme, total)
    return Colouring(colour, total.lo, total.hi, reasons, assessment)


def _why_not(scheme: ColourScheme, applies: bool | None) -> str:
    label = scheme.applies_if.label
    return f"不符合“{label}”，不参加评价" if applies is False else f"“{label}”未知，暂不评价"


def _total(assessment: Assessment) -> Range:
    table = assessment.policy.score
    return Range(0, 0) if table is None else table.total(assessment.facts, assessment.answers)


def _colour(
    assessment: Assessment, basis: Assessment, scheme: ColourScheme, total: Range
) -> tuple[TriColor, tuple[str, ...]]:
    conditions = [basis.finding(name) for name in scheme.red_if_missed]
    red = [*_bars(assessment, scheme), *_missed(conditions)]
    if total.hi < scheme.yellow_from:
        red.append(f"得分 {span_of(total.lo, total.hi)}，低于 {scheme.yellow_from} 分")
    if red:
        return TriColor.RED, tuple(red)
    yellow = [*_below_green(total, scheme), *_lacking(assessment, conditions, total), *_near(conditions, scheme.near)]
    if yellow:
        return TriColor.YELLOW, tuple(yellow)
    return TriColor.GREEN, (f"得分 {total.lo}，各项条件均达标",)


def _bars(assessment: Assessment, scheme: ColourScheme) -> list[str]:
    return [
        f"否决项：{finding.label}——{finding.words or finding.verdict.label}"
        for finding in assessment.missed
        if finding.id != scheme.score
    ]


def _missed(conditions: list[Finding]) -> list[str]:
    return [f"{each.label}未达标：{each.words}" for each in conditions if each.verdict is Verdict.NOT_MET]


def _below_green(total: Range, scheme: ColourScheme) -> list[str]:
    short = total.lo == total.hi and total.lo < scheme.green_from
    return [f"得分 {total.lo}，不到 {scheme.green_from} 分"] if short else []


def _lacking(assessment: Assessment, conditions: list[Finding], total: Range) -> list[str]:
    """Unknown is not counted against the firm, but nobody is green on a guess."""
    words = [f"数据不全：{each.label}{each.verdict.label}" for each in conditions if each.verdict is Verdict.UNKNOWN]
    if total.lo == total.hi:
        return words
    score = assessment.score
    names = [] if score is None else [each.line.label for each in score.lines if each.found.lo != each.found.hi]
    return [f"数据不全：{'、'.join(names)}（得分 {span_of(total.lo, total.hi)}）", *words]


def _near(conditions: list[Finding], near: Fraction) -> list[str]:
    """Met, but by less than the given share of the threshold."""
    return [
        f"{each.label}离不达标不到 {near * 100} %：{each.explanation.shown}"
        for each in conditions
        if _is_near(each, near)
    ]


def _is_near(finding: Finding, near: Fraction) -> bool:
    found = finding.explanation
    if finding.verdict is not Verdict.MET or found.value is None:
        return False
    return exact(found.value) < exact(found.threshold) * (1 + near)


def green_bar(green_scores: Collection[int], coloured: int, quota: Fraction) -> int | None:
    """The score that is no longer green when at most that share of the coloured firms may be; None: all find a place.

    Whoever has no more than the best score that found no place is not green: of a tie at the cut, none.
    """
    places = int(quota * coloured)
    ranked = sorted(green_scores, reverse=True)
    return ranked[places] if len(ranked) > places else None


def outside_quota(score: int) -> str:
    """Why a firm that earned green is shown yellow."""
    return f"得分 {score}，未进入绿色名额"
