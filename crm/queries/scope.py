"""What somebody may see of the register: everything, or one's own area and what lies in it.

A query that reads firms takes its viewer; None is the command line, which sees all.
"""

from collections.abc import Callable, Collection
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, Township, User
from pipelines.vocabulary import Role

_LARGEST_ID = 2**31 - 1  # an id beyond it stands in no table; PostgreSQL would call it an error


def visible_townships(viewer: User | None) -> frozenset[int] | None:
    """The townships whose firms the viewer may see; None is all of them, and firms of no township too."""
    if viewer is None or viewer.role is not Role.TOWNSHIP_OFFICER:
        return None
    return areas_within({viewer.township_id} if viewer.township_id is not None else set())


def areas_at_hand() -> Callable[[Collection[int]], frozenset[int]]:
    """areas_within for many lists at once: the tree is read a single time."""
    inside: dict[int | None, list[int]] = {}
    for place, parent in db.session.execute(sa.select(Township.id, Township.parent_id)):
        inside.setdefault(parent, []).append(place)
    known = {place for places in inside.values() for place in places}

    def found(townships: Collection[int]) -> frozenset[int]:
        seen: set[int] = set()
        waiting = [place for place in townships if place in known]
        while waiting:
            if (place := waiting.pop()) not in seen:
                seen.add(place)
                waiting += inside.get(place, [])
        return frozenset(seen)

    return found


def areas_within(townships: Collection[int]) -> frozenset[int]:
    """The townships themselves and every area inside them, however deep."""
    if not townships:
        return frozenset()
    found = sa.select(Township.id).where(Township.id.in_(townships)).cte(recursive=True)
    # UNION, not UNION ALL: a tree that was wrongly tied into a ring still comes to an end.
    inside = found.union(sa.select(Township.id).join(found, Township.parent_id == found.c.id))
    return frozenset(db.session.scalars(sa.select(inside.c.id)))


def top_townships() -> dict[int, int]:
    """Each area → the township it lies in, a township → itself: what is counted by township counts its areas, too."""
    rows: Any = db.session.execute(sa.select(Township.id, Township.parent_id)).all()
    parents: dict[int, int | None] = dict(rows)
    tops = {}
    for place in parents:
        top, seen = place, {place}
        while (above := parents.get(top)) and above not in seen:  # a tree wrongly tied into a ring still ends
            top = above
            seen.add(top)
        tops[place] = top
    return tops


def within_scope(statement: sa.Select[Any], viewer: User | None, column: Any) -> sa.Select[Any]:
    """The statement, limited to rows whose township (column) the viewer may see."""
    townships = visible_townships(viewer)
    return statement if townships is None else statement.where(column.in_(townships))


def find_firm(firm_id: int, viewer: User | None) -> Firm | None:
    """The firm, unless there is none or it lies outside the viewer's area: the two must look the same."""
    if not 0 < firm_id <= _LARGEST_ID:
        return None
    return db.session.scalar(within_scope(sa.select(Firm).where(Firm.id == firm_id), viewer, Firm.township_id))
