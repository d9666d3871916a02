"""What went out, what waits, what will be told in the coming days, and whether the clock lives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.extensions import db
from crm.models import FollowUp, Heartbeat, Reminder, User
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, one_of, understood, whole_number
from crm.queries.reminder_rules import rules_in_force
from crm.queries.reminder_stops import stopped_firms_by_day
from crm.queries.situations import chief_id, muted, situations
from pipelines.reminders.planning import DueReminder, Situation, due, read_key
from pipelines.reminders.workdays import is_known
from pipelines.vocabulary import ReminderKind, ReminderStatus

_SILENT = timedelta(minutes=10)
_DAYS_AHEAD = 30
_PARAMETERS = {
    "status": Parameter(one_of([each.value for each in ReminderStatus])),
    "kind": Parameter(one_of([each.value for each in ReminderKind])),
    "user": Parameter(whole_number(1, LARGEST_ID)),
    **PAGING,
}


@dataclass(frozen=True)
class ReminderFilter:
    status: str | None = None
    kind: str | None = None
    user: int | None = None
    page: int = 1
    size: int = 50
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "ReminderFilter":
        values, senseless = understood(args, _PARAMETERS)
        return cls(**values, ignored=tuple(f"没有用上看不懂的条件：{text}" for text in senseless))

    def to_args(self) -> dict[str, Any]:
        given = {"status": self.status, "kind": self.kind, "user": self.user}
        return {name: value for name, value in given.items() if value} | (
            {"size": self.size} if self.size != 50 else {}
        )


@dataclass(frozen=True)
class ReminderPage:
    """counts: of each status, whatever is chosen."""

    rows: Sequence[Reminder]
    counts: Mapping[ReminderStatus, int]
    total: int
    number: int
    size: int
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def reminder_page(asked: ReminderFilter) -> ReminderPage:
    """The newest first."""
    wanted = sa.select(Reminder).options(joinedload(Reminder.user))
    if asked.status:
        wanted = wanted.where(Reminder.status == ReminderStatus(asked.status))
    if asked.kind:
        wanted = wanted.where(Reminder.kind == ReminderKind(asked.kind))
    if asked.user:
        wanted = wanted.where(Reminder.user_id == asked.user)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
    number = min(asked.page, max(1, -(-total // asked.size)))
    shown = wanted.order_by(Reminder.id.desc()).limit(asked.size).offset((number - 1) * asked.size)
    counted: Any = db.session.execute(sa.select(Reminder.status, sa.func.count()).group_by(Reminder.status)).all()
    counts: dict[ReminderStatus, int] = dict(counted)
    return ReminderPage(db.session.scalars(shown).all(), counts, total, number, asked.size)


@dataclass(frozen=True)
class Planned:
    """What will be told in the coming days as things stand; names: of who is told; guessed: years without holidays."""

    days: Mapping[date, Sequence[DueReminder]]
    names: Mapping[int, str]
    guessed: Sequence[int]


def planned_ahead(today: date) -> Planned:
    """Dry: nothing is written. A stop that ends on the way ends here too."""
    chief, unwanted, rules = chief_id(), muted(), rules_in_force()
    matters_without: dict[frozenset[int], list[Situation]] = {}

    def due_on(day: date) -> list[DueReminder]:
        stopped = stopped_on(day)
        if stopped not in matters_without:
            matters_without[stopped] = situations(today, stopped)
        return due(matters_without[stopped], day, chief, unwanted, rules)

    stopped_on = stopped_firms_by_day(today)
    coming = [today + timedelta(days=number) for number in range(1, _DAYS_AHEAD + 1)]
    seen: set[str] = {each.key for each in due_on(today)}
    days: dict[date, list[DueReminder]] = {}
    for day in coming:
        new = [each for each in due_on(day) if each.key not in seen]
        seen |= {each.key for each in new}
        if new:
            days[day] = new
    people: Any = db.session.execute(sa.select(User.id, User.name)).all()
    return Planned(days, dict(people), sorted({day.year for day in coming if not is_known(day.year)}))


def silence(now: datetime) -> timedelta | None:
    """How long the clock has been silent, when that is too long; None: it lives."""
    beat = db.session.scalar(sa.select(Heartbeat.at).order_by(Heartbeat.at.desc()).limit(1))
    silent = now - beat if beat else timedelta.max
    return silent if silent > _SILENT else None


def is_mail_stuck(due_before: datetime) -> bool:
    """Whether something that was due by then still waits, or waits because the server takes nobody's mail."""
    waits = sa.or_(Reminder.next_try_at < due_before, sa.and_(Reminder.attempts == 0, Reminder.error.is_not(None)))
    stuck = sa.select(Reminder.id).where(Reminder.status == ReminderStatus.PENDING, waits).limit(1)
    return db.session.scalar(stuck) is not None


def follow_up_of(reminder: Reminder) -> FollowUp | None:
    """What a reminder of this kind is about; its key says which."""
    if reminder.kind is not ReminderKind.FOLLOW_UP_DUE:
        return None
    subject, _ = read_key(reminder.key)
    return db.session.get(FollowUp, int(subject.removeprefix("follow-up-")))
