"""The chain over the log of events: what a seal says, and whether the rows still say the same.

A seal covers up to a thousand events in the order of their ids and carries a digest of their stored bytes; each seal
is chained to the one before. A chain from row to row would have every writer wait for the row before his own, an
import of ten thousand events as well as two people on PostgreSQL; seals are made after the commit, by one at a time
(crm/actions/event_seals.py), so that writing costs nothing more and the chain cannot fork.

What follows from this, and what it does not prove:

- Between its commit and its seal an event is held by the triggers alone (models/append_only.py). The end of the
  request seals, and the clock each minute; a page and the command say how many wait, and since when.
- There is no secret in it. Whoever may write to the database and takes the trouble to make all later seals anew
  leaves a chain that is whole in itself. Therefore every check is an event that names the newest seal, later checks
  compare, and `flask verify-audit --seal NUMBER:CHAIN` compares with what somebody wrote down outside.
- What is pruned are whole seals. Events of firms stay, since they are the firms' timelines; the pruning is an event
  itself and says how many stayed, with a digest of them: one byte changed there is found, but not named by its number.
- Rows are compared by their stored bytes, in one spelling for both databases, so that a log moved from SQLite to
  PostgreSQL keeps its chain.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from crm.clock import OFFICE_ZONE
from crm.extensions import db
from crm.models import Event, EventPruning, EventSeal
from crm.models.types import Moment
from pipelines.vocabulary import EventKind

ROWS_A_SEAL = 1000
BEGINNING = "0" * 64
_MARK = 16
_SEALS_A_READ = 20
_MOST_FAULTS = 50
_SEALED_FIELDS = ("number", "first_id", "last_id", "count", "digest", "marks", "sealed_at", "previous")


class Print(NamedTuple):
    """The finger-print of one event as it is stored."""

    id: int
    digest: str
    at: str

    @property
    def mark(self) -> str:
        return self.digest[:_MARK]


class Link(NamedTuple):
    """Where the next seal has to begin."""

    number: int
    last_id: int
    chain: str


class _Seal:
    """A stored seal, read from bytes: a damaged one must still be looked at."""

    def __init__(self, stored: list[bytes]) -> None:
        self.sealed_values = stored[:-1]
        texts = [value.decode(errors="replace") for value in stored]
        self.number, self.first_id, self.last_id, self.count = map(_whole_number, texts[:4])
        self.digest, self.marks, _, self.previous, self.chain = texts[4:]
        self.sealed_at = _readable(stored[6])


@dataclass
class Check:
    """What a walk along the chain has found; `faults` holds the first fifty in words."""

    seals: int = 0
    events: int = 0
    faults: list[str] = field(default_factory=list)
    newest: Link = Link(0, 0, BEGINNING)
    waiting: int = 0
    waiting_since: datetime | None = None

    @property
    def is_whole(self) -> bool:
        return not self.faults


def prints(connection: sa.Connection, above: int, up_to: int | None = None) -> list[Print]:
    """The next events after an id, at most one more than a seal holds: nobody has to fit a whole log into memory."""
    table = cast(sa.Table, Event.__table__)
    stored = _stored(table, table.c.keys(), connection.dialect.name)
    within = table.c.id > above if up_to is None else sa.and_(table.c.id > above, table.c.id <= up_to)
    statement = sa.select(table.c.id, *stored).where(within).order_by(table.c.id).limit(ROWS_A_SEAL + 1)
    at = table.c.keys().index("at")
    return [Print(key, _digest(values), _readable(values[at])) for key, *values in connection.execute(statement)]


def digest_of(rows: Iterable[Print]) -> str:
    return hashlib.sha256("".join(row.digest for row in rows).encode()).hexdigest()


def marks_of(rows: Iterable[Print]) -> str:
    return " ".join(f"{row.id}:{row.mark}" for row in rows)


def chain_of(seal: dict[str, Any]) -> str:
    """What the chain of a new seal is, from its values as they are going to be stored."""
    return _digest([_spelled(seal[name]) for name in _SEALED_FIELDS])


def end_of_chain(connection: sa.Connection) -> Link:
    newest = sa.select(EventSeal.number, EventSeal.last_id, EventSeal.chain).order_by(EventSeal.number.desc()).limit(1)
    row = connection.execute(newest).first()
    return Link(*row) if row else _beginning(connection)


def left_of_pruned(connection: sa.Connection, last_id: int) -> tuple[int, str]:
    """The events that a pruning has let stay, up to its last id: how many, and the digest of them all."""
    count, digest, after = 0, hashlib.sha256(), 0
    while rows := prints(connection, after, last_id):
        digest.update("".join(row.digest for row in rows).encode())
        count, after = count + len(rows), rows[-1].id
    return count, digest.hexdigest()


def waiting(connection: sa.Connection) -> tuple[int, datetime | None]:
    """How many events have no seal yet, and when the oldest of them happened."""
    unsealed = Event.id > end_of_chain(connection).last_id
    count, since = connection.execute(sa.select(sa.func.count(), sa.func.min(Event.at)).where(unsealed)).one()
    return count, since


def check_chain(expected: Link | None = None) -> Check:
    """Walk the whole chain. expected: a seal that somebody wrote down outside (its last_id is not looked at)."""
    with db.engine.connect() as connection:
        return chain_on(connection, expected)


def chain_on(connection: sa.Connection, expected: Link | None = None) -> Check:
    """The same of any database: a copy on trial, one that was moved."""
    found = Check()
    for fault in _faults(connection, found, expected):
        found.faults.append(fault)
        if len(found.faults) == _MOST_FAULTS:
            found.faults.append("不一致之处过多，其余不再列出。")
            break
    found.waiting, found.waiting_since = waiting(connection)
    return found


def _faults(connection: sa.Connection, found: Check, expected: Link | None) -> Iterator[str]:
    noted = _noted(connection) | ({expected.number: expected.chain} if expected else {})
    found.newest = _beginning(connection)
    yield from _pruning_faults(connection, found.newest)
    while seals := _seals_after(connection, found.newest.number):
        for seal in seals:
            yield from _seal_faults(seal, found.newest)
            yield from _row_faults(connection, seal, found.newest.last_id)
            if noted.pop(seal.number, seal.chain) != seal.chain:
                yield f"第 {seal.number} 枚封印与以前核验时记下的不同，可能被整体重做。"
            found.seals += 1
            found.events += seal.count
            found.newest = Link(seal.number, seal.last_id, seal.chain)
    yield from (
        f"第 {number} 枚封印以前核验时存在，现已不见。" for number in sorted(noted) if number > found.newest.number
    )


def _beginning(connection: sa.Connection) -> Link:
    """Where the kept part begins: after what was pruned last."""
    last = sa.select(EventPruning.last_number, EventPruning.last_id, EventPruning.chain)
    row = connection.execute(last.order_by(EventPruning.id.desc()).limit(1)).first()
    return Link(*row) if row else Link(0, 0, BEGINNING)


def _pruning_faults(connection: sa.Connection, kept_from: Link) -> Iterator[str]:
    """What was pruned is gone whole, what stayed is as it was, and somebody answers for it in the log."""
    if not kept_from.number:
        return
    prunings = _particulars(connection, EventKind.EVENTS_PRUNED)
    told = next((each for each in prunings if each.get("seal") == kept_from.number), None)
    if told is None:
        yield f"第 {kept_from.number} 枚及以前的封印已被清理，但没有相应的清理记录。"
        return
    strays = sa.select(Event.id).where(Event.id <= kept_from.last_id, Event.firm_id.is_(None))
    if back := connection.scalars(strays.order_by(Event.id).limit(_MOST_FAULTS)).all():
        yield from (f"记录 {key} 在已清理的范围内，是后来插入的。" for key in back)
        return
    count, digest = left_of_pruned(connection, kept_from.last_id)
    if (count, digest) != (told.get("left", 0), told.get("digest", digest)):
        yield (
            f"第 {kept_from.number} 枚及以前的封印清理时，留下企业的记录 {told.get('left', 0)} 条；"
            f"现有 {count} 条，有缺少、增加或改动。"
        )


def _noted(connection: sa.Connection) -> dict[int, str]:
    """The newest seal at each earlier check that found nothing: number → chain."""
    checks = _particulars(connection, EventKind.AUDIT_CHECKED)
    return {told["seal"]: told["chain"] for told in checks if told.get("is_whole") and told.get("seal")}


def _particulars(connection: sa.Connection, kind: EventKind) -> Iterator[dict[str, Any]]:
    """What cannot be read any more is left out here; its own row is found to be changed."""
    stored = _bytes_of(cast(sa.Table, Event.__table__).c.particulars, connection.dialect.name)
    for text in connection.scalars(sa.select(stored).where(Event.kind == kind).order_by(Event.id)):
        with suppress(ValueError):
            yield json.loads(text)


def _seals_after(connection: sa.Connection, number: int) -> list[_Seal]:
    table = cast(sa.Table, EventSeal.__table__)
    stored = _stored(table, [*_SEALED_FIELDS, "chain"], connection.dialect.name)
    statement = sa.select(*stored).where(table.c.number > number).order_by(table.c.number).limit(_SEALS_A_READ)
    return [_Seal(list(row)) for row in connection.execute(statement)]


def _seal_faults(seal: _Seal, before: Link) -> Iterator[str]:
    if seal.number != before.number + 1:
        yield f"第 {before.number + 1} 至 {seal.number - 1} 枚封印不见了。"
    elif seal.previous != before.chain:
        yield f"第 {seal.number} 枚封印与前一枚不相接。"
    if _digest(seal.sealed_values) != seal.chain:
        yield f"第 {seal.number} 枚封印（封存于 {seal.sealed_at}）被改动。"


def _row_faults(connection: sa.Connection, seal: _Seal, after: int) -> Iterator[str]:
    """The rows up to the seal's last id; only a seal that does not fit is looked at closely."""
    rows = prints(connection, after, seal.last_id)
    if len(rows) == seal.count and digest_of(rows) == seal.digest:
        return
    named = False
    for fault in _differences(connection, seal, after):
        named = True
        yield fault
    if not named:
        yield f"第 {seal.number} 枚封印的摘要与 {seal.first_id} 至 {seal.last_id} 号记录不符。"


def _differences(connection: sa.Connection, seal: _Seal, after: int) -> Iterator[str]:
    sealed = f"第 {seal.number} 枚封印，封存于 {seal.sealed_at}"
    marks = dict(pair.split(":", 1) for pair in seal.marks.split() if ":" in pair)
    while rows := prints(connection, after, seal.last_id):
        for row in rows:
            mark = marks.pop(str(row.id), None)
            if mark is None:
                yield f"记录 {row.id}（时间 {row.at}）是后来插入的（{sealed}）。"
            elif mark != row.mark:
                yield f"记录 {row.id}（现在写的时间是 {row.at}）被改动（{sealed}）。"
        after = rows[-1].id
    yield from (f"记录 {key} 不见了（{sealed}）。" for key in marks)


def _stored(table: sa.Table, names: Iterable[str], dialect: str) -> list[sa.ColumnElement[bytes]]:
    return [_bytes_of(table.c[name], dialect) for name in names]


def _bytes_of(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[bytes]:
    """A value as the bytes of its text: what cannot be decoded any more is compared all the same."""
    if dialect == "sqlite":
        return sa.cast(sa.type_coerce(column, sa.Text), sa.LargeBinary)
    text: sa.ColumnElement[str] = sa.cast(column, sa.Text)
    if isinstance(column.type, Moment):
        text = sa.func.to_char(sa.func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")
    return sa.func.convert_to(text, "UTF8", type_=sa.LargeBinary)


def _spelled(value: Any) -> bytes:
    """As _bytes_of finds it later."""
    is_moment = isinstance(value, datetime)
    return (value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if is_moment else str(value)).encode()


def _digest(values: Iterable[bytes | None]) -> str:
    """Each value with its length before it, so that nothing can move from one column into the next."""
    return hashlib.sha256(
        b"".join(b"-" if value is None else b"%d:%b" % (len(value), value) for value in values)
    ).hexdigest()


def _whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _readable(at: bytes | None) -> str:
    try:
        return _told(datetime.fromisoformat((at or b"").decode()).replace(tzinfo=UTC))
    except ValueError:
        return "无法辨认"


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M:%S}"
