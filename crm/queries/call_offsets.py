"""How many days before its day a yearly call is told: as in usual years, with what the office has changed."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from crm.models import ReminderSetting
from crm.queries.reminder_rules import day_after, decisions_by_thing, since_of
from pipelines.reminders.cycle import Call, calls

_OFFSETS = "offsets:"


class Offsets(NamedTuple):
    """since: as in a rule of a kind."""

    days_before: tuple[int, ...]
    since: Mapping[int, date]


def about_offsets(call_id: str) -> str:
    return f"{_OFFSETS}{call_id}"


def offsets_in_force() -> dict[str, Offsets]:
    """Call → its offsets, of every year; none where its kind has them."""
    typed = decisions_by_thing(_OFFSETS)
    return {each.id: _changed(each, typed.get(about_offsets(each.id), ())) for each in calls()}


def _changed(usual: Call, typed: Iterable[ReminderSetting]) -> Offsets:
    offsets = Offsets(usual.days_before, {})
    for row in typed:
        days = tuple(row.value["days_before"] or usual.days_before)
        offsets = Offsets(days, since_of(days, offsets.days_before, offsets.since, day_after(row)))
    return offsets
