"""What a firm's form offers to choose from. A value that stands is offered even when it would not be chosen anew."""

from collections.abc import Iterable

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Industry, TechField, Township, User
from crm.queries.scope import within_scope
from pipelines.vocabulary import Role

Pairs = list[tuple[object, str]]

_DIVISION = 2  # digits of a 大类
# Who follows firms; the others govern, read or audit.
_FOLLOW_FIRMS = (Role.SECTION_CHIEF, Role.OFFICER, Role.TOWNSHIP_OFFICER)


def township_pairs(viewer: User | None) -> Pairs:
    """The viewer's townships, each area under the township it lies in."""
    ordered = sa.select(Township).order_by(Township.position, Township.id)
    shown = db.session.scalars(within_scope(ordered, viewer, Township.id)).all()
    names = {place.id: place.name for place in shown}
    inside: dict[int | None, list[Township]] = {}
    for place in shown:
        inside.setdefault(place.parent_id if place.parent_id in names else None, []).append(place)
    return [(place.id, label) for place, label in _walked(inside, None, "")]


def top_township_pairs() -> Pairs:
    """What a number of the county is shared out to."""
    tops = sa.select(Township.id, Township.name).where(Township.parent_id.is_(None))
    return [(key, name) for key, name in db.session.execute(tops.order_by(Township.position, Township.id))]


def _walked(inside: dict[int | None, list[Township]], parent: int | None, path: str) -> Iterable[tuple[Township, str]]:
    for place in inside.pop(parent, []):  # popped: a tree wrongly tied into a ring still comes to an end
        yield place, path + place.name
        yield from _walked(inside, place.id, f"{path}{place.name} › ")


def industry_pairs() -> Pairs:
    rows = db.session.execute(sa.select(Industry.code, Industry.name).order_by(Industry.code))
    return [(code, f"{code} {name}") for code, name in rows]


def division_pairs() -> Pairs:
    """The 大类 of GB/T 4754; their 中类 and 小类 begin with the same two digits."""
    return [(code, words) for code, words in industry_pairs() if len(str(code)) == _DIVISION]


def tech_field_pairs() -> Pairs:
    rows = db.session.execute(sa.select(TechField.code, TechField.name).order_by(TechField.code))
    return [(code, f"{code} {name}") for code, name in rows]


def owner_pairs(current: int | None) -> Pairs:
    follows = sa.and_(User.active, User.role.in_(_FOLLOW_FIRMS))
    offered = sa.select(User.id, User.name).where(sa.or_(follows, User.id == current)).order_by(User.id)
    return [(key, name) for key, name in db.session.execute(offered)]
