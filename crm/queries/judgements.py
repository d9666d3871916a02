"""A firm held against every programme's edition in force, and one of them condition by condition."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crm.models import Application, Firm
from crm.queries.firm_facts import facts_of
from crm.queries.policies import known_policies
from pipelines.facts.doubts import doubts
from pipelines.qualification.assessment import Assessment, qualify
from pipelines.qualification.finding import Finding
from pipelines.vocabulary import Programme, Verdict

# What keeps the firm out comes first, then what is open.
_ORDER = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.TO_CONFIRM, Verdict.MET, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class Judgement:
    """every: one assessment a programme, in the programmes' order; chosen: the one whose conditions are shown."""

    every: tuple[tuple[Programme, Assessment], ...]
    chosen: Programme
    assessment: Assessment
    findings: tuple[Finding, ...]
    counts: tuple[tuple[Verdict, int], ...]
    doubts: tuple[str, ...]


def judgement_of(firm: Firm, applications: Iterable[Application], as_of: date, asked: str | None) -> Judgement:
    """asked is the programme as the address has it; rubbish means the first one, 高企."""
    facts = facts_of(firm, applications, as_of)
    every = {
        programme: qualify(facts, policy)
        for programme in Programme
        if programme is not Programme.TRI_COLOR and (policy := known_policies().in_force(programme, as_of))
    }
    chosen = next((programme for programme in every if programme.value == asked), next(iter(every)))
    findings = tuple(sorted(every[chosen].findings, key=lambda finding: _ORDER.index(finding.verdict)))
    verdicts = [finding.verdict for finding in findings]
    return Judgement(
        every=tuple(every.items()),
        chosen=chosen,
        assessment=every[chosen],
        findings=findings,
        counts=tuple((verdict, verdicts.count(verdict)) for verdict in _ORDER if verdict in verdicts),
        doubts=tuple(doubts(facts)),
    )
