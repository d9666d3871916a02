"""The rules of reminding that count today: those shipped, with what the office has changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import sqlalchemy as sa

from crm import clock
from crm.extensions import db
from crm.models import ReminderSetting
from pipelines.reminders.planning import Rule, Rules, rules, stages
from pipelines.vocabulary import ReminderKind

_KIND = "kind:"


def about_kind(kind: ReminderKind) -> str:
    return f"{_KIND}{kind}"


def rules_in_force() -> Rules:
    typed = decisions_by_thing(_KIND)
    return {kind: _changed(rule, typed.get(about_kind(kind), ())) for kind, rule in rules().items()}


def decisions_by_thing(prefix: str) -> dict[str, list[ReminderSetting]]:
    """What they are about → the decisions, the newest last."""
    typed: dict[str, list[ReminderSetting]] = {}
    rows = sa.select(ReminderSetting).where(ReminderSetting.about.startswith(prefix)).order_by(ReminderSetting.id)
    for row in db.session.scalars(rows):
        typed.setdefault(row.about, []).append(row)
    return typed


def decisions_about(about: str) -> Sequence[ReminderSetting]:
    """The newest first."""
    rows = sa.select(ReminderSetting).filter_by(about=about).order_by(ReminderSetting.id.desc())
    return db.session.scalars(rows).all()


def _changed(shipped: Rule, typed: Iterable[ReminderSetting]) -> Rule:
    rule = shipped
    for row in typed:
        days = tuple(row.value["days_before"])
        changed = replace(
            rule, days_before=days, to_chief=row.value["to_chief"],
            high_risk=row.value.get("high_risk", rule.high_risk),  # of before there was a mark
        )  # fmt: skip
        rule = replace(changed, since=since_of(stages(changed), stages(rule), rule.since, day_after(row)))
    return rule


def day_after(row: ReminderSetting) -> date:
    """The first morning that plans by it: what fell on the day itself or before is not made good."""
    return row.made_at.astimezone(clock.OFFICE_ZONE).date() + timedelta(days=1)


def since_of(now: Iterable[int], before: Iterable[int], since: Mapping[int, date], day: date) -> Mapping[int, date]:
    """An offset that stays keeps the day it began on, a new one begins on this day."""
    known = {each: since.get(each, date.min) for each in before}
    return {each: known.get(each, day) for each in now}
