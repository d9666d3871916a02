"""Who can be put forward for 高企 this year, and what keeps the others (tiers A–E)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.facts import FirmFacts
from pipelines.qualification.finding import Finding
from pipelines.qualification.points import Points, Score
from pipelines.vocabulary import ScoreOutlook, ShortlistTier, Verdict, WhenMissed


@dataclass(frozen=True, slots=True)
class Shortlisting:
    """tier None: not in the pool, the certificate holds beyond this year."""

    tier: ShortlistTier | None
    reasons: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        return {"tier": self.tier and self.tier.value, "reasons": list(self.reasons)}


def shortlisted(facts: FirmFacts, findings: Sequence[Finding], score: Score | None) -> Shortlisting:
    """The worst kind of miss decides; without a miss, what is still open does."""
    if facts.has_high_tech and not facts.high_tech_ends_this_year:
        return Shortlisting(None, ("证书今年不到期，无需申报",))
    conditions = [finding for finding in findings if not isinstance(finding.criterion.rule, Points)]
    missed = [finding for finding in conditions if finding.verdict is Verdict.NOT_MET]
    return _with_misses(missed, score) or _without_a_miss(conditions, score)


def _with_misses(missed: list[Finding], score: Score | None) -> Shortlisting | None:
    for kind, tier in (
        (WhenMissed.RULED_OUT, ShortlistTier.RULED_OUT),
        (WhenMissed.NEXT_YEAR, ShortlistTier.NEXT_YEAR),
    ):
        decisive = [finding for finding in missed if finding.criterion.when_missed is kind]
        if decisive:
            return Shortlisting(tier, _reasons(decisive))
    if score is not None and score.outlook is ScoreOutlook.SHORT:
        return Shortlisting(ShortlistTier.NEXT_YEAR, (*_reasons(missed), f"创新能力评价最高只能得 {score.hi} 分"))
    if len(missed) > 1:
        return Shortlisting(ShortlistTier.NEXT_YEAR, _reasons(missed))
    return Shortlisting(ShortlistTier.ONE_GAP, _reasons(missed)) if missed else None


def _without_a_miss(conditions: list[Finding], score: Score | None) -> Shortlisting:
    """Gates must all be met and the score be safe; what only a person confirms is named either way."""
    open_ones = [finding for finding in conditions if finding.verdict in (Verdict.UNKNOWN, Verdict.TO_CONFIRM)]
    is_safe = score is None or score.outlook is ScoreOutlook.SAFE
    if is_safe and not any(finding.criterion.is_gate for finding in open_ones):
        return Shortlisting(ShortlistTier.READY, ("硬条件全部达标，评分稳过", *_reasons(open_ones)))
    span = () if score is None or is_safe else (f"创新能力评价 {score.lo}–{score.hi} 分，待专家评定",)
    return Shortlisting(ShortlistTier.PAPERS_MISSING, (*_reasons(open_ones), *span))


def _reasons(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(f"{finding.label}：{finding.words or finding.verdict.label}" for finding in findings)
