"""Who is behind the visiting cadence, and how the work is spread over officers and townships."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Candidacy, Firm, FollowUp, Standing, Township, User, Visit
from crm.queries.pages import Page
from crm.queries.scope import top_townships, within_scope
from crm.queries.work_filter import WorkFilter
from pipelines.cadence import cadence_of
from pipelines.vocabulary import Stage


class Behind(NamedTuple):
    """due_on: the last day on which a visit was in time; None: it was never visited."""

    firm_id: int
    name: str
    uscc: str
    township: str | None
    owner_id: int | None
    owner: str | None
    label: str
    last_visit: date | None
    due_on: date | None


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
QUARTER = 92
BEHIND, COVERED = "behind", "covered"
WHICH = {BEHIND: "到期未走访", COVERED: "全部应走访"}


def behind_page(asked: WorkFilter, viewer: User | None, today: date) -> Page:
    conditions, total = _wanted(asked, viewer, today), count_behind(asked, viewer, today)
    return Page.of(total, asked.page, asked.size, lambda first, most: _behind(conditions, first, most))


def count_behind(asked: WorkFilter, viewer: User | None, today: date) -> int:
    counted = sa.select(sa.func.count()).select_from(Standing).where(*_wanted(asked, viewer, today))
    return db.session.scalar(counted) or 0


def firms_behind(viewer: User | None, today: date, asked: WorkFilter | None = None) -> Sequence[Behind]:
    """All of them, the most overdue first, those never visited before all."""
    return _behind(_wanted(asked or WorkFilter(), viewer, today))


def _behind(
    conditions: Sequence[sa.ColumnElement[bool]], first: int | None = None, most: int | None = None
) -> Sequence[Behind]:
    due: Any = sa.select(Standing.firm_id, Standing.visit_due_on).where(*conditions)
    due = due.order_by(Standing.visit_due_on, Standing.firm_id).offset(first).limit(most).subquery()
    last = sa.select(sa.func.max(Visit.visited_on)).where(Visit.firm_id == Firm.id).correlate(Firm).scalar_subquery()
    candidate = sa.exists().where(Candidacy.firm_id == Firm.id, Candidacy.closed_on.is_(None))
    rows: Any = sa.select(
        Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), Firm.owner_id, User.name.label("owner"),
        Standing.tier, candidate.label("is_candidate"), last.label("last_visit"), due.c.visit_due_on,
    ).join(due, due.c.firm_id == Firm.id).join(Standing, Standing.firm_id == Firm.id)  # fmt: skip
    rows = rows.outerjoin(Township, Township.id == Firm.township_id).outerjoin(User, User.id == Firm.owner_id)
    found = db.session.execute(rows.order_by(due.c.visit_due_on, Firm.id)).all()
    return [
        Behind(
            row.id, row.name, row.uscc, row.township, row.owner_id, row.owner, _rule(row), row.last_visit,
            row.visit_due_on if row.last_visit else None,
        )
        for row in found
    ]  # fmt: skip


def loads(viewer: User | None, today: date) -> Loads:
    overdue = (FollowUp.done_on.is_(None), FollowUp.due_on < today)
    recent = (Visit.visited_on > date.fromordinal(today.toordinal() - QUARTER), Visit.visited_on <= today)
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
    in_town = [_summed(counts, tops) for counts in _covered(Standing.township_id, viewer, today)]
    return Loads(
        _told(_names(User), _NOBODY, _covered(Standing.owner_id, viewer, today), by_owner),
        _told(_names(Township), _NOWHERE, in_town, [_summed(counts, tops) for counts in by_town]),
    )


def _summed(counts: dict[int | None, int], tops: dict[int, int]) -> dict[int | None, int]:
    """By township, its areas included: as the list that a number opens counts them."""
    summed: dict[int | None, int] = {}
    for place, number in counts.items():
        top = tops.get(place) if place else None
        summed[top] = summed.get(top, 0) + number
    return summed


def _wanted(asked: WorkFilter, viewer: User | None, today: date) -> list[sa.ColumnElement[bool]]:
    """On the derived row alone: an index holds all of it."""
    due = Standing.visit_due_on.is_not(None) if asked.which == COVERED else Standing.visit_due_on < today
    return [
        due,
        Standing.is_archived.is_(False),
        *asked.conditions(viewer, Standing.owner_id, Standing.township_id),
    ]


def _rule(row: Any) -> str:
    rule = cadence_of(row.tier, row.is_candidate)
    return rule.label if rule else ""


def _covered(key: Any, viewer: User | None, today: date) -> tuple[dict[int | None, int], dict[int | None, int]]:
    """By owner or township: the firms a cadence covers, and those of them that are within it."""
    in_time = sa.func.count().filter(Standing.visit_due_on >= today)
    counted: Any = sa.select(key, sa.func.count(), in_time)
    counted = counted.where(Standing.visit_due_on.is_not(None), Standing.is_archived.is_(False)).group_by(key)
    rows = db.session.execute(within_scope(counted, viewer, Standing.township_id)).all()
    return {of: covered for of, covered, _ in rows}, {of: timely for of, _, timely in rows}


def _counted(model: Any, key: Any, conditions: Sequence[Any], viewer: User | None) -> dict[int | None, int]:
    counted: Any = sa.select(key, sa.func.count()).select_from(model).join(Firm, Firm.id == model.firm_id)
    counted = within_scope(counted.where(*conditions, Firm.archived_at.is_(None)), viewer, Firm.township_id)
    return dict(tuple(row) for row in db.session.execute(counted.group_by(key)))


def _names(model: Any) -> dict[int | None, str]:
    return dict(tuple(row) for row in db.session.execute(sa.select(model.id, model.name).order_by(model.id)))


def _told(
    names: dict[int | None, str], nobody: str, covered: Sequence[dict[int | None, int]],
    counts: Sequence[dict[int | None, int]],
) -> list[Load]:  # fmt: skip
    loads = []
    for key in (*names, None):
        numbers = [each.get(key, 0) for each in (*covered, *counts)]
        if any(numbers):
            loads.append(Load(key, nobody if key is None else names[key], *numbers))
    return loads
