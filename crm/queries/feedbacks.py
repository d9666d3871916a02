"""What officers said of firms' places, beside the model's numbers and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Application, Feedback, Firm, Prediction, Scoring, User
from crm.queries.scope import within_scope
from pipelines.vocabulary import ApplicationKind, ApplicationResult, FeedbackVerdict, Title

_SHOWN = 500
_TOLD = (FeedbackVerdict.TOO_HIGH, FeedbackVerdict.TOO_LOW)


@dataclass(frozen=True)
class Overrides:
    """decided: those who said too high or too low and whose firm has its result by now; right: who was right."""

    rows: Sequence[Any]
    decided: int
    right: int


def overrides(viewer: User | None) -> Overrides:
    """The newest first; of a firm and a round only the last word counts."""
    newest = sa.select(sa.func.max(Feedback.id)).group_by(Feedback.firm_id, Feedback.scoring_id)
    first = sa.and_(
        Application.firm_id == Feedback.firm_id, Application.year == Scoring.year,
        Application.programme == Title.HIGH_TECH, Application.kind == ApplicationKind.FIRST,
    )  # fmt: skip
    said = sa.and_(Prediction.firm_id == Feedback.firm_id, Prediction.scoring_id == Feedback.scoring_id)
    rows: Any = sa.select(
        Feedback.made_at, Feedback.by_name, Feedback.verdict, Feedback.reason, Feedback.note, Firm.id, Firm.name,
        Scoring.year, Scoring.version_id, Prediction.p_pass, Prediction.potential, Application.result,
    )  # fmt: skip
    rows = rows.select_from(Feedback).join(Firm, Firm.id == Feedback.firm_id)
    rows = (
        rows.join(Scoring, Scoring.id == Feedback.scoring_id).outerjoin(Prediction, said).outerjoin(Application, first)
    )
    rows = within_scope(rows.where(Feedback.id.in_(newest)), viewer, Firm.township_id)
    found = db.session.execute(rows.order_by(Feedback.id.desc()).limit(_SHOWN)).all()
    verdicts = [right for row in found if (right := was_right(row)) is not None]
    return Overrides(found, len(verdicts), sum(verdicts))


def was_right(row: Any) -> bool | None:
    """Whether the officer's correction was borne out; None where there is none, or no result yet."""
    if row.verdict not in _TOLD or row.result not in (ApplicationResult.PASSED, ApplicationResult.FAILED):
        return None
    return bool((row.result is ApplicationResult.PASSED) == (row.verdict is FeedbackVerdict.TOO_LOW))
