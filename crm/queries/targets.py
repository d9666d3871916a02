"""The county plan of a year, and the figures typed in for what the records do not count."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.extensions import db
from crm.models import Target, TargetActual
from crm.queries.parameters import LARGEST_ID
from pipelines.vocabulary import Measure, Tier

STOCK_OF = {
    Measure.TECH_SME_STOCK: Tier.TECH_SME,
    Measure.HIGH_TECH_STOCK: Tier.HIGH_TECH,
    Measure.LITTLE_GIANT_STOCK: Tier.LITTLE_GIANT,
    Measure.LEADING_STOCK: Tier.LEADING,
}


def targets_of(year: int) -> Sequence[Target]:
    """The headline first, each part in the plan's order."""
    wanted = sa.select(Target).where(Target.year == year).options(selectinload(Target.shares))
    return db.session.scalars(wanted.order_by(Target.is_headline.desc(), Target.position, Target.id)).all()


def find_target(target_id: int) -> Target | None:
    return db.session.get(Target, target_id) if 0 < target_id <= LARGEST_ID else None


def planned_years() -> list[int]:
    """The newest first."""
    return list(db.session.scalars(sa.select(Target.year).distinct().order_by(Target.year.desc())))


def aimed_stock(year: int) -> dict[Tier, int]:
    """How many firms should hold a title at the year's end, by the newest plan that is not of a later year."""
    newest = sa.select(sa.func.max(Target.year)).where(Target.year <= year).scalar_subquery()
    aimed = sa.select(Target.counts, Target.value).where(Target.year == newest, Target.counts.in_(STOCK_OF))
    return {STOCK_OF[counts]: int(value) for counts, value in db.session.execute(aimed) if counts}


def actuals_on(codes: Iterable[str], days: Sequence[date]) -> Mapping[tuple[str, date], TargetActual]:
    """How far each code was, in the year of each day and up to it; one that nobody typed in by then is left out."""
    reached = sa.or_(*(TargetActual.reached_on.between(day.replace(month=1, day=1), day) for day in days))
    wanted = sa.select(TargetActual).where(TargetActual.code.in_(list(codes)), reached)
    found = {}
    for row in db.session.scalars(wanted.order_by(TargetActual.reached_on, TargetActual.id)):
        found.update(
            {(row.code, day): row for day in days if day.year == row.reached_on.year and row.reached_on <= day}
        )
    return found


def history_of(code: str) -> Sequence[TargetActual]:
    """The newest day first; of one day the newest entry first, which is the one that counts."""
    entered = sa.select(TargetActual).filter_by(code=code)
    return db.session.scalars(entered.order_by(TargetActual.reached_on.desc(), TargetActual.id.desc())).all()
