"""The whole database into another one that is empty: from SQLite to PostgreSQL when a county outgrows one machine, and
back.

Everything happens in one transaction of the target, on one moment of the source that nobody writes to meanwhile: what
is cut off leaves nothing behind, and a trial is the same deed taken back at the end.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import ArgumentError, DataError, NoSuchModuleError, OperationalError, ProgrammingError
from sqlalchemy.schema import AddConstraint, DropConstraint

from crm import clock
from crm.actions.events import COMMAND
from crm.actions.schema import SchemaState, schema
from crm.actions.tasks import Progress, unwatched
from crm.extensions import Base, db, migrations
from crm.models import Event, Heartbeat
from crm.models.types import Hundredths
from crm.queries.event_chain import Check, chain_on
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind

_ROWS_A_READ = 2000
_ALIVE = timedelta(minutes=2)  # a clock that has rung within this time may still be at work
_SUM = 2**256


@dataclass(frozen=True)
class Content:
    """How many rows, and the sum of their digests: the same in whatever order a database gives them."""

    rows: int
    total: int

    @property
    def digest(self) -> str:
        return f"{self.total:064x}"[:16]


@dataclass(frozen=True)
class Moved:
    """tables: what was read from the source, equal to what was found in the target. log: its chain in the new place."""

    tables: dict[str, Content]
    log: Check


def move_database(address: str, *, is_trial: bool = False, progress: Progress = unwatched) -> Moved:
    """Refuses unless the schema is current, nobody is at work, and the target has not one table."""
    _refuse_unless_ready(is_trial)
    with _empty_target(address, is_trial) as target, _still_source() as source:
        _make_tables(target)
        tables = dict(_copied(source, target, progress))
        _finish(target, tables)
        return Moved(tables, chain_on(target))


def _refuse_unless_ready(is_trial: bool) -> None:
    if schema().state is not SchemaState.CURRENT:
        raise Refusal("数据库的结构不是当前版本，没有迁移。请先执行 flask upgrade。")
    rang_at = db.session.scalar(sa.select(Heartbeat.at).order_by(Heartbeat.at.desc()).limit(1))
    db.session.rollback()
    if not is_trial and rang_at and clock.now() - rang_at < _ALIVE:
        raise Refusal("定时进程两分钟内还在运行，没有迁移。请先停下雁阵（网页和定时进程），过两分钟再执行。")


@contextmanager
def _empty_target(address: str, is_trial: bool) -> Iterator[sa.Connection]:
    """A connection in its one transaction; committed at the end, unless it is a trial."""
    url = _url(address)
    if url.get_backend_name() == "sqlite":
        with _new_file(url, is_trial) as unfinished:
            yield from _connected(unfinished, is_trial)
    else:
        yield from _connected(url, is_trial)


def _url(address: str) -> sa.URL:
    try:
        url = sa.make_url(address)
        backend = url.get_backend_name()
    except ArgumentError as error:
        raise Refusal("地址写法有误，应像 postgresql+psycopg://用户@主机/库名 或 sqlite:////目录/crm.db。") from error
    if backend not in ("sqlite", "postgresql") or not url.database:
        raise Refusal("只能迁到 PostgreSQL 的一个库（postgresql+psycopg://…/库名）或一个 SQLite 文件（sqlite:////…）。")
    return url


@contextmanager
def _new_file(url: sa.URL, is_trial: bool) -> Iterator[sa.URL]:
    """Beside its place under another name, until it is whole."""
    path = Path(url.database or "")
    if path.exists():
        raise Refusal(f"{path} 已经存在，没有迁移。请换一个文件名。")
    if not path.parent.is_dir():
        raise Refusal(f"没有 {path.parent} 这个文件夹，请先建好。")
    unfinished = Path(f"{path}.part")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield url.set(database=str(unfinished))
        if not is_trial:
            os.replace(unfinished, path)
    except OSError as error:
        raise Refusal(f"{path.parent} 写不进去（{error.strerror}），没有迁移。") from error
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{unfinished}{suffix}").unlink(missing_ok=True)


def _connected(url: sa.URL, is_trial: bool) -> Iterator[sa.Connection]:
    try:
        engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True)
        with engine.connect() as connection:
            _refuse_unless_empty(connection)
            yield connection
            connection.rollback() if is_trial else connection.commit()
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise Refusal(
            "没有装 PostgreSQL 的驱动，或地址不是以 postgresql+psycopg:// 开头。驱动在 requirements-postgres.txt 里。"
        ) from error
    except (OperationalError, ProgrammingError, DataError) as error:
        raise Refusal(f"没有迁移，目标库里什么都没有留下：{str(error.orig).strip()[:200]}") from error


def _refuse_unless_empty(connection: sa.Connection) -> None:
    if names := sa.inspect(connection).get_table_names():
        raise Refusal(f"目标库不是空的（有 {len(names)} 张表，如 {names[0]}），没有迁移。请建一个空的库。")
    connection.rollback()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # checked whole at the end


@contextmanager
def _still_source() -> Iterator[sa.Connection]:
    """One moment of it; who wants to write meanwhile waits, and is told that the database is busy."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
            names = ", ".join(table.name for table in _tables())
            connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
        try:
            yield connection
        finally:
            connection.rollback()


def _tables() -> list[sa.Table]:
    return Base.metadata.sorted_tables


def _make_tables(target: sa.Connection) -> None:
    """As the migrations make them, triggers too (tests/crm/models/test_migrations.py holds both together).

    Foreign keys are put on when all rows are there: some rows point to later rows of their own table.
    """
    Base.metadata.create_all(target)
    if target.dialect.name == "postgresql":
        for key in _foreign_keys():
            target.execute(DropConstraint(key))
    MigrationContext.configure(target).stamp(migrations.script_directory, "head")


def _foreign_keys() -> list[sa.ForeignKeyConstraint]:
    return [key for table in _tables() for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name))]


def _copied(source: sa.Connection, target: sa.Connection, progress: Progress) -> Iterator[tuple[str, Content]]:
    total = sum(source.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in _tables())
    done = 0
    for table in _tables():
        read = _Reading(source, table)
        for batch in read.batches():
            _write(target, table, batch)
            done += len(batch)
            progress(done, total)
        written = _Reading(target, table)
        for _ in written.batches():
            pass
        if read.content != written.content:
            raise Refusal(
                f"{table.name} 读出 {read.content.rows:,} 行（{read.content.digest}），"
                f"写入后是 {written.content.rows:,} 行（{written.content.digest}），没有迁移。"
            )
        yield table.name, read.content


class _Reading:
    """The rows of a table as plain values that both databases give alike, a batch at a time, digested on the way."""

    def __init__(self, connection: sa.Connection, table: sa.Table) -> None:
        self._connection, self._table = connection, table
        self.content = Content(0, 0)

    def batches(self) -> Iterator[Sequence[Sequence[Any]]]:
        statement = sa.select(*(_plain(column, self._connection.dialect.name) for column in self._table.columns))
        streamed = self._connection.execute(statement, execution_options={"stream_results": True})
        for batch in streamed.partitions(_ROWS_A_READ):
            rows = [tuple(row) for row in batch]
            self.content = Content(self.content.rows + len(rows), (self.content.total + _total(rows)) % _SUM)
            yield rows


def _plain(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    """Words, money and JSON by what is stored: the log is sealed by its bytes."""
    if isinstance(column.type, sa.JSON):
        return sa.type_coerce(column, sa.Text) if dialect == "sqlite" else sa.cast(column, sa.Text)
    if isinstance(column.type, sa.Numeric):
        return sa.cast(column, sa.Double)
    return sa.type_coerce(column, _stored_type(column))


def _stored_type(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.Enum | sa.JSON):
        return sa.Text()
    return sa.BigInteger() if isinstance(column.type, Hundredths) else column.type


def _total(rows: Iterable[tuple[Any, ...]]) -> int:
    return sum(int.from_bytes(hashlib.sha256(repr(row).encode()).digest()) for row in rows)


def _write(target: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    names = [column.name for column in table.columns]
    if target.dialect.name == "sqlite":
        plain = sa.table(table.name, *(sa.column(column.name, _stored_type(column)) for column in table.columns))
        target.execute(sa.insert(plain), [dict(zip(names, row, strict=True)) for row in rows])
        return
    quoted = ", ".join(f'"{name}"' for name in names)
    cursor: Any = target.connection.cursor()
    with cursor, cursor.copy(f'COPY "{table.name}" ({quoted}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _finish(target: sa.Connection, tables: dict[str, Content]) -> None:
    if target.dialect.name == "sqlite":
        if stray := target.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(1):
            raise Refusal(f"{stray[0][0]} 里有一行指向不存在的记录，没有迁移。")
    else:
        for key in _foreign_keys():
            target.execute(AddConstraint(key, isolate_from_table=False))
        for table in _tables():
            _set_sequence(target, table)
    told = {"tables": len(tables), "rows": sum(content.rows for content in tables.values())}
    particulars = {"subject": f"{db.engine.dialect.name} → {target.dialect.name}"} | told
    by = {"by_name": COMMAND.name, "through": COMMAND.through}
    target.execute(
        sa.insert(Event).values(kind=EventKind.DATABASE_MOVED, particulars=particulars, at=clock.now(), **by)
    )


def _set_sequence(target: sa.Connection, table: sa.Table) -> None:
    """Rows came with their ids; the next one is given after the highest."""
    key = table.autoincrement_column
    sequence = key is not None and target.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, key.name)))
    if not sequence:
        return
    highest = target.scalar(sa.select(sa.func.max(key)))
    if highest is not None:
        target.execute(sa.select(sa.func.setval(sequence, highest)))
