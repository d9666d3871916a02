"""What an edition leaves to people: conditions to check, and lines of the score table only experts judge."""

from dataclasses import dataclass

from crm.queries.policies import known_policies
from pipelines.facts import FirmFacts
from pipelines.qualification.attested import Attested
from pipelines.qualification.policy import Policy, with_children
from pipelines.vocabulary import AnswerKind, Programme

Key = tuple[AnswerKind, str]


@dataclass(frozen=True)
class Question:
    """lo–hi: the answers that the facts leave open; 0–1 for a condition."""

    kind: AnswerKind
    subject: str
    label: str
    hint: str
    lo: int
    hi: int

    @property
    def key(self) -> Key:
        return self.kind, self.subject


def questions_of(facts: FirmFacts, programme: Programme) -> tuple[Question, ...]:
    policy = known_policies().in_force(programme, facts.as_of)
    if policy is None or not policy.judges:
        return ()
    lines = () if policy.colours else _lines(policy, facts)  # colours are worked out of figures alone
    return (*_conditions(policy), *lines)


def _conditions(policy: Policy) -> tuple[Question, ...]:
    found = {}
    for criterion in policy.criteria:
        for each in with_children(criterion):
            if isinstance(each.rule, Attested):
                hint = "；".join(part for part in (each.reference, "、".join(each.evidence)) if part)
                found[each.rule.answer_id] = Question(AnswerKind.ATTESTED, each.rule.answer_id, each.label, hint, 0, 1)
    return tuple(found.values())


def _lines(policy: Policy, facts: FirmFacts) -> tuple[Question, ...]:
    """Lines the figures decide to the point ask nobody."""
    questions = []
    for line in policy.score.lines.values() if policy.score else ():
        span = line.range(facts)
        if span.lo < span.hi:
            hint = f"可填 {span.lo}–{span.hi} 分"
            questions.append(Question(AnswerKind.POINTS, line.id, line.label, hint, span.lo, span.hi))
    return tuple(questions)
