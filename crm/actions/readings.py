"""Deeds on how the office reads what the documents leave open."""

from typing import Any

from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import Reading
from crm.queries.readings import OPEN_QUESTIONS, OpenQuestion, forget_readings, newest_reading, readings_in_force
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Word


def read_otherwise(answers: dict[str, Word], note: str | None, seen: int, by: Author) -> bool:
    """Keep the answers if one differs; whether one did. seen: the newest row the page knew of, 0 for none."""
    begin_exclusive()
    forget_readings()
    newest = newest_reading()
    if (newest.id if newest else 0) != seen:
        raise Refusal("您打开页面之后，已有别人改过。请重新打开页面，核对后再改。")
    now = readings_in_force()
    changes = [_told(question, getattr(now, question.field), answers[question.field]) for question in OPEN_QUESTIONS]
    changes = [change for change in changes if change["old"] != change["new"]]
    if changes:
        kept = {name: word.value for name, word in answers.items()}
        db.session.add(Reading(answers=kept, note=note, by_id=by.user_id, by_name=by.name))
        record_event(EventKind.READING_CHANGED, by, None, {"changes": changes} | ({"reason": note} if note else {}))
    db.session.commit()
    forget_readings()
    return bool(changes)


def _told(question: OpenQuestion, old: Word, new: Word) -> dict[str, Any]:
    return {"field": question.asks, "old": old.label, "new": new.label}
