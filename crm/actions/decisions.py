"""Deeds on what the office decides beside the computed judgement."""

from datetime import date

from crm import clock
from crm.actions.changes import firm_for_change, leave_trace
from crm.actions.events import Author
from crm.extensions import db
from crm.models import Decision
from crm.queries.decisions import choices_of, decided_word, decisions_of
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Programme, Word


def decide(
    firm_id: int, programme: Programme, decided: Word | None, reason: str, until: date | None, by: Author
) -> Decision | None:
    """decided None takes the standing decision back. The same form sent twice gives the first result."""
    firm_for_change(firm_id)
    today = clock.today()
    if decided is not None and decided not in choices_of(programme):
        raise Refusal("这个项目不能这样认定。")
    if until is not None and until < today:
        raise Refusal("有效期至不能早于今天。")
    standing = decisions_of([firm_id], programme, today).get(firm_id)
    old = standing and decided_word(standing)
    if old is decided and (standing is None or (standing.reason, standing.until) == (reason, until)):
        db.session.rollback()
        return standing
    decision = Decision(
        firm_id=firm_id, programme=programme, decided=decided and decided.value, reason=reason, until=until,
        by_id=by.user_id, by_name=by.name,
    )  # fmt: skip
    db.session.add(decision)
    change = {"field": "人工认定", "old": old and old.label, "new": decided and decided.label}
    leave_trace(firm_id, EventKind.DECIDED, by, {"subject": programme.label, "reason": reason, "changes": [change]})
    db.session.commit()
    return decision
