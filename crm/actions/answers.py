"""Deeds on what only people can say."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from crm import clock
from crm.actions.attachments import Given, attach
from crm.actions.changes import firm_for_change, leave_trace
from crm.actions.events import Author
from crm.extensions import db
from crm.models import Answer
from crm.queries.answers import last_answer_id, newest_answers
from crm.queries.judged_firms import facts_of_firms
from crm.queries.questions import Key, Question, questions_of
from pipelines.refusals import Refusal
from pipelines.vocabulary import AnswerKind, AttachedTo, EventKind, Programme


def answer_questions(
    firm_id: int, programme: Programme, given: Mapping[Key, int | None], answered_on: date, note: str | None, seen: int,
    by: Author, files: Mapping[Key, Sequence[Given]] | None = None,
) -> int:  # fmt: skip
    """Keep the answers that differ from those that count, and the files that prove them; answers how many.

    None takes an answer back. seen: the newest answer the page knew of. Points outside the band that the figures leave
    open are refused.
    """
    firm_for_change(firm_id)
    today = clock.today()
    if last_answer_id(firm_id, programme) != seen:
        raise Refusal("您打开页面之后，已有别人填写了核验或评分。请重新打开页面，核对后再填。")
    if answered_on.year != today.year:
        raise Refusal("核验和评分只对当年的判断有效，请填今年的日期。")
    _, facts = next(facts_of_firms([firm_id], today))
    questions = {question.key: question for question in questions_of(facts, programme)}
    standing = {(row.kind, row.subject): row.value for row in newest_answers([firm_id], today, programme)}
    changes = []
    for key, value in given.items():
        if key in questions and value != standing.get(key):
            _refuse_unless_in_band(questions[key], value)
            db.session.add(_row(firm_id, programme, key, value, answered_on, note, by))
            changes.append(_told(questions[key], standing.get(key), value))
    for key, proofs in (files or {}).items():
        if key in questions and proofs:
            added = attach(firm_id, AttachedTo.ANSWER, f"{programme}/{key[1]}", proofs, by)
            names = "、".join(each.file_name for each in added)
            changes.append({"field": f"{questions[key].label}：佐证", "old": None, "new": names})
    if changes:
        about = {"subject": programme.label, "changes": changes} | ({"reason": note} if note else {})
        leave_trace(firm_id, EventKind.ANSWERED, by, about)
    db.session.commit()
    return len(changes)


def _refuse_unless_in_band(question: Question, value: int | None) -> None:
    if value is not None and not question.lo <= value <= question.hi:
        raise Refusal(f"“{question.label}”应填 {question.lo}–{question.hi} 分（整数），不能填 {value} 分。")


def _row(
    firm_id: int, programme: Programme, key: Key, value: int | None, answered_on: date, note: str | None, by: Author
) -> Answer:
    kind, subject = key
    return Answer(
        firm_id=firm_id, programme=programme, kind=kind, subject=subject, value=value, answered_on=answered_on,
        note=note, by_id=by.user_id, by_name=by.name,
    )  # fmt: skip


def _told(question: Question, old: int | None, new: int | None) -> dict[str, Any]:
    return {"field": question.label, "old": _words(question, old), "new": _words(question, new)}


def _words(question: Question, value: int | None) -> str | None:
    if value is None:
        return None
    if question.kind is AnswerKind.POINTS:
        return f"{value} 分"
    return "经核验符合" if value else "经核验不符合"
