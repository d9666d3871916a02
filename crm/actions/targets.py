"""Deeds on the county plan: targets entered, changed, shared out, removed; a year begun as another; actual figures."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.actions.changes import first_values, last_values, plain, write
from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import Target, TargetActual, TargetShare, Township
from crm.queries.targets import actuals_on, targets_of
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind

FIELDS = ("label", "unit", "value", "counts", "is_headline", "source")


def save_target(target_id: int | None, year: int, values: Mapping[str, Any], by: Author) -> Target:
    """values: FIELDS. Of one year no two targets have the same name."""
    begin_exclusive()
    db.session.expire_all()
    twin = db.session.scalar(sa.select(Target).filter_by(year=year, label=values["label"]))
    if twin and twin.id != target_id:
        raise Refusal(f"{year} 年已有“{twin.label}”这一项目标。")
    target = _found(target_id) if target_id else _new(year)
    changes = write(target, values) if target_id else first_values(values)
    for name, value in values.items():
        setattr(target, name, value)
    db.session.add(target)
    if changes:
        _trace(EventKind.TARGET_SAVED, target, changes, by)
    db.session.commit()
    return target


def remove_target(target_id: int, by: Author) -> None:
    """What was typed in for it stays: entered again under the same code it is known again."""
    begin_exclusive()
    db.session.expire_all()
    target = _found(target_id)
    _trace(EventKind.TARGET_REMOVED, target, last_values(target, FIELDS), by)
    db.session.delete(target)
    db.session.commit()


def copy_targets(source: int, year: int, by: Author) -> int:
    """Begin a year as another one was; answers how many targets that are."""
    begin_exclusive()
    db.session.expire_all()
    if targets_of(year):
        raise Refusal(f"{year} 年已有目标，没有复制；请逐项修改。")
    copied = targets_of(source)
    if not copied:
        raise Refusal(f"{source} 年没有目标可以复制。")
    for target in copied:
        values = {name: getattr(target, name) for name in (*FIELDS, "code", "position")}
        db.session.add(Target(year=year, **values | {"source": None}))
    change = {"field": "目标", "old": None, "new": f"照 {source} 年复制 {len(copied)} 项"}
    record_event(EventKind.TARGETS_COPIED, by, None, {"subject": f"{year} 年", "changes": [change]})
    db.session.commit()
    return len(copied)


def share_out(target_id: int, shares: Mapping[int, Decimal | None], by: Author) -> Target:
    """shares: township → what it is to bring, None for none."""
    begin_exclusive()
    db.session.expire_all()
    target = _found(target_id)
    rows: Any = db.session.execute(sa.select(Township.id, Township.name)).all()
    names = dict(rows)
    before = {share.township_id: share.value for share in target.shares}
    after = {town: value for town, value in shares.items() if value is not None and town in names}
    target.shares = [TargetShare(township_id=town, value=value) for town, value in after.items()]
    changes = tuple(
        {"field": names[town], "old": plain(before.get(town)), "new": plain(after.get(town))}
        for town in names
        if before.get(town) != after.get(town)
    )
    if changes:
        _trace(EventKind.TARGET_SAVED, target, changes, by)
    db.session.commit()
    return target


def enter_actual(target_id: int, values: Mapping[str, Any], by: Author) -> None:
    """values: reached_on, value, source. The same figure of the same day once more says nothing new."""
    reached_on, value = values["reached_on"], values["value"]
    begin_exclusive()
    db.session.expire_all()
    target = _found(target_id)
    if target.counts is not None:
        raise Refusal(f"“{target.label}”由企业记录统计，不能填报。")
    if reached_on.year != target.year:
        raise Refusal(f"这是 {target.year} 年的目标，日期应在 {target.year} 年内。")
    told = actuals_on([target.code], [reached_on]).get((target.code, reached_on))
    known = told if told and told.reached_on == reached_on else None
    if known and (known.value, known.source) == (value, values["source"]):
        db.session.rollback()
        return
    db.session.add(TargetActual(code=target.code, by_name=by.name, **values))
    change = {"field": f"截至 {reached_on}", "old": plain(known and known.value), "new": plain(value)}
    _trace(EventKind.ACTUAL_ENTERED, target, (change,), by)
    db.session.commit()


def _found(target_id: int) -> Target:
    target = db.session.get(Target, target_id)
    if target is None:
        raise Refusal("这一项目标已被移除，未作修改。")
    return target


def _new(year: int) -> Target:
    """With a code no target ever had, at the end of its year's list."""
    last = db.session.scalar(sa.select(sa.func.max(Target.position)).filter_by(year=year))
    return Target(year=year, code=f"own_{_next_number()}", position=0 if last is None else last + 1)


def _next_number() -> int:
    return (db.session.scalar(sa.select(sa.func.max(Target.id))) or 0) + 1


def _trace(kind: EventKind, target: Target, changes: tuple[dict[str, Any], ...], by: Author) -> None:
    record_event(kind, by, None, {"subject": f"{target.year} 年{target.label}", "changes": list(changes)})
