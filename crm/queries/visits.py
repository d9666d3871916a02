"""Visits over the county, and those of one firm with what is owed to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Attachment, Firm, FollowUp, Township, Training, User, Visit
from crm.queries.list_filter import ListFilter
from crm.queries.pages import Page
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, day, one_of, whole_number
from crm.queries.scope import areas_within, within_scope
from crm.queries.trainings import trainings_of
from pipelines.vocabulary import AttachedTo, VisitKind

_LONGEST_SEARCH = 100
_PARAMETERS = {
    "q": Parameter(lambda text: text[:_LONGEST_SEARCH]),
    "kind": Parameter(one_of([each.value for each in VisitKind])),
    "by": Parameter(whole_number(1, LARGEST_ID)),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "first": Parameter(day),
    "last": Parameter(day),
    **PAGING,
}
_READ = (
    Visit.id, Visit.firm_id, Visit.visited_on, Visit.kind, Visit.people, Visit.found, Visit.by_name, Firm.name,
    Firm.uscc, Township.name.label("township"),
)  # fmt: skip


@dataclass(frozen=True)
class VisitFilter(ListFilter):
    """q: any piece of what was found, of the people met, or of the firm's name."""

    parameters = _PARAMETERS

    q: str | None = None
    kind: str | None = None
    by: int | None = None
    township: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class FirmVisits:
    """files: those of each visit. owed: needs and follow-ups, the open ones first."""

    visits: Sequence[Visit]
    trainings: Sequence[Training]
    files: Mapping[str, Sequence[Attachment]]
    owed: Sequence[FollowUp]

    @property
    def open_count(self) -> int:
        return sum(each.done_on is None for each in self.owed)


def visit_page(asked: VisitFilter, viewer: User | None) -> Page:
    every, total = visit_rows(asked, viewer), count_visits(asked, viewer)
    return Page.of(
        total, asked.page, asked.size, lambda first, most: db.session.execute(every.limit(most).offset(first)).all()
    )


def count_visits(asked: VisitFilter, viewer: User | None) -> int:
    counted: Any = visit_rows(asked, viewer).order_by(None).with_only_columns(sa.func.count(Visit.id))
    return db.session.scalar(counted) or 0


def visit_rows(asked: VisitFilter, viewer: User | None) -> sa.Select[Any]:
    """The newest first."""
    rows: Any = sa.select(*_READ).join(Firm, Firm.id == Visit.firm_id)
    rows = rows.outerjoin(Township, Township.id == Firm.township_id).where(Firm.archived_at.is_(None))
    for condition in _conditions(asked):
        rows = rows.where(condition)
    return within_scope(rows, viewer, Firm.township_id).order_by(Visit.visited_on.desc(), Visit.id.desc())


def visits_of(firm_id: int) -> FirmVisits:
    visits = db.session.scalars(
        sa.select(Visit).filter_by(firm_id=firm_id).order_by(Visit.visited_on.desc(), Visit.id.desc())
    ).all()
    owed = db.session.scalars(
        sa.select(FollowUp)
        .filter_by(firm_id=firm_id)
        .options(sa.orm.joinedload(FollowUp.owner))
        .order_by(FollowUp.done_on.is_not(None), FollowUp.due_on, FollowUp.id)
    ).all()
    files: dict[str, list[Attachment]] = {}
    kept = sa.select(Attachment).filter_by(firm_id=firm_id, about=AttachedTo.VISIT, removed_at=None)
    for file in db.session.scalars(kept.order_by(Attachment.id)):
        files.setdefault(file.about_key, []).append(file)
    return FirmVisits(visits, trainings_of(firm_id), files, owed)


def visitors() -> list[tuple[object, str]]:
    """Whoever has noted a visit."""
    known = sa.select(User.id, User.name).where(User.id.in_(sa.select(Visit.by_id))).order_by(User.id)
    return [(key, name) for key, name in db.session.execute(known)]


def _conditions(asked: VisitFilter) -> Iterator[sa.ColumnElement[bool]]:
    if asked.q:
        yield sa.or_(*(column.contains(asked.q, autoescape=True) for column in (Visit.found, Visit.people, Firm.name)))
    if asked.kind:
        yield Visit.kind == VisitKind(asked.kind)
    if asked.by:
        yield Visit.by_id == asked.by
    if asked.township:
        yield Firm.township_id.in_(areas_within({asked.township}))
    if asked.first:
        yield Visit.visited_on >= asked.first
    if asked.last:
        yield Visit.visited_on <= asked.last
