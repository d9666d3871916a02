"""The answers that count: the newest of each subject, given in the year of the judgement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Answer
from pipelines.qualification.verdicts import Answers
from pipelines.vocabulary import AnswerKind, Programme


def newest_answers(firm_ids: Sequence[int], as_of: date, programme: Programme | None = None) -> Sequence[Answer]:
    """A new year asks again: documents checked for last year's application prove nothing for this one's."""
    newest = sa.select(sa.func.max(Answer.id)).where(Answer.firm_id.in_(firm_ids), Answer.answered_on <= as_of)
    if programme:
        newest = newest.where(Answer.programme == programme)
    newest = newest.group_by(Answer.firm_id, Answer.programme, Answer.kind, Answer.subject)
    began = as_of.replace(month=1, day=1)
    counting = sa.select(Answer).where(Answer.id.in_(newest), Answer.answered_on >= began, Answer.value.is_not(None))
    return db.session.scalars(counting.order_by(Answer.id)).all()


def answers_of_firms(firm_ids: Sequence[int], as_of: date) -> Mapping[tuple[int, Programme], Answers]:
    rows: dict[tuple[int, Programme], list[Answer]] = defaultdict(list)
    for row in newest_answers(firm_ids, as_of):
        rows[row.firm_id, row.programme].append(row)
    return {key: answers_in(some) for key, some in rows.items()}


def answers_in(rows: Iterable[Answer]) -> Answers:
    attested, points = {}, {}
    for row in rows:
        if row.kind is AnswerKind.ATTESTED:
            attested[row.subject] = bool(row.value)
        elif row.value is not None:
            points[row.subject] = row.value
    return Answers(attested, points)


def last_answer_id(firm_id: int, programme: Programme) -> int:
    """0 when nobody has answered; tells whether somebody else has answered since a page was opened."""
    of_firm = sa.select(sa.func.max(Answer.id)).where(Answer.firm_id == firm_id, Answer.programme == programme)
    return db.session.scalar(of_firm) or 0
