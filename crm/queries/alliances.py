"""Alliances with their members, as far as the viewer may see them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Alliance, AllianceMember, Firm, Township, User
from crm.queries.parameters import LARGEST_ID
from crm.queries.scope import within_scope


def alliances(viewer: User | None) -> Sequence[Any]:
    """Those that go on first, the newest first, each with how many members (of the viewer's area) it has."""
    members: Any = sa.select(AllianceMember.alliance_id, sa.func.count().label("firms"))
    members = members.join(Firm, Firm.id == AllianceMember.firm_id).where(Firm.archived_at.is_(None))
    members = within_scope(members, viewer, Firm.township_id).group_by(AllianceMember.alliance_id).subquery()
    rows = sa.select(Alliance, sa.func.coalesce(members.c.firms, 0).label("firms"))
    rows = rows.outerjoin(members, members.c.alliance_id == Alliance.id)
    order = (Alliance.ended_on.is_not(None), Alliance.began_on.desc(), Alliance.id.desc())
    return db.session.execute(rows.order_by(*order)).all()


def find_alliance(alliance_id: int) -> Alliance | None:
    return db.session.get(Alliance, alliance_id) if 0 < alliance_id <= LARGEST_ID else None


def members_of(alliance_id: int, viewer: User | None) -> Sequence[Any]:
    """The leader first."""
    rows: Any = sa.select(Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), AllianceMember.is_leader)
    rows = rows.join(AllianceMember, AllianceMember.firm_id == Firm.id)
    rows = rows.outerjoin(Township, Township.id == Firm.township_id)
    rows = rows.where(AllianceMember.alliance_id == alliance_id, Firm.archived_at.is_(None))
    ordered = within_scope(rows, viewer, Firm.township_id).order_by(AllianceMember.is_leader.desc(), Firm.name, Firm.id)
    return db.session.execute(ordered).all()


def alliances_of(firm_id: int, on: date) -> Sequence[Alliance]:
    """What the firm is part of on the day."""
    part = sa.select(Alliance).join(AllianceMember, AllianceMember.alliance_id == Alliance.id)
    part = part.where(AllianceMember.firm_id == firm_id, Alliance.began_on <= on)
    lasting = part.where(sa.or_(Alliance.ended_on.is_(None), Alliance.ended_on > on))
    return db.session.scalars(lasting.order_by(Alliance.began_on, Alliance.id)).all()
