"""Judgements are kept: made after every change of facts and nightly, written only where one came out otherwise."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.bulk import catch_up_sequence, first_free_id, insert_rows
from crm.actions.rounds import firm_rounds
from crm.actions.tasks import Progress, unwatched
from crm.extensions import Base, begin_exclusive, db
from crm.models import Evaluation, Event, FactSet, Firm, ImportBatch, LatestEvaluation
from crm.queries.answers import answers_of_firms
from crm.queries.colouring import coloured
from crm.queries.judged_firms import Latest, facts_of_firms, latest_judgements
from crm.queries.policies import known_policies
from pipelines.facts import FirmFacts
from pipelines.facts.case import case_of
from pipelines.facts.doubts import doubts, research_flags
from pipelines.qualification.assessment import Assessment, qualify_with
from pipelines.qualification.finding import gap_data
from pipelines.qualification.policy import Policy
from pipelines.qualification.tri_color import Colouring
from pipelines.qualification.verdicts import NO_ANSWERS, Answers
from pipelines.vocabulary import Programme, TriColor, Verdict

_FIRMS_A_ROUND = 500
_OPEN = (Verdict.UNKNOWN, Verdict.TO_CONFIRM)
JUDGED = tuple(Programme)

Editions = Sequence[tuple[Programme, Policy]]
Answered = Mapping[tuple[int, Programme], Answers]


def evaluate_county(
    on: date, through: str, programmes: Sequence[Programme] = JUDGED, progress: Progress = unwatched
) -> int:
    """Judge every firm; each round is a transaction of its own, so that officers can write in between."""
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Firm)) or 0
    done = written = 0
    for some in list(firm_rounds(None, _FIRMS_A_ROUND)):
        written += _evaluate_round(some, on, through, programmes)
        done += len(some)
        progress(done, total)
    return written


def evaluate_import(batch_id: int, on: date, progress: Progress = unwatched) -> int:
    """Judge the firms an import has touched, after it was committed; what a crash leaves out the night makes good."""
    batch, through = db.session.get_one(ImportBatch, batch_id), f"import:{batch_id}"
    touched = sa.select(Event.firm_id).where(Event.at >= batch.created_at, Event.through == through).distinct()
    firm_ids = [firm_id for firm_id in db.session.scalars(touched) if firm_id is not None]
    done = written = 0
    for some in firm_rounds(firm_ids, _FIRMS_A_ROUND):
        written += _evaluate_round(some, on, through, JUDGED)
        done += len(some)
        progress(done, len(firm_ids))
    return written


def _evaluate_round(firm_ids: Sequence[int], on: date, through: str, programmes: Sequence[Programme]) -> int:
    db.session.rollback()
    begin_exclusive()
    written = evaluate_firms(firm_ids, on, through, programmes)
    db.session.commit()
    return written


def evaluate_firms(firm_ids: Iterable[int], on: date, through: str, programmes: Sequence[Programme] = JUDGED) -> int:
    """Judge these firms in the caller's transaction, which holds the writer's lock; answers how many rows are new."""
    db.session.flush()
    ids = sorted(set(firm_ids))
    editions = [(each, policy) for each in programmes if (policy := known_policies().in_force(each, on))]
    known, answers = latest_judgements(ids), answers_of_firms(ids, on)
    fresh, fact_sets = [], {}
    for firm_id, facts in facts_of_firms(ids, on):
        case = case_of(facts)
        facts_digest = _digest(case["facts"], case["interpretations"], on.year)
        for row in _judged(firm_id, facts, facts_digest, editions, answers):
            latest = known.get((firm_id, row["programme"]))
            if row["programme"] is Programme.TRI_COLOR and row["colour"] is None and latest is None:
                continue  # never was a 高企: nobody colours it
            if latest is None or latest.signature != row["signature"]:
                fresh.append(row | _colour_history(row["colour"], latest, on))
                fact_sets[(firm_id, facts_digest)] = case
    if fresh:
        _keep(fresh, fact_sets, on, through)
    return len(fresh)


def _judged(
    firm_id: int, facts: FirmFacts, facts_digest: str, editions: Editions, answers: Answered
) -> Iterator[dict[str, Any]]:
    """An edition that judges nothing leaves no row."""
    for programme, policy in editions:
        if policy.judges:
            assessment = qualify_with(facts, policy, answers.get((firm_id, programme), NO_ANSWERS))
            colouring = None
            if policy.colours:
                colouring = coloured(assessment, answers.get((firm_id, policy.colours.basis), NO_ANSWERS))
            yield _row(firm_id, programme, assessment, facts_digest, colouring)


def _colour_history(colour: TriColor | None, latest: Latest | None, on: date) -> dict[str, Any]:
    """A judgement that changes no colour keeps when, and from which, it changed last."""
    if latest is not None and latest.colour is colour:
        return {"colour_before": latest.colour_before, "colour_since": latest.colour_since}
    return {"colour_before": latest and latest.colour, "colour_since": on}


def _row(
    firm_id: int, programme: Programme, assessment: Assessment, facts_digest: str, colouring: Colouring | None
) -> dict[str, Any]:
    findings = {finding.id: finding.verdict.value for finding in assessment.findings}
    said = {"attestations": assessment.answers.attestations, "points": assessment.answers.points}
    listing = assessment.shortlisting
    tier = listing.tier if listing else None
    colour = colouring.colour if colouring else None
    reasons = list(colouring.reasons) if colouring else []
    return {
        "firm_id": firm_id,
        "programme": programme,
        "edition": assessment.policy.in_force_from,
        "policy_digest": assessment.policy.digest,
        "facts_digest": facts_digest,
        "signature": _digest(assessment.policy.digest, facts_digest, said, findings, tier, colour, reasons),
        "verdict": assessment.verdict,
        "findings": findings,
        "answers": said,
        "shortlist": tier,
        "colour": colour,
        "reasons": reasons,
        "assessment": assessment,
    }


def _keep(rows: list[dict[str, Any]], fact_sets: dict[tuple[int, str], Any], on: date, through: str) -> None:
    _keep_facts(fact_sets)
    first, made_at = first_free_id(Evaluation), clock.now()
    for number, row in enumerate(rows):
        assessment = row.pop("assessment")
        row |= _in_full(assessment) | _summary(assessment)
        row |= {"id": first + number, "evaluation_id": first + number}
        row |= {"as_of": on, "made_at": made_at, "through": through}
    _insert(Evaluation, rows)
    catch_up_sequence(Evaluation)
    _point_to(rows)


def _insert(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """The fields of the rows that the table has."""
    fields = [column.key for column in model.__table__.columns if column.key in rows[0]]
    insert_rows(model, fields, [[row[field] for field in fields] for row in rows])


def _in_full(assessment: Assessment) -> dict[str, Any]:
    """What is worked out only for a judgement that is written."""
    verdicts = [finding.verdict for finding in assessment.findings]
    missed = [{"id": each.id, **(gap_data(each.gap) or {"words": each.words})} for each in assessment.missed]
    score = assessment.score
    return {
        "missed": missed,
        "missed_count": len(missed),
        "open_count": sum(verdict in _OPEN for verdict in verdicts),
        "score_lo": score and score.lo,
        "score_hi": score and score.hi,
    }


def _summary(assessment: Assessment) -> dict[str, Any]:
    """What lists over the county read of a judgement, see LatestEvaluation."""
    single = assessment.missed[0] if len(assessment.missed) == 1 else None
    amount = single.gap.amount if single and single.gap else None
    told = [*doubts(assessment.facts), *research_flags(assessment.facts)]
    known, wanted = assessment.known_facts
    items = dict.fromkeys(item for finding in assessment.findings for item in finding.missing)
    return {
        "only_missed": single and single.id,
        "gap_words": single and single.words,
        "gap_amount": None if amount is None else float(amount),
        "data_ratio": known / wanted if wanted else None,
        "doubts": told,
        "doubt_count": len(told),
        "lacking": [{"name": item.name, "year": item.year, "label": item.label} for item in items],
    }


def _keep_facts(fact_sets: dict[tuple[int, str], Any]) -> None:
    """Facts that come back to what they were are already kept."""
    firm_ids = {firm_id for firm_id, _ in fact_sets}
    kept = sa.select(FactSet.firm_id, FactSet.digest).where(FactSet.firm_id.in_(firm_ids))
    known = {(firm_id, digest) for firm_id, digest in db.session.execute(kept)}
    new = [(*key, case) for key, case in fact_sets.items() if key not in known]
    insert_rows(FactSet, ("firm_id", "digest", "case"), new)


def _point_to(rows: Sequence[dict[str, Any]]) -> None:
    for programme in {row["programme"] for row in rows}:
        firm_ids = [row["firm_id"] for row in rows if row["programme"] is programme]
        condition = (LatestEvaluation.programme == programme, LatestEvaluation.firm_id.in_(firm_ids))
        db.session.execute(sa.delete(LatestEvaluation).where(*condition))
    _insert(LatestEvaluation, rows)


def _digest(*parts: Any) -> str:
    return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
