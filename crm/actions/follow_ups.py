"""Deeds on what is owed: set, finished, put off, handed over; each can be taken back once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.changes import Opened, Saving, compare, firm_for_change, first_values, plain, row_for_change
from crm.actions.events import Author, record_event
from crm.actions.mentions import note_mentions
from crm.actions.standings import refresh_standings
from crm.actions.visits import touch_candidacies
from crm.extensions import begin_exclusive, db
from crm.models import FollowUp, Reassignment, User
from crm.queries.next_steps import next_step_of
from crm.queries.reassignments import HELD
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind

_UNDOABLE = ("what", "owner_id", "due_on", "done_on", "outcome")


def set_follow_up(firm_id: int, values: Mapping[str, Any], by: Author) -> FollowUp:
    firm_for_change(firm_id)
    return _set(firm_id, values, by)


def plan_next_step(firm_id: int, values: Mapping[str, Any], opened: Opened, by: Author) -> Saving:
    """What is owed next and when: of the open follow-up that falls due first, or of a new one when there is none."""
    firm = firm_for_change(firm_id)
    step = next_step_of(firm_id)
    now = {name: plain(getattr(step, name, None)) for name in values}
    comparison = compare(opened, {name: plain(value) for name, value in values.items()}, now)
    saving = Saving(step or FollowUp(), kept=comparison.kept, conflicts=comparison.conflicts)
    if comparison.conflicts or not comparison.mine:
        return saving
    if step is None:
        step = _set(firm_id, {**values, "owner_id": firm.owner_id or by.user_id}, by)
    else:
        if "due_on" in comparison.mine:
            _refuse_past(values["due_on"])
        step = _changed(step, {name: values[name] for name in comparison.mine}, by)
    return replace(saving, row=step, changes=tuple({"field": name} for name in comparison.mine))


def _refuse_past(due_on: date) -> None:
    if due_on < clock.today():
        raise Refusal("跟进日期不能早于今天。")


def _set(firm_id: int, values: Mapping[str, Any], by: Author) -> FollowUp:
    _refuse_past(values["due_on"])
    follow_up = FollowUp(firm_id=firm_id, by_id=by.user_id, by_name=by.name, **values)
    db.session.add(follow_up)
    db.session.flush()
    note_mentions(follow_up.what, firm_id, by)
    about = {"subject_id": follow_up.id, "changes": _told(first_values(values))}
    record_event(EventKind.FOLLOW_UP_SAVED, by, firm_id, about)
    db.session.commit()
    return follow_up


def finish_follow_up(follow_up_id: int, outcome: str | None, by: Author) -> FollowUp:
    """A need is finished with the feedback that was given."""
    follow_up = _open(follow_up_id)
    if follow_up.is_need and not outcome:
        raise Refusal("请填写给企业的反馈，再办结诉求。")
    today = clock.today()
    touch_candidacies(follow_up.firm_id, today)
    return _changed(follow_up, {"done_on": today, "outcome": outcome}, by)


def postpone_follow_up(follow_up_id: int, due_on: date, by: Author) -> FollowUp:
    follow_up = _open(follow_up_id)
    if due_on <= clock.today():
        raise Refusal("请推迟到今天以后的日期。")
    return _changed(follow_up, {"due_on": due_on}, by)


def hand_over_follow_up(follow_up_id: int, owner_id: int, by: Author) -> FollowUp:
    follow_up = _open(follow_up_id)
    owner = db.session.get(User, owner_id)
    if owner is None or not owner.active:
        raise Refusal("请选择一个在用的账号。")
    return _changed(follow_up, {"owner_id": owner_id}, by)


def undo_follow_up(follow_up_id: int, by: Author) -> FollowUp:
    """Take the last deed back; once."""
    begin_exclusive()
    db.session.expire_all()
    follow_up = db.session.get(FollowUp, follow_up_id)
    if follow_up is None or follow_up.before is None:
        raise Refusal("没有可以撤销的操作。")
    before = {name: _typed(name, value) for name, value in follow_up.before.items()}
    return _changed(follow_up, before, by, keeps_way_back=False)


def reassign(from_id: int, to_id: int, by: Author) -> Reassignment:
    """Hand everything still in hand from one colleague to another in one step."""
    begin_exclusive()
    db.session.expire_all()
    giver, taker = db.session.get(User, from_id), db.session.get(User, to_id)
    if giver is None or taker is None or giver is taker or not taker.active:
        raise Refusal("请选择两个不同的人，接手的人须是在用的账号。")
    rows = {name: _hand_over(name, from_id, to_id) for name in HELD}
    if not any(rows.values()):
        db.session.rollback()
        raise Refusal(f"{giver.name}名下没有未了的企业、培育对象和跟进。")
    reassignment = Reassignment(from_id=from_id, to_id=to_id, rows=rows, by_name=by.name)
    db.session.add(reassignment)
    _refresh(rows["firms"])
    counts = {name: len(ids) for name, ids in rows.items()}
    record_event(EventKind.REASSIGNED, by, None, {"subject": f"{giver.name} → {taker.name}", "counts": counts})
    db.session.commit()
    return reassignment


def undo_reassignment(reassignment_id: int, by: Author) -> int:
    """Back to whom it came from, as far as it is still with whom it went to; answers how many rows."""
    begin_exclusive()
    db.session.expire_all()
    reassignment = db.session.get(Reassignment, reassignment_id)
    if reassignment is None or reassignment.undone_at:
        raise Refusal("这次移交已经撤销过。")
    undone = 0
    for name, ids in reassignment.rows.items():
        model, _ = HELD[name]
        wanted = sa.select(model.id).where(model.id.in_(ids), model.owner_id == reassignment.to_id)
        still = list(db.session.scalars(wanted))
        db.session.execute(sa.update(model).where(model.id.in_(still)).values(owner_id=reassignment.from_id))
        undone += len(still)
    reassignment.undone_at = clock.now()
    _refresh(reassignment.rows["firms"])
    record_event(EventKind.REASSIGNED, by, None, {"subject": "撤销移交", "counts": {"rows": undone}})
    db.session.commit()
    return undone


def _hand_over(name: str, from_id: int, to_id: int) -> list[int]:
    model, still = HELD[name]
    ids = list(db.session.scalars(sa.select(model.id).where(model.owner_id == from_id, still())))
    if ids:
        db.session.execute(sa.update(model).where(model.owner_id == from_id, still()).values(owner_id=to_id))
    return ids


def _refresh(firm_ids: list[int]) -> None:
    if firm_ids:
        refresh_standings(firm_ids, clock.today())


def _open(follow_up_id: int) -> FollowUp:
    follow_up = row_for_change(FollowUp, follow_up_id, "这条跟进已不存在。")
    if follow_up.done_on:
        raise Refusal(f"这条跟进已于 {follow_up.done_on} 办结。")
    return follow_up


def _changed(follow_up: FollowUp, values: Mapping[str, Any], by: Author, *, keeps_way_back: bool = True) -> FollowUp:
    before = {name: plain(getattr(follow_up, name)) for name in _UNDOABLE}
    changes = [
        {"field": name, "old": before[name], "new": plain(value)}
        for name, value in values.items()
        if before[name] != plain(value)
    ]
    for name, value in values.items():
        setattr(follow_up, name, value)
    follow_up.before = before if keeps_way_back else None
    about = {"subject": follow_up.what, "subject_id": follow_up.id, "changes": _told(changes)}
    record_event(EventKind.FOLLOW_UP_SAVED, by, follow_up.firm_id, about)
    db.session.commit()
    return follow_up


def _typed(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if value and name.endswith("_on") else value


def _told(changes: Any) -> list[dict[str, Any]]:
    """Owners by their names: an event must be readable when the account is gone."""
    told = []
    for change in changes:
        if change["field"] == "owner_id":
            names = {key: db.session.get_one(User, key).name for key in (change["old"], change["new"]) if key}
            change = change | {"old": names.get(change["old"]), "new": names.get(change["new"])}
        told.append(change)
    return told
