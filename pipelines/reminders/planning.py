"""Situations → what is due today. Planned once: the key of a reminder says who is told what about which day.

A reminder falls on its day or, when that is none, on the working day before; what a silent week has missed is made good
on the first day that is asked, as long as the matter itself is not over.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

from pipelines.reminders.workdays import (
    is_workday,
    workday_on_or_after,
    workday_on_or_before,
    workdays_after,
    workdays_before,
)
from pipelines.vocabulary import ReminderKind

_FILE = Path(__file__).with_name("kinds.yaml")
_MADE_GOOD = 10  # days that a silent clock may have missed


@dataclass(frozen=True)
class Rule:
    """days_before: offsets from the matter's day, 0 being the day itself; to_chief: from so many days before it on the
    chief is told too (negative: so many days after it; None: never). may_be_muted: who is told may ask not to be.
    in_workdays: the offsets count working days. since: offsets that were added later, LATE among them, and the first
    day they count on. high_risk: so many working days after the day, what is still owed marks its firm; None: never.
    """

    days_before: tuple[int, ...]
    to_chief: int | None
    may_be_muted: bool = False
    in_workdays: bool = False
    high_risk: int | None = None
    since: Mapping[int, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Situation:
    """A matter with a day: subject identifies it (firm, campaign …), words are what the mail says, path leads to it.

    days_before: its own offsets; None: those of its kind. since: of its own, as in a rule. firm_ids: whom it is about,
    where it is about firms by name.
    """

    kind: ReminderKind
    subject: str
    on: date
    owner_id: int | None
    words: str
    path: str
    days_before: tuple[int, ...] | None = None
    firm_ids: tuple[int, ...] = ()
    since: Mapping[int, date] = field(default_factory=dict)


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


Rules = Mapping[ReminderKind, Rule]


@cache
def rules() -> Rules:
    """As shipped; what the office has made of them is in the database."""
    said = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506 - a safe loader
    return {
        ReminderKind(kind): Rule(
            tuple(rule["days_before"]),
            rule["to_chief"],
            rule.get("muted", False),
            rule.get("workdays", False),
            rule.get("high_risk"),
        )  # fmt: skip
        for kind, rule in said.items()
    }


def due(
    situations: Iterable[Situation],
    today: date,
    chief_id: int | None,
    muted: Collection[tuple[int, ReminderKind]] = (),
    in_force: Rules | None = None,
) -> list[DueReminder]:
    """What is to be told today; nothing on a day that is none, for then it was told before or will be told after.

    muted: who does not want to be told of which kind; obeyed where the rule of the kind allows it. in_force: the rules
    that count; None: those that are shipped.
    """
    if not is_workday(today):
        return []
    said = in_force or rules()
    told = (each for situation in situations for each in _due(situation, today, chief_id, rule_for(situation, said)))
    return [each for each in told if not (said[each.kind].may_be_muted and (each.to_id, each.kind) in muted)]


def rule_for(situation: Situation, in_force: Rules) -> Rule:
    """That of its kind; offsets of its own take the place of the kind's."""
    rule = in_force[situation.kind]
    if not situation.days_before:
        return rule
    return replace(rule, days_before=situation.days_before, since=situation.since)


def stages(rule: Rule) -> tuple[int, ...]:
    """Its offsets, and LATE where the chief is told that a matter is late."""
    is_told_late = rule.to_chief is not None and rule.to_chief < 0
    return (*rule.days_before, LATE) if is_told_late else rule.days_before


def planned_days(situation: Situation, rule: Rule) -> list[tuple[int, date]]:
    """Offset and working day of every reminder of a matter, the earliest first."""
    if rule.in_workdays:
        return [(days, workdays_before(situation.on, days)) for days in rule.days_before]
    return [(days, workday_on_or_before(situation.on - timedelta(days=days))) for days in rule.days_before]


def is_made_good(days: int, day: date, today: date, rule: Rule) -> bool:
    """Whether what belongs to that day is told today: at most some days late, and not by a rule that came after it."""
    return today - timedelta(days=_MADE_GOOD) <= day <= today and day >= rule.since.get(days, day)


def told_to(owner_id: int | None, days: int, chief_id: int | None, rule: Rule) -> list[int]:
    """The owner; where nobody owns it, or the day is near, the chief."""
    told = [owner_id] if owner_id else []
    near = rule.to_chief is not None and 0 <= days <= rule.to_chief
    if chief_id and chief_id not in told and (near or not told):
        told.append(chief_id)
    return told


def late_day(situation: Situation, rule: Rule) -> date | None:
    """The working day on which the chief is told that the matter is late, never earlier; None: there is none."""
    if rule.to_chief is None or rule.to_chief >= 0:
        return None
    return workday_on_or_after(situation.on + timedelta(days=-rule.to_chief))


def key_of(situation: Situation, days: int, to_id: int) -> str:
    return f"{situation.kind}:{situation.subject}:{situation.on}:{days}:{to_id}"


def read_key(key: str) -> tuple[str, int]:
    """Subject and offset of what key_of has made."""
    _, subject, _, days, _ = key.split(":")
    return subject, int(days)


def is_still_told(situation: Situation, days: int, to_id: int, chief_id: int | None, rule: Rule) -> bool:
    """Whether the one for whom it was planned is among those who are told as things stand."""
    return to_id == chief_id if days == LATE else to_id in told_to(situation.owner_id, days, chief_id, rule)


def is_over(kind: ReminderKind, on: date, today: date) -> bool:
    """Whether the day has gone by and nothing is owed after it: to be told of it now would help nobody."""
    return on < today and kind not in _STILL_OWED


def absence_tells(kind: ReminderKind, on: date, today: date) -> bool:
    """Whether a matter of that day that is not among the situations any more is settled. What is only counted up stands
    there on its own day alone; what stays owed is looked back for only so far."""
    return kind not in COUNTED_UP and (kind not in _STILL_OWED or on >= today - BACK)


def _due(situation: Situation, today: date, chief_id: int | None, rule: Rule) -> Iterator[DueReminder]:
    """Of several that a person missed only the newest is told: three mails on one matter would tell nothing more."""
    told: dict[int, tuple[int, date]] = {}
    passed = [(days, day) for days, day in planned_days(situation, rule) if is_made_good(days, day, today, rule)]
    if passed and (situation.on >= today or passed[-1][1] == today or situation.kind in _STILL_OWED):
        told = dict.fromkeys(told_to(situation.owner_id, passed[-1][0], chief_id, rule), passed[-1])
    late = late_day(situation, rule)
    if late and chief_id and chief_id != situation.owner_id and is_made_good(LATE, late, today, rule):
        told[chief_id] = (LATE, late)
    for to_id, (days, day) in told.items():
        yield _reminder(situation, days, day, to_id)


# Of these the records say whether they are settled: of the others nobody would know when to take a mark away.
MARKED = frozenset(
    {
        ReminderKind.APPLICATION_DEADLINE, ReminderKind.FOLLOW_UP_DUE, ReminderKind.CANDIDACY_DUE,
        ReminderKind.ACCEPTANCE_DUE, ReminderKind.REVIEW_DUE,
    }
)  # fmt: skip
# What stays owed after its day: told on the day, and to the chief when it is late.
_STILL_OWED = frozenset({ReminderKind.FOLLOW_UP_DUE, ReminderKind.CANDIDACY_DUE})
LATE = -1  # stands in the key for the offset
# What has no day of its own and is only counted up: on the first working day of a month, or of a week.
COUNTED_UP = frozenset({ReminderKind.WEEKLY_DIGEST, ReminderKind.VISIT_OVERDUE, ReminderKind.FIGURES_MISSING})


def is_told_late(kind: ReminderKind) -> bool:
    """Whether the chief is told so many days after the day, not before it."""
    return kind in _STILL_OWED


def at_risk_since(on: date, rule: Rule) -> date | None:
    """The working day on which what was due that day and is still owed becomes a high risk."""
    return workdays_after(on, rule.high_risk) if rule.high_risk else None


def at_risk_before(today: date, rule: Rule) -> date | None:
    """What was due before this day is a high risk today: the same, for asking a database."""
    return workdays_before(today, rule.high_risk - 1) if rule.high_risk else None


def furthest(kind: ReminderKind) -> int:
    """So many days (of a kind that counts working days: working days) before its day a matter may be told."""
    return _FURTHEST.get(kind, 365)


LATEST = 60  # days after its day that the chief may be told that a matter is late
# So far the records are looked through: beyond what may be chosen, what a day off moves and a silent clock has missed.
AHEAD, BACK = timedelta(days=400), timedelta(days=LATEST + 15 + _MADE_GOOD)
# Of a changed name nothing is known before it was changed; 250 working days are within those 400 days.
_FURTHEST = {ReminderKind.NAME_CHANGE_DUE: 90, ReminderKind.ACCEPTANCE_DUE: 250, ReminderKind.REVIEW_DUE: 250}


def _reminder(situation: Situation, days: int, day: date, to_id: int) -> DueReminder:
    key = key_of(situation, days, to_id)
    return DueReminder(key, situation.kind, to_id, day, situation.on, situation.words, situation.path)
