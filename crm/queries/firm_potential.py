"""A firm's place in the order: the numbers, what moves them, how they were before, and what staff have added."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.extensions import db
from crm.models import Candidacy, Feedback, Prediction, PreScore, Questionnaire, Scoring
from crm.queries.candidates import chance_words, tier_words
from crm.queries.models import live_scoring, loaded
from pipelines.refusals import Refusal
from pipelines.vocabulary import Stage, Title

_SHOWN = 12


@dataclass(frozen=True)
class Told:
    """A prediction in words; stage: of the firm's open candidacy for the title."""

    prediction: Prediction
    stage: Stage | None
    tells: bool

    @property
    def tier(self) -> str:
        return tier_words(self.prediction)

    @property
    def chance(self) -> str:
        return chance_words(_Row(self.prediction, self.stage), self.tells)


class _Row:
    """What chance_words reads of a row of the list."""

    def __init__(self, prediction: Prediction, stage: Stage | None) -> None:
        self.has_applied, self.stage = prediction.has_applied, stage
        self.p_pass, self.low, self.high = prediction.p_pass, prediction.low, prediction.high


@dataclass(frozen=True)
class FirmPotential:
    """now: None where the firm is no candidate of the scoring. reasons: against a firm exactly on every line."""

    scoring: Scoring | None
    now: Told | None
    reasons: Sequence[Any]
    fault: str | None
    base_rate: float | None
    history: Sequence[Prediction]
    feedbacks: Sequence[Feedback]
    pre_scores: Sequence[PreScore]
    questionnaires: Sequence[Questionnaire]


def potential_of(firm_id: int) -> FirmPotential:
    scoring = live_scoring()
    newest = sa.select(Prediction).where(Prediction.firm_id == firm_id).options(
        joinedload(Prediction.scoring).joinedload(Scoring.version)
    )  # fmt: skip
    history = db.session.scalars(newest.order_by(Prediction.scoring_id.desc()).limit(_SHOWN)).all()
    now = next((each for each in history if scoring and each.scoring_id == scoring.id), None)
    reasons, fault = _reasons(now)
    open_one = sa.select(Candidacy.stage).filter_by(firm_id=firm_id, target=Title.HIGH_TECH, closed_on=None)
    return FirmPotential(
        scoring=scoring,
        now=Told(now, db.session.scalar(open_one), now.scoring.version.tells_percentages) if now else None,
        reasons=reasons,
        fault=fault,
        base_rate=scoring.version.card["base_rate"] if scoring else None,
        history=history,
        feedbacks=_newest(Feedback, firm_id),
        pre_scores=_newest(PreScore, firm_id),
        questionnaires=_newest(Questionnaire, firm_id),
    )


def _newest(model: Any, firm_id: int) -> Sequence[Any]:
    rows = sa.select(model).where(model.firm_id == firm_id).order_by(model.id.desc()).limit(_SHOWN)
    return db.session.scalars(rows).all()


def _reasons(now: Prediction | None) -> tuple[Sequence[Any], str | None]:
    if now is None:
        return (), None
    import numpy as np  # slow import

    from pipelines.classifier.reasons import reasons

    try:
        model = loaded(now.scoring.version, with_apply=False)
    except Refusal as refusal:
        return (), str(refusal)
    row = np.array([np.nan if value is None else value for value in now.features], dtype=float)
    return reasons(model.passing, row), None
