"""The audit page: who did what, newest first, read by key so that the millionth entry costs what the first does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from ipaddress import ip_address
from typing import Any

import sqlalchemy as sa

from crm.clock import OFFICE_ZONE
from crm.extensions import db
from crm.models import Event, Firm, User
from crm.queries.event_chain import waiting
from crm.queries.timeline import Entry, entry_of
from pipelines.names import normalised_name
from pipelines.vocabulary import EventKind, FiguresSource, RowOutcome

_SIZE = 50
_ENTRIES_A_READ = 1000
_LARGEST_ID = 2**31 - 1
_MOST_FIRMS = 50
_LONGEST_NAME = 120
NOBODY = "none"  # what the system and the command line did


@dataclass(frozen=True)
class EventFilter:
    """What the address asks for; what makes no sense is passed over and said in `ignored`."""

    kind: EventKind | None = None
    by: int | str | None = None
    firm: str | None = None
    address: str | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None
    ignored: list[str] = field(default_factory=list)

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "EventFilter":
        given = {name: args[name].strip() for name in _READERS if args.get(name, "").strip()}
        read = {name: _READERS[name](typed) for name, typed in given.items()}
        ignored = [_COMPLAINTS[name] for name, value in read.items() if value is None]
        return cls(**read, ignored=ignored)

    def to_args(self) -> dict[str, str]:
        named = {name: getattr(self, name) for name in ("kind", "by", "firm", "address", "since", "until")}
        return {name: str(value) for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class AuditEntry:
    entry: Entry
    firm_id: int | None
    firm_name: str | None
    address: str | None
    facts: tuple[str, ...]


@dataclass(frozen=True)
class AuditPage:
    """older: the key of the next page, None at the end."""

    rows: list[AuditEntry]
    older: int | None


@dataclass(frozen=True)
class LastCheck:
    """What the latest walk along the chain found, and what has come since."""

    at: datetime | None
    is_whole: bool
    events: int
    seal: int
    chain: str
    faults: tuple[str, ...]
    waiting: int
    waiting_since: datetime | None


def audit_page(asked: EventFilter) -> AuditPage:
    found = db.session.execute(_entries(asked).limit(_SIZE + 1)).all()
    rows = [_audit_entry(event, name) for event, name in found]
    return AuditPage(rows[:_SIZE], rows[_SIZE - 1].entry.id if len(rows) > _SIZE else None)


def audit_entries(asked: EventFilter) -> Iterator[AuditEntry]:
    """Every entry the filter finds, newest first, a thousand at a time."""
    for event, name in db.session.execute(_entries(asked).execution_options(yield_per=_ENTRIES_A_READ)):
        yield _audit_entry(event, name)
        db.session.expunge(event)


def number_of_entries(asked: EventFilter) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(*_conditions(asked))) or 0


def last_check() -> LastCheck:
    newest = sa.select(Event).where(Event.kind == EventKind.AUDIT_CHECKED).order_by(Event.at.desc(), Event.id.desc())
    event = db.session.scalars(newest.limit(1)).first()
    told = event.particulars if event else {}
    count, since = waiting(db.session.connection())
    return LastCheck(
        at=event.at if event else None,
        is_whole=told.get("is_whole", True),
        events=told.get("events", 0),
        seal=told.get("seal", 0),
        chain=told.get("chain", ""),
        faults=tuple(told.get("faults", ())),
        waiting=count,
        waiting_since=since,
    )


def people() -> list[tuple[str, str]]:
    """Whose deeds can be asked for."""
    users = db.session.execute(sa.select(User.id, User.name, User.account).order_by(User.name, User.id))
    named = [(str(user_id), f"{name}（{account}）") for user_id, name, account in users]
    return [*named, (NOBODY, "系统与命令行")]


def _entries(asked: EventFilter) -> sa.Select[Event, str]:
    joined = sa.select(Event, Firm.name).outerjoin(Firm, Firm.id == Event.firm_id)
    return joined.where(*_conditions(asked)).order_by(Event.at.desc(), Event.id.desc())


def _audit_entry(event: Event, firm_name: str | None) -> AuditEntry:
    return AuditEntry(entry_of(event), event.firm_id, firm_name, event.address, _facts(event.particulars))


def _conditions(asked: EventFilter) -> list[Any]:
    conditions: list[Any] = []
    if asked.kind:
        conditions.append(Event.kind == asked.kind)
    if asked.by is not None:
        conditions.append(Event.by_id.is_(None) if asked.by == NOBODY else Event.by_id == asked.by)
    if asked.firm:
        conditions.append(Event.firm_id.in_(_firms_called(asked.firm)))
    if asked.address:
        conditions.append(Event.address == asked.address)
    if asked.since:
        conditions.append(Event.at >= _midnight(asked.since))
    if asked.until:
        conditions.append(Event.at < _midnight(asked.until + timedelta(days=1)))
    if asked.before and (last := db.session.get(Event, asked.before)):
        conditions.append(sa.tuple_(Event.at, Event.id) < sa.tuple_(sa.literal(last.at, Event.at.type), last.id))
    return conditions


def _firms_called(wanted: str) -> list[int]:
    """By code, or by the beginning of the name as two sheets would agree on it."""
    named = Firm.normalised_name.startswith(normalised_name(wanted), autoescape=True)
    firms = sa.select(Firm.id).where(sa.or_(Firm.uscc == wanted.upper(), named)).limit(_MOST_FIRMS)
    return list(db.session.scalars(firms))


def _facts(particulars: dict[str, Any]) -> tuple[str, ...]:
    """What an event tells beside its changes: the file of an import and its counts, the rows of an export."""
    facts = []
    if name := particulars.get("file_name"):
        facts.append(f"文件：{name}")
    counts = particulars.get("counts")
    if isinstance(counts, dict):
        facts.append("，".join(f"{word.label}{counts[word]}行" for word in RowOutcome if counts.get(word)))
    if name := particulars.get("list"):
        facts.append(f"名单：{name}")
    if isinstance(conditions := particulars.get("filter"), dict) and conditions:
        facts.append(f"条件：{'，'.join(f'{key}={value}' for key, value in conditions.items())}")
    if isinstance(count := particulars.get("count"), int):
        facts.append(f"共{count}条")
    if left_out := particulars.get("left_out"):
        facts.append(f"没有导入的工作表：{'、'.join(left_out)}")
    if source := next((word for word in FiguresSource if word == particulars.get("source")), None):
        facts.append(f"数据来源：{source.label}")
    if particulars.get("contacts") == "whole":
        facts.append("含完整联系方式")
    if name := particulars.get("approved_by"):
        facts.append(f"批准：{name}")
    facts += _check_facts(particulars)
    if isinstance(undone := particulars.get("undone"), dict):
        facts.append(f"移出{undone['removed']}家，恢复{undone['restored']}家，保持现状{undone['left']}家")
    return tuple(fact for fact in facts if fact)


def _check_facts(particulars: dict[str, Any]) -> list[str]:
    if "is_whole" not in particulars:
        return []
    if particulars["is_whole"]:
        return [f"完好：{particulars.get('events', 0)}条，最新封印第{particulars.get('seal', 0)}枚"]
    return [f"{particulars.get('fault_count', 0)}处不一致", *particulars.get("faults", ())]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, OFFICE_ZONE).astimezone(UTC)


def _read_kind(typed: str) -> EventKind | None:
    return next((kind for kind in EventKind if kind.value == typed), None)


def _read_by(typed: str) -> int | str | None:
    return typed if typed == NOBODY else _read_id(typed)


def _read_id(typed: str) -> int | None:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= 10
    return int(typed) if is_number and 0 < int(typed) <= _LARGEST_ID else None


def _read_day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2100 else None


def _read_address(typed: str) -> str | None:
    try:
        return str(ip_address(typed))
    except ValueError:
        return None


def _read_firm(typed: str) -> str | None:
    return typed if len(typed) <= _LONGEST_NAME and normalised_name(typed) else None


_READERS: dict[str, Any] = {
    "kind": _read_kind, "by": _read_by, "firm": _read_firm,
    "address": _read_address, "since": _read_day, "until": _read_day, "before": _read_id,
}  # fmt: skip
_COMPLAINTS = {
    "kind": "没有这种操作，已按全部操作显示。",
    "by": "没有这位操作人，已按全部人员显示。",
    "firm": f"企业应为名称或统一社会信用代码（{_LONGEST_NAME}个字以内），已按全部企业显示。",
    "address": "来源地址应为 IP 地址，如 10.0.0.7，已按全部地址显示。",
    "since": "起始日期应为日期，如 2026-11-23，已忽略。",
    "until": "截止日期应为日期，如 2026-11-23，已忽略。",
    "before": "没有这一页，已从最新的记录开始显示。",
}
