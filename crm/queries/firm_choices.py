"""What a firm's form offers to choose from. A value that stands is offered even when it would not be chosen anew."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.extensions import db
from crm.models import Firm, Industry, TechField, Township, User
from crm.queries.scope import within_scope
from pipelines.vocabulary import Role

Pairs = list[tuple[object, str]]
_Area = aliased(Township)

_DIVISION = 2  # digits of a 大类
# Who follows firms; the others govern, read or audit.
_FOLLOW_FIRMS = (Role.SECTION_CHIEF, Role.OFFICER, Role.TOWNSHIP_OFFICER)


def township_pairs(viewer: User | None) -> Pairs:
    """The viewer's townships, each area under the township it lies in; of the voided ones those that hold something."""
    holds_firms = sa.select(Firm.id).where(Firm.township_id == Township.id, Firm.archived_at.is_(None)).exists()
    holds_areas = sa.select(_Area.id).where(_Area.parent_id == Township.id, _Area.voided_at.is_(None)).exists()
    return _township_pairs(viewer, sa.or_(Township.voided_at.is_(None), holds_firms, holds_areas))


def choosable_township_pairs(viewer: User | None, current: int | None = None) -> Pairs:
    """What something may be put into: a voided one only where it stands."""
    return _township_pairs(viewer, sa.or_(Township.voided_at.is_(None), Township.id == current))


def _township_pairs(viewer: User | None, which: sa.ColumnElement[bool]) -> Pairs:
    ordered = sa.select(Township).where(which).order_by(Township.position, Township.id)
    shown = db.session.scalars(within_scope(ordered, viewer, Township.id)).all()
    names = {place.id: place.name for place in shown}
    inside: dict[int | None, list[Township]] = {}
    for place in shown:
        inside.setdefault(place.parent_id if place.parent_id in names else None, []).append(place)
    return [(place.id, label) for place, label in _walked(inside, None, "")]


def top_township_pairs() -> Pairs:
    """What a number of the county is shared out to."""
    tops = sa.select(Township.id, Township.name).where(Township.parent_id.is_(None), Township.voided_at.is_(None))
    return [(key, name) for key, name in db.session.execute(tops.order_by(Township.position, Township.id))]


def _walked(inside: dict[int | None, list[Township]], parent: int | None, path: str) -> Iterable[tuple[Township, str]]:
    for place in inside.pop(parent, []):  # popped: a tree wrongly tied into a ring still comes to an end
        yield place, path + place.name + ("（已作废）" if place.voided_at else "")
        yield from _walked(inside, place.id, f"{path}{place.name} › ")


def industry_pairs(current: str | None = None) -> Pairs:
    offered = sa.select(Industry.code, Industry.name).where(
        sa.or_(Industry.voided_at.is_(None), Industry.code == current)
    )
    return [(code, f"{code} {name}") for code, name in db.session.execute(offered.order_by(Industry.code))]


def division_pairs() -> Pairs:
    """The 大类 of GB/T 4754, in use or not; their 中类 and 小类 begin with the same two digits."""
    divisions = sa.select(Industry.code, Industry.name).where(sa.func.length(Industry.code) == _DIVISION)
    return [(code, f"{code} {name}") for code, name in db.session.execute(divisions.order_by(Industry.code))]


def tech_field_pairs() -> Pairs:
    rows = db.session.execute(sa.select(TechField.code, TechField.name).order_by(TechField.code))
    return [(code, f"{code} {name}") for code, name in rows]


def owner_pairs(current: int | None) -> Pairs:
    follows = sa.and_(User.active, User.role.in_(_FOLLOW_FIRMS))
    offered = sa.select(User.id, User.name).where(sa.or_(follows, User.id == current)).order_by(User.id)
    return [(key, name) for key, name in db.session.execute(offered)]
