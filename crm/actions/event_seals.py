"""Sealing the log, checking it, and taking out what is older than it must be kept. Why so: queries/event_chain.py."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import defer

from crm import clock
from crm.actions.events import SYSTEM, Author, has_noted_events, record_event
from crm.extensions import begin_exclusive, db, impatient_connection
from crm.models import Event, EventPruning, EventSeal
from crm.queries.event_chain import (
    ROWS_A_SEAL,
    Check,
    Link,
    Print,
    chain_of,
    check_chain,
    digest_of,
    end_of_chain,
    left_of_pruned,
    marks_of,
    prints,
)
from pipelines.vocabulary import EventKind

_SEALS_AT_ONCE = 20
_FAULTS_TOLD = 5
_log = logging.getLogger(__name__)


def seal_events() -> int:
    """Seal whatever has none yet, waiting for other writers for a moment; answers how many events that were."""
    sealed = 0
    with db.engine.connect() as connection:
        while more := _seal_some(connection, is_patient=True):
            sealed += more
    return sealed


def seal_noted_events(_error: BaseException | None = None) -> None:
    """At the end of a request or command that left events. Somebody else writing just now is not waited for, and a
    database that cannot write has told so already: the clock seals within the minute."""
    if not has_noted_events():
        return
    try:
        with impatient_connection() as connection:
            _seal_some(connection, is_patient=False)
    except OperationalError:
        _log.info("events are sealed later: the database is busy")
    except SQLAlchemyError:
        _log.exception("events could not be sealed")


def seal_all_events(_today: date) -> str:
    try:
        return f"已封存 {seal_events()} 条操作记录。"
    except OperationalError as error:
        _log.warning("events wait for their seal: %s", error.orig)
        return "数据库正忙，下一分钟再封存。"


def check_events(by: Author, expected: Link | None = None) -> Check:
    """Walk the chain and leave what was found in the log; the newest seal is noted, so that a later check compares."""
    found = check_chain(expected)
    record_event(EventKind.AUDIT_CHECKED, by, None, _told(found))
    db.session.commit()
    return found


def check_all_events(_today: date) -> str:
    found = check_events(SYSTEM)
    if not found.is_whole:
        _log.error("the log of events is not whole: %r", found.faults[:_FAULTS_TOLD])
    return f"已核验 {found.events} 条操作记录：{'完好' if found.is_whole else f'{len(found.faults)} 处不一致'}。"


def prune_events(today: date) -> str:
    """Take out whole seals whose every event is older than the setting says; the newest seal always stays, and so do
    the events of firms."""
    kept_days: int = current_app.config["AUDIT_KEEP_DAYS"]
    midnight = datetime.combine(today - timedelta(days=kept_days), time.min, clock.OFFICE_ZONE).astimezone(UTC)
    begin_exclusive()
    pruning = _due_before(midnight)
    if pruning is None:
        db.session.rollback()
        return f"没有超过 {kept_days} 天的操作记录。"
    db.session.add(pruning)
    db.session.flush()  # the database lets nobody delete what no pruning has named
    db.session.execute(sa.delete(Event).where(_is_taken_out(pruning.last_id)))
    db.session.execute(sa.delete(EventSeal).where(EventSeal.number <= pruning.last_number))
    left, digest = left_of_pruned(db.session.connection(), pruning.last_id)
    told = {"seal": pruning.last_number, "count": pruning.events, "left": left, "digest": digest}
    record_event(EventKind.EVENTS_PRUNED, SYSTEM, None, {"subject": f"超过 {kept_days} 天的记录"} | told)
    removed = pruning.events
    db.session.commit()
    return f"已清理 {removed} 条超过 {kept_days} 天的操作记录；企业的 {left} 条留作动态。"


def _seal_some(connection: sa.Connection, *, is_patient: bool) -> int:
    newest = connection.scalar(sa.select(sa.func.max(Event.id))) or 0
    is_sealed = newest <= end_of_chain(connection).last_id
    connection.rollback()
    if is_sealed:
        return 0
    with _writers_locked_out(connection, is_patient):
        before, sealed = end_of_chain(connection), 0
        for _ in range(_SEALS_AT_ONCE):
            rows = prints(connection, before.last_id)[:ROWS_A_SEAL]
            if not rows:
                break
            seal = _sealed(rows, before)
            connection.execute(sa.insert(EventSeal).values(seal))
            before, sealed = Link(seal["number"], seal["last_id"], seal["chain"]), sealed + len(rows)
        connection.commit()
    return sealed


@contextmanager
def _writers_locked_out(connection: sa.Connection, is_patient: bool) -> Iterator[None]:
    """While a seal is made nobody writes an event: on PostgreSQL an id may be given long before its row is committed,
    and a row that came in under a seal could not be told from one that was smuggled in. The lock is of a kind that
    two who seal cannot both hold, so the chain has one end; reading goes on."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '3s'")
        connection.exec_driver_sql(f"LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE{'' if is_patient else ' NOWAIT'}")
    try:
        yield
    finally:
        connection.rollback()


def _sealed(rows: list[Print], before: Link) -> dict[str, Any]:
    seal = {
        "number": before.number + 1,
        "first_id": rows[0].id,
        "last_id": rows[-1].id,
        "count": len(rows),
        "digest": digest_of(rows),
        "marks": marks_of(rows),
        "sealed_at": clock.now(),
        "previous": before.chain,
    }
    return seal | {"chain": chain_of(seal)}


def _due_before(moment: datetime) -> EventPruning | None:
    """The longest run of seals from the first one on that lie wholly before a moment."""
    last, until = None, moment
    ordered = sa.select(EventSeal).options(defer(EventSeal.marks)).order_by(EventSeal.number)
    for seal, _next in pairwise(db.session.scalars(ordered.execution_options(yield_per=_SEALS_AT_ONCE))):
        within = Event.id.between(seal.first_id, seal.last_id)
        newest = db.session.scalar(sa.select(sa.func.max(Event.at)).where(within))
        if newest is None or newest >= moment:
            break
        last, until = seal, newest
    if last is None:
        return None
    named = {"last_number": last.number, "last_id": last.last_id, "chain": last.chain}
    events = db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(_is_taken_out(last.last_id)))
    return EventPruning(at=clock.now(), until=until, events=events, **named)


def _is_taken_out(last_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(Event.id <= last_id, Event.firm_id.is_(None))


def _told(found: Check) -> dict[str, Any]:
    return {
        "is_whole": found.is_whole, "events": found.events, "seals": found.seals, "seal": found.newest.number,
        "chain": found.newest.chain, "faults": found.faults[:_FAULTS_TOLD], "fault_count": len(found.faults),
    }  # fmt: skip
