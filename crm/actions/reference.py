"""Deeds on townships and industries. What is not wanted any more is voided, never taken away, and can come back."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.changes import Changes, row_for_change, write
from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import Industry, Township
from crm.queries.reference import find_industry, find_township, hanging_on_industry, hanging_on_township
from crm.queries.scope import areas_within
from pipelines.names import folded
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind

_DIVISION = 2


def add_township(name: str, aliases: Sequence[str], parent_id: int | None, by: Author) -> Township:
    begin_exclusive()
    last = db.session.scalar(sa.select(sa.func.max(Township.position))) or 0
    township = Township(name="", aliases=[], position=last + 1)
    return _saved(township, name, aliases, parent_id, by)


def update_township(township_id: int, name: str, aliases: Sequence[str], parent_id: int | None, by: Author) -> Township:
    """A former name stays among the other spellings: ledgers go on writing it. Who is responsible for what it now lies
    in sees it from the next page on."""
    township = _township(township_id)
    if parent_id is not None and parent_id in areas_within({township_id}):
        raise Refusal(f"“{township.name}”不能移到它自己或它下属的区域里。")
    former = [township.name] if township.name != name else []
    return _saved(township, name, [*aliases, *former], parent_id, by)


def void_township(township_id: int, by: Author) -> Township:
    township = _township(township_id)
    if township.voided_at:
        raise Refusal("已经作废，未再修改。")
    if areas := hanging_on_township(township_id).parts:
        raise Refusal(f"“{township.name}”还有 {areas} 个在用的下属区域，请先作废它们或移到别处。")
    township.voided_at = clock.now()
    return _traced(township, ({"field": "voided", "old": False, "new": True},), by)


def restore_township(township_id: int, by: Author) -> Township:
    township = _township(township_id)
    if township.parent and township.parent.voided_at:
        raise Refusal(f"上级“{township.parent.name}”已作废，请先恢复上级，或移到别处。")
    township.voided_at = None
    return _traced(township, ({"field": "voided", "old": True, "new": False},), by)


def add_industry(code: str, name: str, by: Author) -> Industry:
    """Codes are nested: 397 is part of 39."""
    begin_exclusive()
    if find_industry(code):
        raise Refusal(f"代码 {code} 已有，请核对。")
    parent = code[:-1] if len(code) > _DIVISION else None
    if parent and not find_industry(parent):
        raise Refusal(f"还没有上一级代码 {parent}，请先新增它。")
    industry = Industry(code=code, name=name, parent_code=parent, edited_at=clock.now())
    db.session.add(industry)
    changes = tuple({"field": field, "old": None, "new": text} for field, text in (("code", code), ("name", name)))
    return _industry_traced(industry, changes, by)


def rename_industry(code: str, name: str, by: Author) -> Industry:
    industry = _industry(code)
    industry.edited_at = clock.now()
    return _industry_traced(industry, write(industry, {"name": name}), by)


def void_industry(code: str, by: Author) -> Industry:
    industry = _industry(code)
    if industry.voided_at:
        raise Refusal("已经作废，未再修改。")
    if parts := hanging_on_industry(code).parts:
        raise Refusal(f"“{industry.name}”下面还有 {parts} 个在用的小类，请先作废它们。")
    industry.voided_at = industry.edited_at = clock.now()
    return _industry_traced(industry, ({"field": "voided", "old": False, "new": True},), by)


def restore_industry(code: str, by: Author) -> Industry:
    industry = _industry(code)
    industry.voided_at, industry.edited_at = None, clock.now()
    return _industry_traced(industry, ({"field": "voided", "old": True, "new": False},), by)


def _saved(township: Township, name: str, aliases: Sequence[str], parent_id: int | None, by: Author) -> Township:
    parent = _parent(parent_id)
    _refuse_taken(township, [name, *aliases])
    before = _told(township)
    township.name = name
    township.aliases = [each for each in dict.fromkeys(aliases) if each != name]
    township.parent = parent
    db.session.add(township)
    now = _told(township)
    changes = tuple(
        {"field": field, "old": before[field], "new": now[field]} for field in now if before[field] != now[field]
    )
    return _traced(township, changes, by)


def _parent(parent_id: int | None) -> Township | None:
    if parent_id is None:
        return None
    parent = find_township(parent_id)
    if parent is None or parent.voided_at:
        raise Refusal("请选择一个在用的上级。")
    return parent


def _refuse_taken(township: Township, spellings: Sequence[str]) -> None:
    """One spelling in a ledger must mean one place."""
    others = db.session.scalars(sa.select(Township).where(Township.id != (township.id or 0)))
    taken = {folded(text): other.name for other in others for text in (other.name, *other.aliases)}
    for spelling in spellings:
        if owner := taken.get(folded(spelling)):
            raise Refusal(f"“{spelling}”已是“{owner}”的名称或写法，请换一个。")


def _told(township: Township) -> Mapping[str, Any]:
    return {
        "name": township.name or None,
        "aliases": "、".join(township.aliases) or None,
        "within": township.parent.name if township.parent else None,
    }


def _traced(township: Township, changes: Changes, by: Author) -> Township:
    if changes:
        township.edited_at = clock.now()
        record_event(EventKind.TOWNSHIP_SAVED, by, particulars={"subject": township.name, "changes": changes})
    db.session.commit()
    return township


def _industry_traced(industry: Industry, changes: Changes, by: Author) -> Industry:
    if changes:
        subject = f"{industry.code} {industry.name}"
        record_event(EventKind.INDUSTRY_SAVED, by, particulars={"subject": subject, "changes": changes})
    db.session.commit()
    return industry


def _township(township_id: int) -> Township:
    return row_for_change(Township, township_id, "没有这个镇街，未作修改。")


def _industry(code: str) -> Industry:
    return row_for_change(Industry, code, "没有这个行业，未作修改。")
