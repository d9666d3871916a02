"""A trained model, what it was measured at, and what it said of each firm."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from crm import clock
from crm.extensions import Base
from crm.models.types import Moment


class ModelVersion(Base):
    """model is readable JSON, sha256 its digest: a model that was touched is refused. card: what it says of itself.
    is_live: the one whose numbers are shown; it goes live by a named person. is_demo: trained on invented firms."""

    __tablename__ = "model_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by_name: Mapped[str] = mapped_column(String(60))
    model: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    card: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_demo: Mapped[bool]
    is_live: Mapped[bool] = mapped_column(default=False)
    live_by: Mapped[str | None] = mapped_column(String(60))
    live_at: Mapped[datetime | None] = mapped_column(Moment)
    scored_on: Mapped[date | None]


class Prediction(Base):
    """Append-only: what a version said of a firm on a day. reasons: label and change of the logit."""

    __tablename__ = "predictions"
    __table_args__ = (
        Index("ix_predictions_version_id_as_of", "version_id", "as_of", "potential"),
        Index("ix_predictions_firm_id", "firm_id"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firms.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"), primary_key=True)
    as_of: Mapped[date] = mapped_column(primary_key=True)
    p_pass: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    p_apply: Mapped[float]
    potential: Mapped[float]
    reasons: Mapped[list[Any]] = mapped_column(JSON)
