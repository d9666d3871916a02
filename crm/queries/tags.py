"""Tags: those that may be given, those of firms, and all of them with how many firms have each."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, FirmTag, Tag, User
from crm.queries.scope import within_scope

Pairs = list[tuple[object, str]]


def tag_pairs(kept: Iterable[int] = ()) -> Pairs:
    """Those that may be given, and those a firm has already."""
    offered = sa.select(Tag.id, Tag.name).where(sa.or_(Tag.archived_at.is_(None), Tag.id.in_([*kept])))
    return [(key, name) for key, name in db.session.execute(offered.order_by(Tag.name))]


def filter_pairs() -> Pairs:
    """All of them: firms keep those that are no longer given."""
    every = sa.select(Tag.id, Tag.name, Tag.archived_at).order_by(Tag.archived_at.is_not(None), Tag.name)
    return [(key, f"{name}（已作废）" if archived_at else name) for key, name, archived_at in db.session.execute(every)]


def tags_of(firm_id: int) -> list[Tag]:
    own = sa.select(Tag).join(FirmTag).where(FirmTag.firm_id == firm_id).order_by(Tag.name)
    return [*db.session.scalars(own)]


def counted_tags(viewer: User | None) -> list[Any]:
    """Every tag with the number of firms in the register that have it; those that are no longer given come last."""
    tagged: Any = sa.select(FirmTag.firm_id, FirmTag.tag_id).join(Firm)
    have = within_scope(tagged, viewer, Firm.township_id).where(Firm.archived_at.is_(None)).subquery()
    rows = (
        sa.select(Tag.id, Tag.name, Tag.archived_at, sa.func.count(have.c.firm_id).label("firms"))
        .outerjoin(have, have.c.tag_id == Tag.id)
        .group_by(Tag.id, Tag.name, Tag.archived_at)
        .order_by(Tag.archived_at.is_not(None), Tag.name)
    )
    return [*db.session.execute(rows)]
