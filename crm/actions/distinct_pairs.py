"""Somebody has looked and says that two firms that look alike are two; it can be taken back."""

import sqlalchemy as sa

from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import DistinctPair, Firm
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def settle_pair(one: int, other: int, by: Author) -> DistinctPair:
    """Said twice, kept once."""
    if one == other:
        raise Refusal("这是同一家企业，不必标记。")
    begin_exclusive()
    first, second = sorted((one, other))
    known = db.session.scalar(sa.select(DistinctPair).filter_by(first_id=first, second_id=second))
    if known:
        db.session.rollback()
        return known
    pair = DistinctPair(first_id=first, second_id=second, by_name=by.name)
    db.session.add(pair)
    _leave_traces(pair, "不是同一家企业", by)
    db.session.commit()
    return pair


def reopen_pair(pair_id: int, by: Author) -> None:
    begin_exclusive()
    pair = db.session.get(DistinctPair, pair_id, populate_existing=True)
    if pair is None:
        raise Refusal("这个标记已经撤回。")
    _leave_traces(pair, "撤回“不是同一家企业”", by)
    db.session.delete(pair)
    db.session.commit()


def _leave_traces(pair: DistinctPair, reason: str, by: Author) -> None:
    both = sa.select(Firm.id, Firm.name).where(Firm.id.in_((pair.first_id, pair.second_id)))
    names = {row.id: row.name for row in db.session.execute(both)}
    for firm_id, other in ((pair.first_id, pair.second_id), (pair.second_id, pair.first_id)):
        record_event(EventKind.PAIR_SETTLED, by, firm_id, {"subject": names.get(other), "reason": reason})
