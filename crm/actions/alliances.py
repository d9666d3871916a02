"""Deeds on alliances: entered, changed, joined out of a pasted list, left, led by one of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.actions.changes import first_values, row_for_change, write
from crm.actions.events import Author, record_event
from crm.actions.pasted_firms import Noted, note_firms
from crm.extensions import begin_exclusive, db
from crm.models import Alliance, AllianceMember, User
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def save_alliance(alliance_id: int | None, values: Mapping[str, Any], by: Author) -> Alliance:
    begin_exclusive()
    db.session.expire_all()
    twin = db.session.scalar(sa.select(Alliance).filter_by(kind=values["kind"], name=values["name"]))
    if twin and twin.id != alliance_id:
        raise Refusal(f"已有同名的{twin.kind.label}“{twin.name}”，请直接修改那一个。")
    alliance = db.session.get_one(Alliance, alliance_id) if alliance_id else Alliance()
    changes = write(alliance, values) if alliance_id else first_values(values)
    for name, value in values.items():
        setattr(alliance, name, value)
    db.session.add(alliance)
    if changes:
        record_event(EventKind.ALLIANCE_SAVED, by, None, {"subject": alliance.name, "changes": list(changes)})
    db.session.commit()
    return alliance


def add_members(alliance_id: int, lines: Sequence[str], viewer: User | None, by: Author) -> Noted:
    """lines: a name or a code each. What is not clear stays out and is told; the others are in."""
    begin_exclusive()
    db.session.expire_all()
    alliance = db.session.get_one(Alliance, alliance_id)
    there = set(db.session.scalars(sa.select(AllianceMember.firm_id).filter_by(alliance_id=alliance_id)))
    noted = note_firms(lines, there, viewer, lambda firm_id: _join(alliance, firm_id, by))
    db.session.commit()
    return noted


def remove_member(alliance_id: int, firm_id: int, by: Author) -> None:
    alliance, member = _member(alliance_id, firm_id)
    db.session.delete(member)
    _trace(alliance, firm_id, alliance.name, None, by)
    db.session.commit()


def lead(alliance_id: int, firm_id: int, by: Author) -> None:
    """One firm leads; whoever led before stays as a member."""
    alliance, member = _member(alliance_id, firm_id)
    others = sa.select(AllianceMember).filter_by(alliance_id=alliance_id, is_leader=True)
    for other in db.session.scalars(others):
        other.is_leader = False
    member.is_leader = True
    _trace(alliance, firm_id, alliance.name, f"{alliance.name}（牵头）", by)
    db.session.commit()


def _join(alliance: Alliance, firm_id: int, by: Author) -> None:
    db.session.add(AllianceMember(alliance_id=alliance.id, firm_id=firm_id))
    _trace(alliance, firm_id, None, alliance.name, by)


def _member(alliance_id: int, firm_id: int) -> tuple[Alliance, AllianceMember]:
    member = row_for_change(AllianceMember, (alliance_id, firm_id), "这家企业不在成员里。")
    return db.session.get_one(Alliance, alliance_id), member


def _trace(alliance: Alliance, firm_id: int, old: str | None, new: str | None, by: Author) -> None:
    change = {"field": alliance.kind.label, "old": old, "new": new}
    record_event(EventKind.ALLIANCE_JOINED, by, firm_id, {"subject": str(alliance.began_on), "changes": [change]})
