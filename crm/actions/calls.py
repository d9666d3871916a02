"""Deeds on the yearly calls: the day of this year is typed in; one that moved says why."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.actions.changes import plain
from crm.actions.events import Author, record_event
from crm.actions.reminder_rules import keep_decision
from crm.extensions import begin_exclusive, db
from crm.models import CallDate, User
from crm.queries.call_audiences import Audience, about_call, audience_choices, audiences
from crm.queries.call_offsets import about_offsets, offsets_in_force
from pipelines.refusals import Refusal
from pipelines.reminders.cycle import call
from pipelines.reminders.planning import rules
from pipelines.vocabulary import EventKind, ReminderKind

_SAID = ("closes_on", "hour", "notice_number")


def date_call(call_id: str, year: int, values: Mapping[str, Any], by: Author) -> CallDate:
    """values: closes_on, hour, notice_number, reason. What says nothing new is answered with what is known."""
    meant = call(call_id)
    if meant is None:
        raise Refusal("没有这一项期限。")
    if values["closes_on"].year not in (year, year + 1):
        raise Refusal(f"{year} 年的“{meant.label}”应在 {year} 年或 {year + 1} 年初截止，请核对日期。")
    begin_exclusive()
    db.session.expire_all()
    known = db.session.scalars(
        sa.select(CallDate).filter_by(call_id=call_id, year=year).order_by(CallDate.id.desc()).limit(1)
    ).first()
    if known and all(getattr(known, name) == values[name] for name in _SAID):
        db.session.rollback()
        return known
    if known and known.closes_on != values["closes_on"] and not values.get("reason"):
        raise Refusal("日期变了，请填写原因，如 通知延期。")
    dated = CallDate(call_id=call_id, year=year, by_name=by.name, **values)
    db.session.add(dated)
    changes = [
        {"field": name, "old": plain(getattr(known, name, None)), "new": plain(values[name])}
        for name in _SAID
        if plain(getattr(known, name, None)) != plain(values[name])
    ]
    record_event(EventKind.CALL_DATED, by, None, {"subject": f"{year} 年{meant.label}", "changes": changes})
    db.session.commit()
    return dated


def choose_audience(call_id: str, year: int, chosen: Audience | None, reason: str | None, by: Author) -> bool:
    """None: as in usual years. False: it says nothing new."""
    meant = call(call_id)
    if meant is None:
        raise Refusal("没有这一项期限。")
    begin_exclusive()
    db.session.expire_all()
    about, choices = about_call(call_id, year), audience_choices()
    known = audiences().get(about)
    if known == chosen:
        db.session.rollback()
        return False
    value = {"which": chosen.which if chosen else None, "args": dict(chosen.args) if chosen else {}}
    keep_decision(about, value, reason, by)
    old, new = (each.words(choices) if each else meant.audience.label for each in (known, chosen))
    changes = [{"field": "告诉谁", "old": old, "new": new}]
    record_event(EventKind.CALL_AUDIENCE_CHOSEN, by, None, {"subject": f"{year} 年{meant.label}", "changes": changes})
    db.session.commit()
    return True


def change_offsets(call_id: str, days_before: Sequence[int] | None, reason: str | None, by: Author) -> bool:
    """None: as in usual years. False: it says nothing new. Counts from the next morning on, for every year."""
    meant = call(call_id)
    if meant is None or not meant.days_before:
        raise Refusal("这一项没有自己的提前天数，请在提醒规则里改。")
    begin_exclusive()
    db.session.expire_all()
    old, new = offsets_in_force()[call_id].days_before, tuple(days_before or meant.days_before)
    if old == new:
        db.session.rollback()
        return False
    keep_decision(about_offsets(call_id), {"days_before": days_before and list(days_before)}, reason, by)
    change = {"field": "提前天数", "old": "、".join(map(str, old)), "new": "、".join(map(str, new))}
    record_event(EventKind.REMINDER_RULE_CHANGED, by, None, {"subject": meant.label, "changes": [change]})
    db.session.commit()
    return True


def mute_kinds(user_id: int, kinds: set[ReminderKind], by: Author) -> None:
    """Only what a rule allows to be muted; the others are told all the same."""
    allowed = {kind for kind, rule in rules().items() if rule.may_be_muted}
    user = db.session.get_one(User, user_id)
    before, after = sorted(user.muted_kinds), sorted(kind.value for kind in kinds & allowed)
    if before != after:
        user.muted_kinds = after
        change = {"field": "不收的提醒", "old": "、".join(before) or None, "new": "、".join(after) or None}
        record_event(EventKind.MUTED, by, None, {"subject": user.name, "changes": [change]})
    db.session.commit()
