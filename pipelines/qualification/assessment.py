"""A firm's facts held against an edition: what was found, and what it comes to."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pipelines.facts import FirmFacts
from pipelines.facts.doubts import doubts
from pipelines.qualification.finding import Finding
from pipelines.qualification.points import Score
from pipelines.qualification.policy import Policy
from pipelines.qualification.shortlist import Shortlisting, shortlisted
from pipelines.qualification.verdicts import NO_ANSWERS, Answers, altogether
from pipelines.refusals import Refusal
from pipelines.vocabulary import Programme, Verdict


class Assessment:
    """verdict is that of all conditions together; an edition that judges nothing is not applicable to anybody."""

    def __init__(self, facts: FirmFacts, policy: Policy, answers: Answers) -> None:
        self.facts = facts
        self.policy = policy
        self.answers = answers
        self._verdicts = [judge(facts, answers) for judge in policy.judge_each]
        self.verdict = altogether(self._verdicts)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Condition by condition; made when somebody reads them, for most firms only the verdict is wanted."""
        judged = zip(self.policy.criteria, self._verdicts, strict=True)
        return tuple(Finding(criterion, self.facts, self.answers, verdict) for criterion, verdict in judged)

    @property
    def missed(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.NOT_MET)

    @property
    def known_facts(self) -> tuple[int, int]:
        """Of the facts that the edition looks at: how many are known, how many there are."""
        facts = self.policy.facts
        return sum(getattr(self.facts, fact.name) is not None for fact in facts), len(facts)

    @cached_property
    def score(self) -> Score | None:
        table = self.policy.score
        return None if table is None else table.score(self.facts, self.answers)

    @cached_property
    def shortlisting(self) -> Shortlisting | None:
        """Only for 高企: how near the firm is to this year's certification."""
        if self.policy.programme != Programme.HIGH_TECH or not self.findings:
            return None
        return shortlisted(self.facts, self.findings, self.score)

    def finding(self, name: str) -> Finding:
        return next(finding for finding in self.findings if finding.id == name)

    def as_data(self) -> dict[str, Any]:
        """As JSON keeps it: enough to show the judgement without judging again."""
        return {
            "programme": self.policy.programme,
            "title": self.policy.title,
            "document_number": self.policy.document_number,
            "edition": self.policy.in_force_from.isoformat(),
            "digest": self.policy.digest,
            "status": self.policy.status.value,
            "as_of": self.facts.as_of.isoformat(),
            "verdict": self.verdict.value,
            "findings": [finding.as_data() for finding in self.findings],
            "score": None if self.score is None else self.score.as_data(),
            "shortlist": None if self.shortlisting is None else self.shortlisting.as_data(),
            "doubts": list(doubts(self.facts)),
        }


def qualify(
    facts: FirmFacts,
    policy: Policy,
    attestations: Mapping[str, bool] | None = None,
    points_entered: Mapping[str, int] | None = None,
) -> Assessment:
    """Judge the facts by the edition. Points a person entered outside their band are refused."""
    answers = Answers(attestations or {}, points_entered or {}) if attestations or points_entered else NO_ANSWERS
    if points_entered:
        _check_points(facts, policy, points_entered)
    return Assessment(facts, policy, answers)


def qualify_with(facts: FirmFacts, policy: Policy, answers: Answers) -> Assessment:
    """Judge by what people have answered at some time: points that no longer lie in their band are left out."""
    points = policy.score.admissible(facts, answers.points) if policy.score and answers.points else {}
    return qualify(facts, policy, answers.attestations, points)


def _check_points(facts: FirmFacts, policy: Policy, entered: Mapping[str, int]) -> None:
    if policy.score is None:
        raise Refusal(f"{policy.title}没有评分表，不能填写分数")
    policy.score.check(facts, entered)
