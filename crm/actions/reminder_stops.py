"""Deeds on a firm's reminders: stopped with a reason, and taken up again."""

from datetime import date

import sqlalchemy as sa

from crm import clock
from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import Firm, ReminderStop
from crm.queries.reminder_stops import stop_of
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def stop_reminders(firm_id: int, reason: str, until: date | None, by: Author) -> ReminderStop:
    """until: None for good. Said again while it is stopped, what is said now counts."""
    today = clock.today()
    if until is not None and until < today:
        raise Refusal("停用到哪一天不能早于今天。")
    begin_exclusive()
    db.session.expire_all()
    firm = db.session.get_one(Firm, firm_id)
    known = stop_of(firm_id, today)
    if known and (known.reason, known.until) == (reason, until):
        db.session.rollback()
        return known
    if known:
        known.lifted_at, known.lifted_by = clock.now(), by.name
    stop = ReminderStop(firm_id=firm_id, reason=reason, until=until, by_name=by.name)
    db.session.add(stop)
    changes = [
        {"field": "停用到", "old": _until(known) if known else None, "new": _until(stop)},
        {"field": "原因", "old": known.reason if known else None, "new": reason},
    ]
    record_event(EventKind.REMINDERS_STOPPED, by, firm_id, {"subject": firm.name, "changes": changes})
    db.session.commit()
    return stop


def resume_reminders(firm_id: int, by: Author) -> None:
    begin_exclusive()
    db.session.expire_all()
    stop = stop_of(firm_id, clock.today())
    if stop is None:
        raise Refusal("该企业的提醒没有停用。")
    taken_back = sa.update(ReminderStop).filter_by(firm_id=firm_id, lifted_at=None)
    db.session.execute(taken_back.values(lifted_at=clock.now(), lifted_by=by.name))
    changes = [{"field": "停用到", "old": _until(stop), "new": None}]
    firm = db.session.get_one(Firm, firm_id)
    record_event(EventKind.REMINDERS_RESUMED, by, firm_id, {"subject": firm.name, "changes": changes})
    db.session.commit()


def _until(stop: ReminderStop) -> str:
    return str(stop.until) if stop.until else "长期"
