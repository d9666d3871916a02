"""Situations → what is due today. Planned once: the key of a reminder says who is told what about which day.

A reminder falls on its day or, when that is none, on the working day before; what a silent week has missed is made good
on the first day that is asked, as long as the matter itself is not over.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

from pipelines.reminders.workdays import is_workday, workday_on_or_before, workdays_before
from pipelines.vocabulary import ReminderKind

_FILE = Path(__file__).with_name("kinds.yaml")
_MADE_GOOD = 10  # days that a silent clock may have missed


@dataclass(frozen=True)
class Rule:
    """days_before: offsets from the matter's day, 0 being the day itself; to_chief: from so many days before it on the
    chief is told too (negative: so many days after it). may_be_muted: who is told may ask not to be. in_workdays: the
    offsets count working days."""

    days_before: tuple[int, ...]
    to_chief: int
    may_be_muted: bool = False
    in_workdays: bool = False


@dataclass(frozen=True)
class Situation:
    """A matter with a day: subject identifies it (firm, campaign …), words are what the mail says, path leads to it.

    days_before: its own offsets; None: those of its kind.
    """

    kind: ReminderKind
    subject: str
    on: date
    owner_id: int | None
    words: str
    path: str
    days_before: tuple[int, ...] | None = None


@dataclass(frozen=True)
class DueReminder:
    """key is the same however often the same day is planned; planned_on is the working day it belongs to."""

    key: str
    kind: ReminderKind
    to_id: int
    planned_on: date
    on: date
    words: str
    path: str


@cache
def rules() -> dict[ReminderKind, Rule]:
    said = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506 - a safe loader
    return {
        ReminderKind(kind): Rule(
            tuple(rule["days_before"]), rule["to_chief"], rule.get("muted", False), rule.get("workdays", False)
        )
        for kind, rule in said.items()
    }


def due(
    situations: Iterable[Situation],
    today: date,
    chief_id: int | None,
    muted: Collection[tuple[int, ReminderKind]] = (),
) -> list[DueReminder]:
    """What is to be told today; nothing on a day that is none, for then it was told before or will be told after.

    muted: who does not want to be told of which kind; obeyed where the rule of the kind allows it.
    """
    if not is_workday(today):
        return []
    told = (each for situation in situations for each in _due(situation, today, chief_id))
    return [each for each in told if not (rules()[each.kind].may_be_muted and (each.to_id, each.kind) in muted)]


def planned_days(situation: Situation) -> list[tuple[int, date]]:
    """Offset and working day of every reminder of a matter, the earliest first."""
    rule = rules()[situation.kind]
    offsets = situation.days_before or rule.days_before
    if rule.in_workdays:
        return [(days, workdays_before(situation.on, days)) for days in offsets]
    return [(days, workday_on_or_before(situation.on - timedelta(days=days))) for days in offsets]


def _due(situation: Situation, today: date, chief_id: int | None) -> Iterator[DueReminder]:
    """Of several that were missed only the newest is told: three mails on one matter would tell nothing more."""
    began = today - timedelta(days=_MADE_GOOD)
    passed = [(days, day) for days, day in planned_days(situation) if began <= day <= today]
    if passed and (situation.on >= today or passed[-1][1] == today or situation.kind in _STILL_OWED):
        days, day = passed[-1]
        for to_id in _told(situation, days, chief_id):
            yield _reminder(situation, days, day, to_id)
    if (
        situation.kind in _STILL_OWED
        and chief_id
        and chief_id != situation.owner_id
        and _is_escalated(situation, today)
    ):
        yield _reminder(situation, -1, today, chief_id)


# What stays owed after its day: told on the day, and to the chief when it is late.
_STILL_OWED = frozenset({ReminderKind.FOLLOW_UP_DUE, ReminderKind.CANDIDACY_DUE, ReminderKind.VISIT_OVERDUE})


def _told(situation: Situation, days: int, chief_id: int | None) -> list[int]:
    """The owner; where nobody owns it, or the day is near, the chief."""
    owner = situation.owner_id
    told = [owner] if owner else []
    near = rules()[situation.kind].to_chief >= 0 and days <= rules()[situation.kind].to_chief
    if chief_id and chief_id not in told and (near or not told):
        told.append(chief_id)
    return told


def _is_escalated(situation: Situation, today: date) -> bool:
    """Late by as many days as the rule says, told once: on the first working day of being so late."""
    late = -rules()[situation.kind].to_chief
    return late > 0 and workday_on_or_before(situation.on + timedelta(days=late)) == today


def _reminder(situation: Situation, days: int, day: date, to_id: int) -> DueReminder:
    key = f"{situation.kind}:{situation.subject}:{situation.on}:{days}:{to_id}"
    return DueReminder(key, situation.kind, to_id, day, situation.on, situation.words, situation.path)
