"""What the office decided, as long as it counts."""

from collections.abc import Collection, Mapping
from datetime import date

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Decision
from pipelines.vocabulary import Programme, TriColor, Verdict, Word

DECIDABLE: tuple[Verdict, ...] = (Verdict.MET, Verdict.NOT_MET)


def choices_of(programme: Programme) -> tuple[Word, ...]:
    """What may be decided: a colour for the three-colour rating, else whether the firm meets the conditions."""
    return tuple(TriColor) if programme is Programme.TRI_COLOR else DECIDABLE


def decided_word(decision: Decision) -> Word | None:
    return next((each for each in choices_of(decision.programme) if each.value == decision.decided), None)


def decisions_of(firm_ids: Collection[int], programme: Programme, on: date) -> Mapping[int, Decision]:
    newest = sa.select(sa.func.max(Decision.id)).where(Decision.firm_id.in_(firm_ids), Decision.programme == programme)
    counting = sa.select(Decision).where(Decision.id.in_(newest.group_by(Decision.firm_id)))
    counting = counting.where(Decision.decided.is_not(None), sa.or_(Decision.until.is_(None), Decision.until >= on))
    return {decision.firm_id: decision for decision in db.session.scalars(counting)}
