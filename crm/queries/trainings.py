"""Trainings with how many came, and how many of the candidates were reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Attendance, Candidacy, Firm, Township, Training, User
from crm.queries.parameters import LARGEST_ID
from crm.queries.scope import within_scope

_YEAR = timedelta(days=365)
_SHOWN = 200


@dataclass(frozen=True)
class Coverage:
    """Firms with an open candidacy, and those of them that came to a training within a year."""

    candidates: int
    reached: int


def trainings(viewer: User | None) -> Sequence[Any]:
    """The newest first, each with how many firms (of the viewer's area) came."""
    came: Any = sa.select(Attendance.training_id, sa.func.count().label("firms"))
    came = came.join(Firm, Firm.id == Attendance.firm_id).where(Firm.archived_at.is_(None))
    came = within_scope(came, viewer, Firm.township_id).group_by(Attendance.training_id).subquery()
    rows = sa.select(Training, sa.func.coalesce(came.c.firms, 0).label("firms"))
    rows = rows.outerjoin(came, came.c.training_id == Training.id)
    return db.session.execute(rows.order_by(Training.held_on.desc(), Training.id.desc()).limit(_SHOWN)).all()


def find_training(training_id: int) -> Training | None:
    return db.session.get(Training, training_id) if 0 < training_id <= LARGEST_ID else None


def attendants(training_id: int, viewer: User | None) -> sa.Select[Any]:
    rows: Any = sa.select(
        Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), User.name.label("owner"), Attendance.by_name
    ).join(Attendance, Attendance.firm_id == Firm.id)
    rows = rows.outerjoin(Township, Township.id == Firm.township_id).outerjoin(User, User.id == Firm.owner_id)
    rows = rows.where(Attendance.training_id == training_id, Firm.archived_at.is_(None))
    return within_scope(rows, viewer, Firm.township_id).order_by(Firm.name, Firm.id)


def trainings_of(firm_id: int) -> Sequence[Training]:
    came = sa.select(Training).join(Attendance, Attendance.training_id == Training.id)
    return db.session.scalars(came.where(Attendance.firm_id == firm_id).order_by(Training.held_on.desc())).all()


def coverage(viewer: User | None, today: date) -> Coverage:
    still_open: Any = sa.select(Candidacy.firm_id).join(Firm, Firm.id == Candidacy.firm_id)
    still_open = still_open.where(Candidacy.closed_on.is_(None), Firm.archived_at.is_(None)).distinct()
    still_open = within_scope(still_open, viewer, Firm.township_id).subquery()
    reached = sa.exists().where(
        Attendance.firm_id == still_open.c.firm_id,
        Attendance.training_id == Training.id,
        Training.held_on > today - _YEAR,
        Training.held_on <= today,
    )
    counted = sa.select(sa.func.count(), sa.func.count().filter(reached)).select_from(still_open)
    candidates, in_time = db.session.execute(counted).one()
    return Coverage(candidates, in_time)
