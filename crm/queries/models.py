"""Versions of the model: the one in use, those beside it, and what they were trained under."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from crm.extensions import db
from crm.models import ModelVersion, Scoring
from crm.queries.parameters import LARGEST_ID
from crm.queries.policies import known_policies
from pipelines.vocabulary import Programme

_SHOWN = 20


def live_version() -> ModelVersion | None:
    return db.session.scalar(sa.select(ModelVersion).filter_by(is_live=True))


def newest_version() -> ModelVersion | None:
    return db.session.scalar(sa.select(ModelVersion).order_by(ModelVersion.id.desc()).limit(1))


def find_version(version_id: int) -> ModelVersion | None:
    return db.session.get(ModelVersion, version_id) if 0 < version_id <= LARGEST_ID else None


def versions() -> Sequence[ModelVersion]:
    return db.session.scalars(sa.select(ModelVersion).order_by(ModelVersion.id.desc()).limit(_SHOWN)).all()


def former_version() -> ModelVersion | None:
    """The one that was in use before the present one: the way back."""
    earlier = sa.select(ModelVersion).where(ModelVersion.is_live.is_(False), ModelVersion.live_at.is_not(None))
    return db.session.scalar(earlier.order_by(ModelVersion.live_at.desc()).limit(1))


def live_scoring() -> Scoring | None:
    """The newest scoring of the version in use: what the pages show."""
    newest = sa.select(Scoring).join(Scoring.version).where(ModelVersion.is_live.is_(True))
    return db.session.scalar(newest.options(contains_eager(Scoring.version)).order_by(Scoring.id.desc()).limit(1))


def loaded(version: ModelVersion, with_apply: bool = True) -> Any:
    """A Model of pipelines/classifier; raises Refusal for one that somebody touched."""
    from pipelines.classifier.potential import read_model  # slow import

    trees = version.trees if with_apply else None
    return read_model(version.model, version.sha256, trees, version.trees_sha256, with_apply)


def rules_digest(today: date) -> str | None:
    policy = known_policies().in_force(Programme.HIGH_TECH, today)
    return policy.digest if policy else None
