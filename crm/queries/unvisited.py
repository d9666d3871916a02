"""Who is behind the visiting cadence, and how the work is spread over officers and townships."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Candidacy, Firm, FollowUp, Standing, Township, User, Visit
from crm.queries.scope import top_townships, within_scope
from pipelines.cadence import cadence_of, cadences, is_behind
from pipelines.vocabulary import Stage, Tier


class Behind(NamedTuple):
    firm_id: int
    name: str
    township: str | None
    owner_id: int | None
    owner: str | None
    label: str
    last_visit: date | None


class Load(NamedTuple):
    """One officer or township: firms under a cadence, those within it, overdue follow-ups, visits of the last 92 days,
    open candidacies by stage."""

    key: int | None
    name: str
    covered: int
    in_time: int
    overdue: int
    visits: int
    candidacies: int

    @property
    def coverage(self) -> float | None:
        return self.in_time / self.covered if self.covered else None


@dataclass(frozen=True)
class Loads:
    officers: Sequence[Load]
    townships: Sequence[Load]


_NOBODY, _NOWHERE = "（未分派）", "（未填）"
_QUARTER = 92


def firms_behind(viewer: User | None, today: date, owner_id: int | None = None) -> list[Behind]:
    """The longest unvisited first, those never visited before all."""
    behind = [
        Behind(row.id, row.name, row.township, row.owner_id, row.owner, rule.label, row.last_visit)
        for row, rule in _covered(viewer, owner_id)
        if is_behind(rule, row.last_visit, today)
    ]
    return sorted(behind, key=lambda each: (each.last_visit or date.min, each.firm_id))


def loads(viewer: User | None, today: date) -> Loads:
    covered = [(row, is_behind(rule, row.last_visit, today)) for row, rule in _covered(viewer, None)]
    overdue = (FollowUp.done_on.is_(None), FollowUp.due_on < today)
    recent = (Visit.visited_on > date.fromordinal(today.toordinal() - _QUARTER), Visit.visited_on <= today)
    still_open = (Candidacy.closed_on.is_(None), Candidacy.stage != Stage.RECOGNIZED)
    by_owner = [
        _counted(FollowUp, FollowUp.owner_id, overdue, viewer), _counted(Visit, Visit.by_id, recent, viewer),
        _counted(Candidacy, Candidacy.owner_id, still_open, viewer),
    ]  # fmt: skip
    by_town = [
        _counted(model, Firm.township_id, conditions, viewer)
        for model, conditions in ((FollowUp, overdue), (Visit, recent), (Candidacy, still_open))
    ]
    tops = top_townships()
    in_towns = [(tops.get(row.township_id), late) for row, late in covered]
    return Loads(
        _told(_names(User), _NOBODY, [(row.owner_id, late) for row, late in covered], by_owner),
        _told(_names(Township), _NOWHERE, in_towns, [_summed(counts, tops) for counts in by_town]),
    )


def _summed(counts: dict[int | None, int], tops: dict[int, int]) -> dict[int | None, int]:
    """By township, its areas included: as the list that a number opens counts them."""
    summed: dict[int | None, int] = {}
    for place, number in counts.items():
        top = tops.get(place) if place else None
        summed[top] = summed.get(top, 0) + number
    return summed


def _covered(viewer: User | None, owner_id: int | None) -> list[tuple[Any, Any]]:
    """The firms a cadence covers, each with its strictest one."""
    last = sa.select(Visit.firm_id, sa.func.max(Visit.visited_on).label("on")).group_by(Visit.firm_id).subquery()
    candidate = sa.exists().where(Candidacy.firm_id == Firm.id, Candidacy.closed_on.is_(None))
    rows: Any = sa.select(
        Firm.id, Firm.name, Firm.township_id, Township.name.label("township"), Firm.owner_id, User.name.label("owner"),
        Standing.tier, candidate.label("is_candidate"), last.c.on.label("last_visit"),
    ).join(Standing, Standing.firm_id == Firm.id)  # fmt: skip
    rows = rows.outerjoin(last, last.c.firm_id == Firm.id).outerjoin(Township, Township.id == Firm.township_id)
    rows = rows.outerjoin(User, User.id == Firm.owner_id).where(Firm.archived_at.is_(None), _may_be_covered(candidate))
    if owner_id:
        rows = rows.where(Firm.owner_id == owner_id)
    found = db.session.execute(within_scope(rows, viewer, Firm.township_id)).all()
    ruled = [(row, cadence_of(row.tier, row.is_candidate)) for row in found]
    return [(row, rule) for row, rule in ruled if rule]


def _may_be_covered(candidate: Any) -> sa.ColumnElement[bool]:
    tiers = [tier for tier in Tier if any(tier in rule.tiers for rule in cadences())]
    on_rung = Standing.tier.in_(tiers)
    return sa.or_(on_rung, candidate) if any(rule.has_candidacy for rule in cadences()) else on_rung


def _counted(model: Any, key: Any, conditions: Sequence[Any], viewer: User | None) -> dict[int | None, int]:
    counted: Any = sa.select(key, sa.func.count()).select_from(model).join(Firm, Firm.id == model.firm_id)
    counted = within_scope(counted.where(*conditions, Firm.archived_at.is_(None)), viewer, Firm.township_id)
    return dict(tuple(row) for row in db.session.execute(counted.group_by(key)))


def _names(model: Any) -> dict[int | None, str]:
    return dict(tuple(row) for row in db.session.execute(sa.select(model.id, model.name).order_by(model.id)))


def _told(
    names: dict[int | None, str], nobody: str, covered: Sequence[tuple[int | None, bool]],
    counts: Sequence[dict[int | None, int]],
) -> list[Load]:  # fmt: skip
    loads = []
    for key in (*names, None):
        late = [is_late for owner, is_late in covered if owner == key]
        overdue, visits, candidacies = (each.get(key, 0) for each in counts)
        if late or overdue or visits or candidacies:
            name = nobody if key is None else names[key]
            loads.append(Load(key, name, len(late), late.count(False), overdue, visits, candidacies))
    return loads
