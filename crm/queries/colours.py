"""三色榜: the colours of the county's high-tech firms, with reasons and what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Decision, Firm, LatestEvaluation, Township, User
from crm.queries.decisions import decisions_of
from crm.queries.parameters import LARGEST_ID, Parameter, one_of, understood, whole_number
from crm.queries.scope import areas_within, within_scope
from pipelines.vocabulary import Programme, TriColor

_CHANGED = "changed"
_PARAMETERS = {
    "colour": Parameter(one_of([each.value for each in TriColor])),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "only": Parameter(one_of([_CHANGED])),
    "page": Parameter(whole_number(1, 10**9)),
    "size": Parameter(lambda text: int(one_of(["20", "50", "100"])(text))),
}
_READ = (
    Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), LatestEvaluation.colour,
    LatestEvaluation.colour_before, LatestEvaluation.colour_since, LatestEvaluation.reasons,
    LatestEvaluation.score_lo, LatestEvaluation.score_hi,
)  # fmt: skip


@dataclass(frozen=True)
class ColourFilter:
    """only "changed": firms whose colour was another one before."""

    colour: str | None = None
    township: int | None = None
    only: str | None = None
    page: int = 1
    size: int = 50
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "ColourFilter":
        values, senseless = understood(args, _PARAMETERS)
        return cls(**values, ignored=tuple(f"没有用上看不懂的条件：{text}" for text in senseless))

    def to_args(self) -> dict[str, Any]:
        return {
            field.name: value
            for field in fields(self)
            if field.name not in ("page", "ignored") and (value := getattr(self, field.name)) != field.default
        }


@dataclass(frozen=True)
class ColourPage:
    """counts: firms of each colour, whatever colour is chosen. decisions: by firm."""

    rows: Sequence[Any]
    counts: Mapping[TriColor, int]
    decisions: Mapping[int, Decision]
    total: int
    number: int
    size: int
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def colour_page(asked: ColourFilter, viewer: User | None, today: date) -> ColourPage:
    every = _coloured(asked, viewer)
    counted = every.with_only_columns(LatestEvaluation.colour, sa.func.count()).group_by(LatestEvaluation.colour)
    counts = {colour: number for colour, number in db.session.execute(counted) if colour}
    wanted = every.where(LatestEvaluation.colour == asked.colour) if asked.colour else every
    total = sum([number for colour, number in counts.items() if asked.colour in (None, colour.value)])
    number = min(asked.page, max(1, -(-total // asked.size)))
    rows = db.session.execute(_ordered(wanted).limit(asked.size).offset((number - 1) * asked.size)).all()
    decisions = decisions_of([row.id for row in rows], Programme.TRI_COLOR, today)
    return ColourPage(rows, {each: counts.get(each, 0) for each in TriColor}, decisions, total, number, asked.size)


def colour_rows(asked: ColourFilter, viewer: User | None) -> sa.Select[Any]:
    wanted = _coloured(asked, viewer)
    return _ordered(wanted.where(LatestEvaluation.colour == asked.colour) if asked.colour else wanted)


def _ordered(statement: sa.Select[Any]) -> sa.Select[Any]:
    """The best first: green before yellow before red, the higher score first."""
    ranks = {colour.value: rank for rank, colour in enumerate(TriColor)}
    rank = sa.case(ranks, value=sa.type_coerce(LatestEvaluation.colour, sa.String), else_=len(ranks))
    return statement.order_by(rank, LatestEvaluation.score_lo.desc(), Firm.id)


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
