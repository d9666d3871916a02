"""Judgements as they were made, newest first, and one of them shown under the edition of its day."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Evaluation, FactSet
from crm.queries.merged import entries_of
from crm.queries.policies import known_policies
from pipelines.facts.case import facts_from_case
from pipelines.qualification.assessment import Assessment, qualify
from pipelines.vocabulary import Programme

_SHOWN = 20


def evaluations_of(firm_id: int, programme: Programme) -> Sequence[Evaluation]:
    of_firm = sa.select(Evaluation).where(Evaluation.firm_id.in_(entries_of(firm_id)))
    of_firm = of_firm.where(Evaluation.programme == programme)
    return db.session.scalars(of_firm.order_by(Evaluation.id.desc()).limit(_SHOWN)).all()


@dataclass(frozen=True)
class Replay:
    """assessment: None when the edition of that day is not among those this house knows."""

    row: Evaluation
    assessment: Assessment | None

    @property
    def came_out_the_same(self) -> bool:
        """Whether judging again finds what was found then; otherwise the row, not the replay, is what was said."""
        again = self.assessment and {finding.id: finding.verdict.value for finding in self.assessment.findings}
        return again == self.row.findings


def replayed(firm_id: int, evaluation_id: int) -> Replay | None:
    row = db.session.get(Evaluation, evaluation_id)
    if row is None or row.firm_id not in entries_of(firm_id):
        return None
    policy = known_policies().edition(row.programme, row.policy_digest)
    kept = db.session.get_one(FactSet, (row.firm_id, row.facts_digest))
    if policy is None:
        return Replay(row, None)
    facts = facts_from_case(kept.case | {"as_of": row.as_of.isoformat()})
    return Replay(row, qualify(facts, policy, row.answers["attestations"], row.answers["points"]))
