"""Deeds on tags: made, renamed, joined, no longer given; and on those of one firm."""

from collections.abc import Collection
from dataclasses import replace

import sqlalchemy as sa

from crm import clock
from crm.actions.changes import Opened, Saving, compare, firm_for_change, row_for_change
from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import FirmTag, Tag
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def save_tag(tag_id: int | None, name: str, by: Author) -> Tag:
    begin_exclusive()
    db.session.expire_all()
    twin = db.session.scalar(sa.select(Tag).where(Tag.name == name, Tag.id != (tag_id or 0)))
    if twin:
        raise Refusal(f"已有标签“{name}”" + ("，现已作废，可以恢复使用。" if twin.archived_at else "，没有重复新增。"))
    tag = db.session.get_one(Tag, tag_id) if tag_id else Tag()
    old, tag.name = tag.name, name
    db.session.add(tag)
    if old != name:
        _record(name, by, changes=[{"field": "name", "old": old, "new": name}])
    db.session.commit()
    return tag


def archive_tag(tag_id: int, by: Author) -> Tag:
    """It is no longer offered; firms that have it keep it."""
    tag = _for_change(tag_id)
    if tag.archived_at:
        raise Refusal("这个标签已经作废。")
    tag.archived_at = clock.now()
    _record(tag.name, by, reason="作废")
    db.session.commit()
    return tag


def restore_tag(tag_id: int, by: Author) -> Tag:
    tag = _for_change(tag_id)
    if tag.archived_at is None:
        raise Refusal("这个标签没有作废，无需恢复。")
    tag.archived_at = None
    _record(tag.name, by, reason="恢复")
    db.session.commit()
    return tag


def merge_tags(gone_id: int, kept_id: int, by: Author) -> int:
    """Whoever has the one has the other from now on; answers how many firms had the one that goes."""
    if gone_id == kept_id:
        raise Refusal("不能把标签并入它自己，请另选一个。")
    gone, kept = _for_change(gone_id), db.session.get(Tag, kept_id)
    if kept is None or kept.archived_at:
        raise Refusal("要并入的标签已作废，请另选一个。")
    firms = db.session.scalar(sa.select(sa.func.count()).where(FirmTag.tag_id == gone_id)) or 0
    has_both = sa.select(FirmTag.firm_id).where(FirmTag.tag_id == kept_id)
    own = FirmTag.tag_id == gone_id
    moved = sa.update(FirmTag).where(own, FirmTag.firm_id.not_in(has_both)).values(tag_id=kept_id)
    for statement in (moved, sa.delete(FirmTag).where(own)):
        db.session.execute(statement, execution_options={"synchronize_session": False})
    gone.archived_at = gone.archived_at or clock.now()
    _record(gone.name, by, reason=f"并入“{kept.name}”", count=firms)
    db.session.commit()
    return firms


def set_firm_tags(firm_id: int, tag_ids: Collection[int], opened: Opened, by: Author) -> Saving:
    """opened: the tags that were shown, as `tags_told` says them."""
    firm = firm_for_change(firm_id)
    rows = {row.tag_id: row for row in db.session.scalars(sa.select(FirmTag).filter_by(firm_id=firm_id))}
    names = {tag.id: tag for tag in db.session.scalars(sa.select(Tag).where(Tag.id.in_({*rows, *tag_ids})))}
    if any(key not in names or (names[key].archived_at and key not in rows) for key in tag_ids):
        raise Refusal("选中的标签已作废，请重新选择。")
    comparison = compare(opened, {"tags": tags_told(tag_ids)}, {"tags": tags_told(rows)})
    saving = Saving(firm, kept=comparison.kept, conflicts=comparison.conflicts)
    if comparison.mine:
        gone, come = rows.keys() - set(tag_ids), set(tag_ids) - rows.keys()
        for key in gone:
            db.session.delete(rows[key])
        db.session.add_all(FirmTag(firm_id=firm_id, tag_id=key) for key in sorted(come))
        old, new = (_spoken(keys, names) for keys in (rows, tag_ids))
        saving = replace(saving, changes=({"field": "tags", "old": old, "new": new},))
        record_event(EventKind.FIRM_TAGGED, by, firm_id, {"changes": list(saving.changes)})
    db.session.commit()
    return saving


def tags_told(tag_ids: Collection[int]) -> str:
    return ",".join(map(str, sorted(tag_ids)))


def _spoken(tag_ids: Collection[int], names: dict[int, Tag]) -> str | None:
    return "、".join(sorted(names[key].name for key in tag_ids)) or None


def _for_change(tag_id: int) -> Tag:
    return row_for_change(Tag, tag_id, "这个标签已不存在。")


def _record(subject: str, by: Author, **particulars: object) -> None:
    record_event(EventKind.TAG_SAVED, by, None, {"subject": subject, **particulars})
