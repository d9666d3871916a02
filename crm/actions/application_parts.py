"""Deeds on what an application rests on: its research projects and products, tied to rights and to one another."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm.actions.changes import plain
from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import ApplicationPart, Candidacy, IpRight
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, PartKind

_PLAIN = ("number", "name", "amount")


def save_part(candidacy_id: int, part_id: int | None, values: Mapping[str, Any], by: Author) -> ApplicationPart:
    """values: kind, number, name, amount, rights (ids of the firm's), projects (ids of this application's)."""
    candidacy = _for_change(candidacy_id)
    part = _known(candidacy_id, part_id) if part_id else ApplicationPart(candidacy_id=candidacy_id, kind=values["kind"])
    twin = sa.select(ApplicationPart.id).filter_by(candidacy_id=candidacy_id, kind=part.kind, number=values["number"])
    if (other := db.session.scalar(twin)) and other != part_id:
        raise Refusal(f"已有 {part.kind.code}{values['number']:02d}，请换一个编号。")
    before = _told(part) if part_id else {}
    for name in _PLAIN:
        setattr(part, name, values[name])
    part.rights = _rights(candidacy.firm_id, values["rights"])
    part.projects = _projects(candidacy_id, values["projects"]) if part.kind is PartKind.PRODUCT else []
    db.session.add(part)
    db.session.flush()
    _trace(candidacy, part, before, _told(part), by)
    db.session.commit()
    return part


def remove_part(candidacy_id: int, part_id: int, by: Author) -> str:
    """Answers its code. Products that were tied to it lose the tie."""
    candidacy = _for_change(candidacy_id)
    part = _known(candidacy_id, part_id)
    before, code = _told(part), part.code
    for product in db.session.scalars(sa.select(ApplicationPart).where(ApplicationPart.projects.any(id=part.id))):
        product.projects.remove(part)
    _trace(candidacy, part, before, {}, by)
    db.session.delete(part)
    db.session.commit()
    return code


def _for_change(candidacy_id: int) -> Candidacy:
    begin_exclusive()
    db.session.expire_all()
    candidacy = db.session.get(Candidacy, candidacy_id)
    if candidacy is None or candidacy.closed_on:
        raise Refusal("这个培育对象已经结束，研发活动和产品不能再改。")
    return candidacy


def _known(candidacy_id: int, part_id: int) -> ApplicationPart:
    part = db.session.get(ApplicationPart, part_id)
    if part is None or part.candidacy_id != candidacy_id:
        raise Refusal("这一项已被移除。")
    return part


def _rights(firm_id: int, ids: list[int]) -> list[IpRight]:
    wanted = sa.select(IpRight).where(IpRight.firm_id == firm_id, IpRight.id.in_(ids))
    return list(db.session.scalars(wanted.order_by(IpRight.id)))


def _projects(candidacy_id: int, ids: list[int]) -> list[ApplicationPart]:
    wanted = sa.select(ApplicationPart).where(ApplicationPart.id.in_(ids)).filter_by(candidacy_id=candidacy_id)
    return list(db.session.scalars(wanted.filter_by(kind=PartKind.PROJECT).order_by(ApplicationPart.number)))


def _told(part: ApplicationPart) -> dict[str, Any]:
    """Rights and projects by their names: an event must be readable when the row it points at is gone."""
    told = {"编号": part.code, "名称": part.name, "金额（元）": plain(part.amount)}
    rights = "、".join(right.name or right.number or "" for right in part.rights) or None
    return told | {"知识产权": rights, "研发活动": "、".join(each.code for each in part.projects) or None}


def _trace(candidacy: Candidacy, part: ApplicationPart, old: dict[str, Any], new: dict[str, Any], by: Author) -> None:
    fields = dict.fromkeys([*old, *new])
    changes = [
        {"field": field, "old": old.get(field), "new": new.get(field)}
        for field in fields
        if old.get(field) != new.get(field)
    ]
    if changes:
        about = {"subject": part.code, "subject_id": part.id, "changes": changes}
        record_event(EventKind.PART_SAVED, by, candidacy.firm_id, about)
