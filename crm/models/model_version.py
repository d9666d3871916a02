"""A trained model, the days it scored the county, and what it said of each firm."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment, word
from pipelines.vocabulary import ModelLevel

if TYPE_CHECKING:
    from crm.models.firm import Firm


class ModelVersion(Base):
    """model is readable JSON, sha256 its digest, trees the bytes of p_apply: a model that was touched is refused.

    card: what it says of itself, with the evaluation by year. rules_digest: of the policy it was trained under.
    is_live: the one whose numbers are shown; it goes live by a named person. is_demo: trained on invented firms.
    """

    __tablename__ = "model_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))
    level: Mapped[ModelLevel] = mapped_column(word(ModelLevel))
    data_as_of: Mapped[date]
    model: Mapped[str] = mapped_column(Text, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    trees: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    trees_sha256: Mapped[str | None] = mapped_column(String(64))
    rules_digest: Mapped[str | None] = mapped_column(String(64))
    card: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_demo: Mapped[bool]
    is_live: Mapped[bool] = mapped_column(default=False)
    live_by: Mapped[str | None] = mapped_column(String(60))
    live_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def tells_percentages(self) -> bool:
        return self.level is not ModelLevel.RULES


class Scoring(Base):
    """One pass of a version over the candidates of a year, with what was known on a day. alarms: see drift.py."""

    __tablename__ = "scorings"
    __table_args__ = (Index("ix_scorings_version_id", "version_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"))
    year: Mapped[int]
    as_of: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))
    firms: Mapped[int]
    alarms: Mapped[list[str]] = mapped_column(JSON)

    version: Mapped[ModelVersion] = relationship()


class Prediction(Base):
    """Append-only: what was said of a firm in one scoring, and the features it was said from, in the order of FEATURES.

    has_applied: in the year; only then is p_pass a number to show. is_borderline: over a line by less than a tenth.
    explores: drawn openly from the unclear and the small, so that next year's results are less selected. questions:
    figures that cannot be meant as they stand, for the officer to look at.
    """

    __tablename__ = "predictions"
    __table_args__ = (
        Index("ix_predictions_potential", "scoring_id", "potential", "firm_id"),
        Index("ix_predictions_firm_id", "firm_id", "scoring_id"),
    )

    scoring_id: Mapped[int] = mapped_column(ForeignKey("scorings.id"), primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    p_pass: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    p_apply: Mapped[float | None]
    potential: Mapped[float]
    potential_low: Mapped[float]
    potential_high: Mapped[float]
    unknown_gates: Mapped[int]
    has_applied: Mapped[bool]
    is_borderline: Mapped[bool]
    explores: Mapped[bool]
    features: Mapped[list[float | None]] = mapped_column(JSON)
    questions: Mapped[list[str]] = mapped_column(JSON)
    question_count: Mapped[int]

    firm: Mapped["Firm"] = relationship()
    scoring: Mapped[Scoring] = relationship()
