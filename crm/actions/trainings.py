"""Deeds on trainings: set up, changed, and who came."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.actions.changes import first_values, row_for_change, write
from crm.actions.events import Author, record_event
from crm.actions.pasted_firms import Noted, note_firms
from crm.extensions import begin_exclusive, db
from crm.models import Attendance, Firm, Training, User
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def save_training(training_id: int | None, values: Mapping[str, Any], by: Author) -> Training:
    """The same training of the same day is made once."""
    begin_exclusive()
    db.session.expire_all()
    twin = db.session.scalar(sa.select(Training).filter_by(held_on=values["held_on"], subject=values["subject"]))
    if twin and twin.id != training_id:
        if training_id is None:
            db.session.rollback()
            return twin
        raise Refusal("这一天已有同名的培训，未作修改。")
    training = db.session.get_one(Training, training_id) if training_id else Training(by_name=by.name)
    changes = write(training, values) if training_id else first_values(values)
    for name, value in values.items():
        setattr(training, name, value)
    db.session.add(training)
    if changes:
        record_event(EventKind.TRAINING_SAVED, by, None, {"subject": training.subject, "changes": list(changes)})
    db.session.commit()
    return training


def note_attendance(training_id: int, lines: Sequence[str], viewer: User | None, by: Author) -> Noted:
    """lines: a name or a code each. What is not clear stays out and is told; the others are in."""
    begin_exclusive()
    db.session.expire_all()
    training = db.session.get_one(Training, training_id)
    there = set(db.session.scalars(sa.select(Attendance.firm_id).filter_by(training_id=training_id)))
    noted = note_firms(lines, there, viewer, lambda firm_id: _attend(training, firm_id, by))
    db.session.commit()
    return noted


def remove_attendance(training_id: int, firm_id: int, by: Author) -> None:
    attendance = row_for_change(Attendance, (training_id, firm_id), "这家企业不在参加名单里。")
    training = db.session.get_one(Training, training_id)
    db.session.delete(attendance)
    _trace(training, firm_id, training.subject, None, by)
    db.session.commit()


def _attend(training: Training, firm_id: int, by: Author) -> None:
    db.session.get_one(Firm, firm_id)
    db.session.add(Attendance(training_id=training.id, firm_id=firm_id, by_name=by.name))
    _trace(training, firm_id, None, training.subject, by)


def _trace(training: Training, firm_id: int, old: str | None, new: str | None, by: Author) -> None:
    about = {"subject": str(training.held_on), "changes": [{"field": "培训", "old": old, "new": new}]}
    record_event(EventKind.ATTENDED, by, firm_id, about)
