"""Townships and industries as the administrator keeps them, with what hangs on each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, Industry, Township, User

_MOST_INDUSTRIES = 300


@dataclass(frozen=True)
class Hanging:
    """What stays where it is when its township or industry is voided."""

    firms: int = 0
    parts: int = 0
    officers: int = 0

    def __bool__(self) -> bool:
        return bool(self.firms or self.parts or self.officers)


@dataclass(frozen=True)
class TownshipRow:
    township: Township
    depth: int
    hanging: Hanging


@dataclass(frozen=True)
class IndustryRow:
    industry: Industry
    firms: int


def township_rows() -> list[TownshipRow]:
    """The tree, each area below what it lies in."""
    places = db.session.scalars(sa.select(Township).order_by(Township.position, Township.id)).all()
    firms, officers = _firms_by(Firm.township_id), _officers_by_township()
    inside: dict[int | None, list[Township]] = {}
    for place in places:
        inside.setdefault(place.parent_id, []).append(place)
    in_use = {key: sum(part.voided_at is None for part in parts) for key, parts in inside.items()}

    def walked(parent: int | None, depth: int) -> Iterator[TownshipRow]:
        for place in inside.pop(parent, []):
            hanging = Hanging(firms.get(place.id, 0), in_use.get(place.id, 0), officers.get(place.id, 0))
            yield TownshipRow(place, depth, hanging)
            yield from walked(place.id, depth + 1)

    return list(walked(None, 0))


def hanging_on_township(township_id: int) -> Hanging:
    areas = sa.select(sa.func.count()).where(Township.parent_id == township_id, Township.voided_at.is_(None))
    return Hanging(
        _firms_by(Firm.township_id).get(township_id, 0),
        db.session.scalar(areas) or 0,
        _officers_by_township().get(township_id, 0),
    )


def hanging_on_industry(code: str) -> Hanging:
    parts = sa.select(sa.func.count()).where(Industry.parent_code == code, Industry.voided_at.is_(None))
    return Hanging(_firms_by(Firm.industry_code).get(code, 0), db.session.scalar(parts) or 0)


def find_township(township_id: int) -> Township | None:
    return db.session.get(Township, township_id)


def find_industry(code: str) -> Industry | None:
    return db.session.get(Industry, code)


def industry_rows(typed: str) -> Sequence[IndustryRow]:
    """By a part of the name or the beginning of the code."""
    wanted = sa.select(Industry).order_by(Industry.code).limit(_MOST_INDUSTRIES)
    if part := typed.strip()[:80]:
        wanted = wanted.where(
            Industry.name.contains(part, autoescape=True) | Industry.code.startswith(part, autoescape=True)
        )
    firms = _firms_by(Firm.industry_code)
    return [IndustryRow(each, firms.get(each.code, 0)) for each in db.session.scalars(wanted)]


def _firms_by(column: Any) -> Mapping[Any, int]:
    counted = sa.select(column, sa.func.count()).where(Firm.archived_at.is_(None)).group_by(column)
    rows: Any = db.session.execute(counted).all()
    return dict(rows)


def _officers_by_township() -> Mapping[int | None, int]:
    counted = sa.select(User.township_id, sa.func.count()).where(User.active).group_by(User.township_id)
    rows: Any = db.session.execute(counted).all()
    return dict(rows)
