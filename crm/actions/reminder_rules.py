"""Deeds on the rules of reminding: what is changed acts on what is planned from tomorrow on."""

from typing import Any

from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import ReminderSetting
from crm.queries.reminder_rules import about_kind, rules_in_force
from pipelines.refusals import Refusal
from pipelines.reminders.planning import COUNTED_UP, Rule
from pipelines.vocabulary import EventKind, ReminderKind


def change_rule(
    kind: ReminderKind, days_before: tuple[int, ...] | None, to_chief: int | None, high_risk: int | None,
    reason: str | None, by: Author,
) -> bool:  # fmt: skip
    """days_before None: as they are. False: it says nothing new. The offsets of what is only counted up are not
    anybody's to choose."""
    begin_exclusive()
    db.session.expire_all()
    before = rules_in_force()[kind]
    if kind in COUNTED_UP:
        raise Refusal(f"“{kind.label}”按月或按周计算，没有可以改的天数。")
    days = tuple(sorted(set(days_before), reverse=True)) if days_before else before.days_before
    value = {"days_before": list(days), "to_chief": to_chief, "high_risk": high_risk}
    if value == said_by(before):
        db.session.rollback()
        return False
    keep_decision(about_kind(kind), value, reason, by)
    labels = {"days_before": "提前天数", "to_chief": "抄送科长", "high_risk": "标高风险"}
    changes = [
        {"field": labels[name], "old": _told(old), "new": _told(value[name])}
        for name, old in said_by(before).items()
        if old != value[name]
    ]
    record_event(EventKind.REMINDER_RULE_CHANGED, by, None, {"subject": kind.label, "changes": changes})
    db.session.commit()
    return True


def said_by(rule: Rule) -> dict[str, Any]:
    """What a decision about a kind keeps."""
    return {"days_before": list(rule.days_before), "to_chief": rule.to_chief, "high_risk": rule.high_risk}


def keep_decision(about: str, value: dict[str, Any], reason: str | None, by: Author) -> None:
    """Step of a deed, which records the event and commits."""
    db.session.add(ReminderSetting(about=about, value=value, reason=reason, by_name=by.name))


def _told(value: Any) -> str:
    if value is None:
        return "无"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
