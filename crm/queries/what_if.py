"""How a judgement would move if some figures were others. Nothing of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from crm.models import Firm
from crm.queries.answers import answers_of_firms
from crm.queries.judged_firms import facts_of_firms
from crm.queries.policies import known_policies
from pipelines.facts import FirmFacts, IpItem, YearFigures
from pipelines.qualification.assessment import Assessment, qualify_with
from pipelines.qualification.finding import Finding
from pipelines.qualification.verdicts import NO_ANSWERS
from pipelines.vocabulary import IpAcquisition, IpKind, Programme

_FIGURES = ("sales_revenue", "rd_spend", "high_tech_revenue", "staff", "tech_staff", "conversions")
_MORE = {"more_class_one": IpKind.INVENTION, "more_class_two": IpKind.UTILITY_MODEL}


@dataclass(frozen=True)
class WhatIf:
    """rows: each condition as it is and as it would be."""

    now: Assessment
    then: Assessment
    rows: tuple[tuple[Finding, Finding], ...]


def what_if(firm: Firm, programme: Programme, given: Mapping[str, Any], as_of: date) -> WhatIf | None:
    """given: figures of the last fiscal year, and rights gained until the filing; None stays as it is known."""
    known = next(facts_of_firms([firm.id], as_of), None)
    policy = known_policies().in_force(programme, as_of)
    if known is None or policy is None or not policy.judges:
        return None
    _, facts = known
    answers = answers_of_firms([firm.id], as_of).get((firm.id, programme), NO_ANSWERS)
    now = qualify_with(facts, policy, answers)
    then = qualify_with(_changed(facts, given), policy, answers)
    return WhatIf(now, then, tuple(zip(now.findings, then.findings, strict=True)))


def _changed(facts: FirmFacts, given: Mapping[str, Any]) -> FirmFacts:
    figures = {name: given[name] for name in _FIGURES if given.get(name) is not None}
    last = facts.annual.get(facts.last_year, YearFigures())
    gained = tuple(_right(kind, facts) for name, kind in _MORE.items() for _ in range(given.get(name) or 0))
    return replace(
        facts,
        annual={**facts.annual, facts.last_year: replace(last, **figures)},
        ip=(facts.ip or ()) + gained if gained else facts.ip,
    )


def _right(kind: IpKind, facts: FirmFacts) -> IpItem:
    return IpItem(kind, granted_on=facts.as_of, acquired=IpAcquisition.SELF_DEVELOPED)
