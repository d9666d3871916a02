"""R&D institutions over the county: the ledger, those of a firm, and those that count as new in a year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, Institution, Township, User
from crm.queries.list_filter import ListFilter
from crm.queries.pages import Page
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, day, matching, one_of, whole_number
from crm.queries.scope import areas_within, within_scope
from pipelines.vocabulary import InstitutionKind, InstitutionLevel

STANDING, WITHDRAWN, ARCHIVED, ALL = "standing", "withdrawn", "archived", "all"
STATES = {STANDING: "在册", WITHDRAWN: "已撤销", ALL: "在册和已撤销", ARCHIVED: "已归档"}
REVIEWS = {"overdue": "评估已逾期", "soon": "90 天内评估", "year": "今年评估"}
_SOON = timedelta(days=90)
_LONGEST_SEARCH = 100
_FURTHER = "99999999"  # beyond every industry code that goes on with digits
_READ = (
    Institution.id, Institution.firm_id, Institution.name, Institution.level, Institution.kind,
    Institution.approved_on, Institution.document_number, Institution.builds_from, Institution.builds_until,
    Institution.review_due_on, Institution.reviewed_on, Institution.review_result, Institution.leader,
    Institution.staff, Institution.area, Institution.equipment, Institution.withdrawn_on,
    Institution.withdrawn_reason, Institution.note, Firm.name.label("firm"), Firm.uscc,
    Township.name.label("township"),
)  # fmt: skip
_RANKS = {level: rank for rank, level in enumerate(InstitutionLevel)}
_SORTS: dict[str, Any] = {
    "name": Institution.name,
    "firm": Firm.name,
    "level": sa.case(_RANKS, value=Institution.level),
    "approved_on": Institution.approved_on,
    "review_due_on": Institution.review_due_on,
    "staff": Institution.staff,
    "area": Institution.area,
    "equipment": Institution.equipment,
}
_PARAMETERS = {
    "q": Parameter(lambda text: text[:_LONGEST_SEARCH]),
    "level": Parameter(one_of([each.value for each in InstitutionLevel])),
    "kind": Parameter(one_of([each.value for each in InstitutionKind])),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "industry": Parameter(matching(r"[0-9]{2,4}")),
    "approved": Parameter(whole_number(1990, 2100)),
    "review": Parameter(one_of(REVIEWS)),
    "state": Parameter(one_of(STATES)),
    "on": Parameter(day),
    "sort": Parameter(one_of([sign + key for key in _SORTS for sign in ("", "-")])),
    **PAGING,
}


@dataclass(frozen=True)
class InstitutionFilter(ListFilter):
    """q: any piece of the institution's or the firm's name. approved: a year. on: as things stood on that day; None:
    today. sort: a key, with - from the largest down."""

    parameters = _PARAMETERS

    q: str | None = None
    level: str | None = None
    kind: str | None = None
    township: int | None = None
    industry: str | None = None
    approved: int | None = None
    review: str | None = None
    state: str = STANDING
    on: date | None = None
    sort: str = "-approved_on"


def institution_page(asked: InstitutionFilter, viewer: User | None, today: date) -> Page:
    return Page.counted(institution_rows(asked, viewer, today), asked.page, asked.size)


def institution_rows(asked: InstitutionFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    rows: Any = sa.select(*_READ)
    rows = _with_firms(rows).outerjoin(Township, Township.id == Firm.township_id)
    for condition in _conditions(asked, asked.on or today):
        rows = rows.where(condition)
    return within_scope(rows, viewer, Firm.township_id).order_by(*_order(asked.sort))


def new_institutions(year: int, as_of: date, viewer: User | None) -> sa.Select[Any]:
    """The ids of those recognised in the year and standing as of the day, each recognition once: the plan's 30."""
    ids = _with_firms(sa.select(Institution.id)).where(*_approved_in(year), is_standing(as_of))
    return within_scope(ids, viewer, Firm.township_id)


def is_overdue(row: Any, on: date) -> bool:
    """What REVIEWS["overdue"] finds, of one row."""
    due, reviewed = row.review_due_on, row.reviewed_on
    return due is not None and due < on and (reviewed is None or reviewed < due)


def approval_years(viewer: User | None) -> list[int]:
    """The years that the ledger can be asked for, the newest first."""
    days: Any = sa.select(sa.func.min(Institution.approved_on), sa.func.max(Institution.approved_on))
    kept = _with_firms(days).where(Institution.archived_at.is_(None))
    first, last = db.session.execute(within_scope(kept, viewer, Firm.township_id)).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


def _with_firms(rows: sa.Select[Any]) -> sa.Select[Any]:
    return rows.join(Firm, Firm.id == Institution.firm_id).where(Firm.archived_at.is_(None))


def is_standing(on: date) -> sa.ColumnElement[bool]:
    withdrawn_later = sa.or_(Institution.withdrawn_on.is_(None), Institution.withdrawn_on > on)
    return sa.and_(Institution.archived_at.is_(None), Institution.approved_on <= on, withdrawn_later)


def is_unreviewed() -> sa.ColumnElement[bool]:
    """A review on the day it is due, or later, settles it; the next one is due when its own day is entered."""
    return sa.or_(Institution.reviewed_on.is_(None), Institution.reviewed_on < Institution.review_due_on)


def _approved_in(year: int) -> tuple[sa.ColumnElement[bool], ...]:
    return Institution.approved_on >= date(year, 1, 1), Institution.approved_on <= date(year, 12, 31)


def _conditions(asked: InstitutionFilter, on: date) -> Iterator[sa.ColumnElement[bool]]:
    yield from _of_state(asked.state, on)
    if asked.q:
        yield sa.or_(*(column.contains(asked.q, autoescape=True) for column in (Institution.name, Firm.name)))
    if asked.level:
        yield Institution.level == InstitutionLevel(asked.level)
    if asked.kind:
        yield Institution.kind == InstitutionKind(asked.kind)
    if asked.township:
        yield Firm.township_id.in_(areas_within({asked.township}))
    if asked.industry:
        yield Firm.industry_code.between(asked.industry, asked.industry + _FURTHER)
    if asked.approved:
        yield from _approved_in(asked.approved)
    if asked.review:
        yield _due_for_review(asked.review, on)


def _of_state(state: str, on: date) -> Iterator[sa.ColumnElement[bool]]:
    if state == ARCHIVED:
        yield Institution.archived_at.is_not(None)
        return
    yield Institution.archived_at.is_(None)
    if state == STANDING:
        yield is_standing(on)
    elif state == WITHDRAWN:
        yield Institution.withdrawn_on <= on


def _due_for_review(review: str, on: date) -> sa.ColumnElement[bool]:
    due, waiting = Institution.review_due_on, is_unreviewed()
    if review == "overdue":
        return sa.and_(due < on, waiting)
    if review == "soon":
        return sa.and_(due.between(on, on + _SOON), waiting)
    return due.between(date(on.year, 1, 1), date(on.year, 12, 31))


def _order(sort: str) -> tuple[Any, ...]:
    """What is not known comes last, whichever way the list runs."""
    key = _SORTS[sort.removeprefix("-")]
    run = key.desc() if sort.startswith("-") else key.asc()
    return key.is_(None), run, Institution.id.desc()
