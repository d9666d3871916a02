"""为什么没有提醒: of a firm or a colleague, every matter that may be told, and what became of it or why nothing did."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from crm.extensions import db
from crm.models import Candidacy, Firm, Project, Reminder, ReminderStop, User
from crm.queries.reminder_rules import rules_in_force
from crm.queries.reminder_stops import stops
from crm.queries.search import firms_with
from crm.queries.situations import chief_id, muted, situations
from pipelines.names import folded
from pipelines.reminders.planning import (
    LATE,
    Rules,
    Situation,
    is_made_good,
    is_told_late,
    key_of,
    late_day,
    planned_days,
    rule_for,
    told_to,
)
from pipelines.vocabulary import ReminderKind, ReminderStatus

_SHOWN = 100


@dataclass(frozen=True)
class Told:
    """On which working day, to whom, and what became of it, will, or why nothing did; is_told: there is a reminder."""

    on: date
    to: str
    outcome: str
    is_told: bool


@dataclass(frozen=True)
class Explained:
    situation: Situation
    told: Sequence[Told]


@dataclass(frozen=True)
class _Known:
    today: date
    rules: Rules
    chief: int | None
    muted: Collection[tuple[int, ReminderKind]]
    stops: Mapping[int, ReminderStop]
    people: Mapping[int, User]


def explained(today: date, firm_id: int | None = None, user_id: int | None = None) -> list[Explained]:
    """Of one firm, or of one colleague; the nearest matters first."""
    people = {user.id: user for user in db.session.scalars(sa.select(User))}
    known = _Known(today, rules_in_force(), chief_id(), muted(), stops(today), people)
    meant = [each for each in situations(today) if firm_id is None or firm_id in each.firm_ids]
    meant = [each for each in meant if user_id is None or user_id in _ever_told(each, known)]
    meant = sorted(meant, key=lambda each: each.on)[:_SHOWN]
    rows = _reminders([key for each in meant for key, *_ in _moments(each, known)])
    return [Explained(each, list(_told(each, rows, known, user_id))) for each in meant]


def skipped(since: date, firm_id: int | None = None, user_id: int | None = None) -> Sequence[Reminder]:
    """What was planned and did not go out because it had fallen away; of a firm, what leads to its own pages."""
    wanted = sa.select(Reminder).options(joinedload(Reminder.user))
    wanted = wanted.where(Reminder.status == ReminderStatus.SKIPPED, Reminder.planned_on >= since)
    if user_id is not None:
        wanted = wanted.where(Reminder.user_id == user_id)
    if firm_id is not None:
        wanted = wanted.where(Reminder.path.in_(_pages_of(firm_id)))
    return db.session.scalars(wanted.order_by(Reminder.id.desc()).limit(_SHOWN)).all()


def _pages_of(firm_id: int) -> list[str]:
    build = current_app.url_map.bind("localhost").build
    candidacies = db.session.scalars(sa.select(Candidacy.id).filter_by(firm_id=firm_id))
    projects = db.session.scalars(sa.select(Project.id).filter_by(firm_id=firm_id))
    return [
        *(build("firms.show", {"firm_id": firm_id, "tab": tab}) for tab in ("recognitions", "visits", "institutions")),
        *(build("candidacies.show", {"candidacy_id": each}) for each in candidacies),
        *(build("projects.show", {"project_id": each}) for each in projects),
    ]


def _ever_told(situation: Situation, known: _Known) -> set[int]:
    return {to_id for _, _, _, to_id in _moments(situation, known)}


def _moments(situation: Situation, known: _Known) -> Iterator[tuple[str, int, date, int]]:
    """Key, offset, working day and person of every reminder the rule has for the matter."""
    rule = rule_for(situation, known.rules)
    nearest = {day: days for days, day in planned_days(situation, rule)}  # of two on one day the nearer is told
    for day, days in nearest.items():
        for to_id in told_to(situation.owner_id, days, known.chief, rule):
            yield key_of(situation, days, to_id), days, day, to_id
    late = late_day(situation, rule)
    if late and known.chief and known.chief != situation.owner_id:
        yield key_of(situation, LATE, known.chief), LATE, late, known.chief


def _reminders(keys: Sequence[str]) -> dict[str, Reminder]:
    rows: dict[str, Reminder] = {}
    for first in range(0, len(keys), _ROUND):
        wanted = sa.select(Reminder).where(Reminder.key.in_(keys[first : first + _ROUND]))
        rows |= {row.key: row for row in db.session.scalars(wanted)}
    return rows


_ROUND = 500


def _told(situation: Situation, rows: Mapping[str, Reminder], known: _Known, user_id: int | None) -> Iterator[Told]:
    for key, days, day, to_id in _moments(situation, known):
        if user_id is None or to_id == user_id:
            person = known.people.get(to_id)
            row = rows.get(key)
            outcome = _became(row) if row else _why_not(situation, days, day, person, known)
            yield Told(day, person.name if person else "—", outcome, row is not None)


def _became(row: Reminder) -> str:
    if row.status is ReminderStatus.SENT:
        return f"已发到 {row.address}" if row.address else "已发"
    return f"{row.status.label}：{row.error}" if row.error else row.status.label


def _why_not(situation: Situation, days: int, day: date, person: User | None, known: _Known) -> str:
    """The first thing that stands in its way; what lies ahead and is not hindered says when it comes."""
    return (
        _hindrance(situation, person, known)
        or _past(situation, days, day, person, known)
        or ("下一个工作日补发" if day < known.today else "今天计划" if day == known.today else "到时提醒")
    )


def _hindrance(situation: Situation, person: User | None, known: _Known) -> str | None:
    stopped = [known.stops[firm_id] for firm_id in situation.firm_ids if firm_id in known.stops]
    if stopped and len(stopped) == len(situation.firm_ids):
        until = f"至 {stopped[0].until}" if stopped[0].until else "长期"
        return f"企业已停用提醒（{until}）：{stopped[0].reason}"
    if person is None or not person.active:
        return "账号已停用"
    if known.rules[situation.kind].may_be_muted and (person.id, situation.kind) in known.muted:
        return "本人在“我的提醒”里选了不收"
    return None if person.email else "没有登记邮箱"


def _past(situation: Situation, days: int, day: date, person: User | None, known: _Known) -> str | None:
    rule, today = rule_for(situation, known.rules), known.today
    if day >= today:
        return None
    if day < rule.since.get(days, day):
        return f"提醒规则里{_stage(days)}是后来加的，从 {rule.since[days]} 起算，不补发"
    if not is_made_good(days, day, today, rule):
        return "那天事项还没有登记，或定时进程没有运行；过了十天不补发"
    if situation.on < today and not is_told_late(situation.kind):
        return "期限已过，不补发"
    told = (other for _, _, other, to_id in _moments(situation, known) if person and to_id == person.id)
    return "已有更近的一次" if any(day < other <= today for other in told) else None


def _stage(days: int) -> str:
    return "逾期抄送" if days == LATE else f" {days} 天"


def firms_named(sought: str) -> Sequence[Any]:
    """Firms to choose from: id and name of the first that hold the text."""
    wanted = sa.select(Firm.id, Firm.name).where(Firm.id.in_(firms_with(folded(sought))), Firm.archived_at.is_(None))
    return db.session.execute(wanted.order_by(Firm.id).limit(_OFFERED)).all()


_OFFERED = 20
