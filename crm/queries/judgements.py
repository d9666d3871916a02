"""A firm held against every programme's edition in force, and one of them condition by condition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crm.models import Application, Attachment, Decision, Evaluation, Firm
from crm.queries.answers import answers_of_firms
from crm.queries.attachments import attachments_of
from crm.queries.colouring import coloured
from crm.queries.decisions import decisions_of
from crm.queries.evaluations import evaluations_of
from crm.queries.firm_facts import facts_of
from crm.queries.policies import known_policies
from crm.queries.questions import Question, questions_of
from pipelines.facts.doubts import doubts, research_flags
from pipelines.qualification.assessment import Assessment, qualify_with
from pipelines.qualification.finding import Finding
from pipelines.qualification.tri_color import Colouring
from pipelines.qualification.verdicts import NO_ANSWERS, Answers
from pipelines.vocabulary import AttachedTo, Programme, Verdict

# What keeps the firm out comes first, then what is open.
_ORDER = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.TO_CONFIRM, Verdict.MET, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class Shown:
    """An assessment in the order it is read."""

    assessment: Assessment
    findings: tuple[Finding, ...]
    counts: tuple[tuple[Verdict, int], ...]


@dataclass(frozen=True)
class Proof:
    """A file and the condition it proves."""

    condition: str
    attachment: Attachment


@dataclass(frozen=True)
class Judgement:
    """every: one assessment a programme, in the programmes' order; chosen: the one whose conditions are shown.

    known, wanted: of the facts that this edition looks at, how many are known. asks: whether it leaves something to
    people. colouring: None where no edition colours. decision: that of the office on the chosen programme. history: the
    judgements kept, newest first.
    """

    every: tuple[tuple[Programme, Assessment], ...]
    chosen: Programme
    shown: Shown
    known: int
    wanted: int
    asks: bool
    colouring: Colouring | None
    decision: Decision | None
    history: Sequence[Evaluation]
    proofs: tuple[Proof, ...]
    doubts: tuple[str, ...]


def judgement_of(firm: Firm, applications: Iterable[Application], as_of: date, asked: str | None) -> Judgement:
    """asked is the programme as the address has it; rubbish means the first one, 高企."""
    facts = facts_of(firm, applications, as_of)
    answers = answers_of_firms([firm.id], as_of)
    every = {
        programme: qualify_with(facts, policy, answers.get((firm.id, programme), NO_ANSWERS))
        for programme in Programme
        if (policy := known_policies().in_force(programme, as_of))
    }
    chosen = next((programme for programme in every if programme.value == asked), next(iter(every)))
    known, wanted = every[chosen].known_facts
    return Judgement(
        every=tuple(every.items()),
        chosen=chosen,
        shown=shown(every[chosen]),
        known=known,
        wanted=wanted,
        asks=bool(questions_of(facts, chosen)),
        colouring=_colouring(every, answers.get((firm.id, Programme.HIGH_TECH), NO_ANSWERS)),
        decision=decisions_of([firm.id], chosen, as_of).get(firm.id),
        history=evaluations_of(firm.id, chosen),
        proofs=_proofs(firm.id, chosen, questions_of(facts, chosen)),
        doubts=(*doubts(facts), *research_flags(facts)),
    )


def _proofs(firm_id: int, programme: Programme, questions: Iterable[Question]) -> tuple[Proof, ...]:
    labels = {question.subject: question.label for question in questions}
    kept = attachments_of(firm_id, AttachedTo.ANSWER, within=f"{programme}/")
    named = [(each.about_key.partition("/")[2], each) for each in kept]
    return tuple(Proof(labels.get(subject, subject), each) for subject, each in named)


def _colouring(every: Mapping[Programme, Assessment], of_basis: Answers) -> Colouring | None:
    rating = every.get(Programme.TRI_COLOR)
    return coloured(rating, of_basis) if rating and rating.policy.colours else None


def shown(assessment: Assessment) -> Shown:
    findings = tuple(sorted(assessment.findings, key=lambda finding: _ORDER.index(finding.verdict)))
    verdicts = [finding.verdict for finding in findings]
    counts = tuple((verdict, verdicts.count(verdict)) for verdict in _ORDER if verdict in verdicts)
    return Shown(assessment, findings, counts)
