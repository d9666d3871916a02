"""What is planned and not sent yet, held against the records as they stand now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import User
from crm.queries.reminder_rules import rules_in_force
from crm.queries.reminder_stops import stopped_firms
from crm.queries.situations import chief_id, muted, situations
from pipelines.reminders.planning import (
    COUNTED_UP,
    DueReminder,
    Situation,
    absence_tells,
    is_over,
    is_still_told,
    read_key,
)
from pipelines.vocabulary import ReminderKind

_Matter = tuple[ReminderKind, str, date]  # kind, subject, day


@dataclass(frozen=True)
class Rechecked:
    """Of each reminder by its id: why it is skipped, or the words and the path that tell it now."""

    skipped: Mapping[int, str]
    reworded: Mapping[int, tuple[str, str]]


def rechecked(planned: Sequence[Any], today: date) -> Rechecked:
    """Of rows of reminders."""
    now = _Now(today, {row.kind for row in planned} - COUNTED_UP)
    skipped, reworded = dict[int, str](), dict[int, tuple[str, str]]()
    for row in planned:
        subject, days = read_key(row.key)
        matter = now.matters.get((row.kind, subject, row.matter_on))
        if why := now.why_skipped(row, subject, days, matter):
            skipped[row.id] = why
        elif matter and (told := as_kept(matter)) != (row.words, row.path):
            reworded[row.id] = told
    return Rechecked(skipped, reworded)


def as_kept(matter: Situation | DueReminder) -> tuple[str, str]:
    """Words and path as long as a reminder has room for."""
    return matter.words[:_LONGEST_WORDS], matter.path[:_LONGEST_PATH]


_LONGEST_WORDS, _LONGEST_PATH = 300, 200


class _Now:
    """What planning would go by today."""

    def __init__(self, today: date, kinds: Collection[ReminderKind]) -> None:
        self.today, self.kinds, self.stopped = today, kinds, stopped_firms(today)
        self.chief, self.muted, self.rules = chief_id(), muted(), rules_in_force()
        self.matters = _by_matter(situations(today, self.stopped, kinds))

    def why_skipped(self, row: Any, subject: str, days: int, matter: Situation | None) -> str | None:
        """None: it goes out."""
        rule = self.rules[row.kind]
        if rule.may_be_muted and (row.user_id, row.kind) in self.muted:
            return "本人选了不收这一类"
        if not absence_tells(row.kind, row.matter_on, self.today):
            return None
        if is_over(row.kind, row.matter_on, self.today):
            return "期限已过"
        if matter is None:
            return self._what_became_of(row, subject)
        if is_still_told(matter, days, row.user_id, self.chief, rule):
            return None
        return self._whose_it_is(matter, row.user_id)

    def _what_became_of(self, row: Any, subject: str) -> str:
        if (row.kind, subject, row.matter_on) in self._stopped_matters:
            return "企业已停用提醒"
        if row.kind is not ReminderKind.CERTIFICATE_EXPIRING and (moved := self._days.get((row.kind, subject))):
            return f"期限改为 {moved}"
        return "已办结或换了经办人" if row.kind in _OF_AN_OWNER else "已办结或不再需要"

    def _whose_it_is(self, matter: Situation, user_id: int) -> str:
        owner = self._names.get(matter.owner_id or 0)
        return f"已改由{owner}经办" if owner and matter.owner_id != user_id else "不再由收件人负责"

    @cached_property
    def _stopped_matters(self) -> Mapping[_Matter, Situation]:
        return _by_matter(situations(self.today, (), self.kinds)) if self.stopped else {}

    @cached_property
    def _days(self) -> Mapping[tuple[ReminderKind, str], date]:
        return {(kind, subject): on for kind, subject, on in self.matters}

    @cached_property
    def _names(self) -> Mapping[int, str]:
        people: Any = db.session.execute(sa.select(User.id, User.name))
        return dict(tuple(row) for row in people)


# Their subject holds the owner, and one owner has many certificates: who has handed over has no such matter any more.
_OF_AN_OWNER = frozenset(
    {
        ReminderKind.APPLICATION_DEADLINE,
        ReminderKind.CERTIFICATE_EXPIRING,
        ReminderKind.ANNUAL_REPORT_DUE,
        ReminderKind.CALL_DUE,
    }
)


def _by_matter(found: Iterable[Situation]) -> dict[_Matter, Situation]:
    return {(each.kind, each.subject, each.on): each for each in found}
