"""三色榜: the colours of the county's high-tech firms, with reasons and what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Decision, Firm, LatestEvaluation, Township, User
from crm.queries.decisions import decisions_of
from crm.queries.list_filter import ListFilter
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, one_of, whole_number
from crm.queries.policies import known_policies
from crm.queries.scope import areas_within, within_scope
from pipelines.qualification.tri_color import green_bar, outside_quota
from pipelines.vocabulary import Programme, TriColor

_CHANGED = "changed"
_PARAMETERS = {
    "colour": Parameter(one_of([each.value for each in TriColor])),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "only": Parameter(one_of([_CHANGED])),
    "quota": Parameter(whole_number(1, 100)),
    **PAGING,
}
_READ = (
    Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), LatestEvaluation.colour.label("earned"),
    LatestEvaluation.colour_before, LatestEvaluation.colour_since, LatestEvaluation.reasons, LatestEvaluation.score_lo,
    LatestEvaluation.score_hi,
)  # fmt: skip


@dataclass(frozen=True)
class ColourFilter(ListFilter):
    """only "changed": firms whose colour was another one before. quota: per cent of the firms that may be green."""

    parameters = _PARAMETERS

    colour: str | None = None
    township: int | None = None
    only: str | None = None
    quota: int | None = None


@dataclass(frozen=True)
class ColourPage:
    """counts: firms of each colour, whatever colour is chosen. decisions: by firm. places: how many may be green."""

    rows: Sequence[Any]
    counts: Mapping[TriColor, int]
    decisions: Mapping[int, Decision]
    places: int | None
    total: int
    number: int
    size: int
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class Quota:
    """How many firms of the county may be green, and the score that no longer is (None: every green has a place)."""

    places: int | None = None
    bar: int | None = None

    @property
    def colour(self) -> sa.ColumnElement[Any]:
        earned: Any = LatestEvaluation.colour
        if self.bar is None:
            return earned
        is_outside = sa.and_(earned == TriColor.GREEN, LatestEvaluation.score_lo <= self.bar)
        return sa.type_coerce(sa.case((is_outside, TriColor.YELLOW.value), else_=earned), earned.type)


def colour_page(asked: ColourFilter, viewer: User | None, today: date) -> ColourPage:
    quota = _quota(asked, today)
    every = _coloured(asked, viewer)
    counts = _counts(every, quota)
    total = sum([number for colour, number in counts.items() if asked.colour in (None, colour.value)])
    number = min(asked.page, max(1, -(-total // asked.size)))
    wanted = _of_colour(every, asked, quota)
    rows = db.session.execute(wanted.limit(asked.size).offset((number - 1) * asked.size)).all()
    decisions = decisions_of([row.id for row in rows], Programme.TRI_COLOR, today)
    return ColourPage(rows, counts, decisions, quota.places, total, number, asked.size)


def colour_counts(viewer: User | None, today: date) -> Mapping[TriColor, int]:
    """Firms of each colour, as the page without conditions tells them."""
    asked = ColourFilter()
    return _counts(_coloured(asked, viewer), _quota(asked, today))


def _counts(every: sa.Select[Any], quota: Quota) -> dict[TriColor, int]:
    """In two steps: PostgreSQL does not see that a condition with bound values, said twice, is the same."""
    shown = every.with_only_columns(quota.colour.label("shown")).subquery()
    counted: Any = sa.select(shown.c.shown, sa.func.count()).group_by(shown.c.shown)
    numbers = dict(tuple(row) for row in db.session.execute(counted))
    return {each: numbers.get(each, 0) for each in TriColor}


def colour_rows(asked: ColourFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    return _of_colour(_coloured(asked, viewer), asked, _quota(asked, today))


def reasons_of(row: Any) -> list[str]:
    """Why a firm has the colour that is shown."""
    return list(row.reasons) if row.colour is row.earned else [outside_quota(row.score_lo)]


def _quota(asked: ColourFilter, today: date) -> Quota:
    """The share the page asks for, else the edition's; the places are the county's, whoever looks."""
    policy = known_policies().in_force(Programme.TRI_COLOR, today)
    share = Fraction(asked.quota, 100) if asked.quota else policy and policy.colours and policy.colours.quota
    if not share:
        return Quota()
    county = _coloured(ColourFilter(), None).with_only_columns(LatestEvaluation.colour, LatestEvaluation.score_lo)
    coloured = db.session.execute(county).all()
    greens = [score or 0 for colour, score in coloured if colour is TriColor.GREEN]
    return Quota(int(share * len(coloured)), green_bar(greens, len(coloured), share))


def _of_colour(every: sa.Select[Any], asked: ColourFilter, quota: Quota) -> sa.Select[Any]:
    """The best first: green before yellow before red, the higher score first."""
    colour = quota.colour
    wanted = every.where(sa.and_(colour == asked.colour)) if asked.colour else every
    ranks = {each.value: rank for rank, each in enumerate(TriColor)}
    rank = sa.case(ranks, value=sa.type_coerce(colour, sa.String), else_=len(ranks))
    wanted = wanted.add_columns(colour.label("colour"))
    return wanted.order_by(rank, LatestEvaluation.score_lo.desc(), Firm.id)


def _coloured(asked: ColourFilter, viewer: User | None) -> sa.Select[Any]:
    statement: Any = sa.select(*_READ).join(Firm, Firm.id == LatestEvaluation.firm_id)
    statement = statement.outerjoin(Township, Township.id == Firm.township_id)
    statement = statement.where(LatestEvaluation.programme == Programme.TRI_COLOR, Firm.archived_at.is_(None))
    statement = statement.where(LatestEvaluation.colour.is_not(None))
    if asked.township:
        statement = statement.where(Firm.township_id.in_(areas_within({asked.township})))
    if asked.only == _CHANGED:
        statement = statement.where(LatestEvaluation.colour_before.is_not(None))
    return within_scope(statement, viewer, Firm.township_id)
