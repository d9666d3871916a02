"""Firms whose reminders are stopped, and one firm's stop."""

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa

from crm.extensions import db
from crm.models import ReminderStop


def stops(on: date) -> dict[int, ReminderStop]:
    """Firm → its stop."""
    rows = db.session.scalars(sa.select(ReminderStop).where(_counts(on)).order_by(ReminderStop.id))
    return {row.firm_id: row for row in rows}


def stopped_firms_by_day(today: date) -> Callable[[date], frozenset[int]]:
    """Day from today on → the firms that are stopped on it as things stand: one query for all of them."""
    rows = list(stops(today).values())
    return lambda day: frozenset(row.firm_id for row in rows if row.until is None or row.until >= day)


def stopped_firms(on: date) -> frozenset[int]:
    return frozenset(db.session.scalars(sa.select(ReminderStop.firm_id).where(_counts(on))))


def stop_of(firm_id: int, on: date) -> ReminderStop | None:
    newest = sa.select(ReminderStop).filter_by(firm_id=firm_id).where(_counts(on)).order_by(ReminderStop.id.desc())
    return db.session.scalars(newest.limit(1)).first()


def _counts(on: date) -> sa.ColumnElement[bool]:
    ended = sa.and_(ReminderStop.until.is_not(None), ReminderStop.until < on)
    return sa.and_(ReminderStop.lifted_at.is_(None), sa.not_(ended))
