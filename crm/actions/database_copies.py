"""The whole database out into a file while others write, and back in: SQLite by its backup API, PostgreSQL by pg_dump.

A copy is opened with sqlite3 itself, but on trial: an engine of ours would turn it to write-ahead logging and leave
files beside it.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import DatabaseError, DBAPIError, ProgrammingError

from crm.extensions import db
from pipelines.refusals import Refusal

_VERSIONS = "alembic_version"
# Functions of triggers outlive their tables; those of an extension are not ours.
_OUR_ROUTINES = """
    SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


@dataclass(frozen=True)
class Contents:
    """What a database holds: the revision of its schema, and how many rows each table has."""

    revision: str
    rows: dict[str, int]


def kind() -> str:
    return db.engine.dialect.name


def copy_database(target: Path) -> Contents:
    """One moment of the database, whoever writes meanwhile; the contents are those of the copy."""
    return _copy_sqlite(target) if kind() == "sqlite" else _dump_postgres(target)


def is_database_empty() -> bool:
    """Without a single table; an SQLite file that does not exist is not made by asking."""
    if kind() == "sqlite" and _is_file_absent():
        return True
    try:
        return not sa.inspect(db.engine).get_table_names()
    except DatabaseError as error:
        raise _unreadable(error.orig) from error


def refuse_damage() -> None:
    """Read an SQLite file from end to end before anything may write to it; read-only, for not even the log beside it to
    be written back into a file that is damaged."""
    if kind() != "sqlite" or _is_file_absent():
        return
    try:
        with closing(sqlite3.connect(f"{sqlite_path().resolve().as_uri()}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise _unreadable(error) from error
    if verdict != "ok":
        raise _unreadable(verdict)


def put_in_place(copied: Path) -> None:
    """Into the empty database of the settings."""
    db.session.remove()
    if kind() != "sqlite":
        _restore_postgres(copied, db.engine.url)
        return
    db.engine.dispose()
    sqlite_path().parent.mkdir(parents=True, exist_ok=True)
    shutil.move(copied, sqlite_path())


def clear_database() -> None:
    """What a restore that failed has put into a database that was empty."""
    db.session.remove()
    if kind() == "sqlite":
        db.engine.dispose()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{sqlite_path()}{suffix}").unlink(missing_ok=True)
        return
    found = sa.MetaData()
    found.reflect(db.engine)
    found.drop_all(db.engine)
    with db.engine.begin() as connection:
        for (routine,) in connection.execute(sa.text(_OUR_ROUTINES)).all():
            connection.execute(sa.text(f"DROP ROUTINE {routine}"))


def contents() -> Contents:
    """Of the database of the settings."""
    with db.engine.connect() as connection:
        return _contents(connection)


def revision() -> str:
    """Of the schema of the database of the settings; Refusal for a file that is no database."""
    try:
        with db.engine.connect() as connection:
            return _revision(connection)
    except DatabaseError as error:
        raise _unreadable(error.orig) from error


@contextmanager
def on_trial(copied: Path) -> Iterator[tuple[Contents, sa.Connection]]:
    """The contents of a copy and a connection to it, restored for as long as it is looked at."""
    if kind() == "sqlite":
        found = sqlite_contents(copied)
        with sa.create_engine(f"sqlite:///{copied}", poolclass=sa.NullPool).connect() as connection:
            yield found, connection
        return
    with _spare_database() as url:
        _restore_postgres(copied, url)
        spare = sa.create_engine(url, poolclass=sa.NullPool)
        with spare.connect() as connection:
            yield _contents(connection), connection


def sqlite_contents(copied: Path) -> Contents:
    """Refusal for a file that is no sound database."""
    try:
        with closing(sqlite3.connect(copied)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                raise Refusal(f"数据库内部有损坏（{verdict[:120]}）。")
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            )
            rows = {name: _count(connection, name) for (name,) in tables.fetchall()}
            has_version = rows.pop(_VERSIONS, 0)
            found = connection.execute(f"SELECT version_num FROM {_VERSIONS}").fetchone() if has_version else None  # noqa: S608 - our own name
    except sqlite3.DatabaseError as error:
        raise Refusal(f"数据库打不开，内部有损坏（{error}）。") from error
    return Contents(found[0] if found else "", rows)


def sqlite_path() -> Path:
    return Path(db.engine.url.database or "")


def _is_file_absent() -> bool:
    return not (sqlite_path().exists() and sqlite_path().stat().st_size)


def _unreadable(told: object) -> Refusal:
    return Refusal(f"数据库打不开（{str(told)[:120]}），连不上或已损坏；没有改动它。请从最近的备份恢复到空的位置。")


def _copy_sqlite(target: Path) -> Contents:
    with closing(sqlite3.connect(target)) as copy:
        live = db.engine.raw_connection()
        try:
            live.driver_connection.backup(copy)  # type: ignore[union-attr]  # in one step: the snapshot of one reader
        except sqlite3.DatabaseError as error:
            raise Refusal(f"数据库读不出来，没有做成备份（{error}）。") from error
        finally:
            live.close()
    os.chmod(target, 0o600)
    return sqlite_contents(target)


def _count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]  # noqa: S608 - a name out of the schema


def _dump_postgres(target: Path) -> Contents:
    """pg_dump reads the very snapshot that was counted."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
        arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
        _run("pg_dump", arguments, db.engine.url)
        os.chmod(target, 0o600)
        return _contents(connection)


def _restore_postgres(dump: Path, url: sa.URL) -> None:
    _run("pg_restore", ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(dump)], url)


def _run(program: str, arguments: list[str], url: sa.URL) -> None:
    folder = current_app.config["POSTGRES_PROGRAMS"]
    address = url.set(drivername="postgresql", password=None).render_as_string()
    command = [str(folder / program) if folder else program, *arguments, f"--dbname={address}"]
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Refusal(
            f"找不到 {program}。请安装与数据库同版本的 PostgreSQL 客户端，或用 CRM_POSTGRES_PROGRAMS 指明所在文件夹。"
        ) from error
    if done.returncode:
        raise Refusal(f"{program} 没有做成：{done.stderr.strip()[-300:]}")


@contextmanager
def _spare_database() -> Iterator[sa.URL]:
    """A database of its own on the same server, gone afterwards."""
    name = f"yanzhen_rehearsal_{token_hex(4)}"
    server = sa.create_engine(db.engine.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    except ProgrammingError as error:
        raise Refusal("数据库账号没有建库权限（CREATEDB），不能演练。请数据库管理员授权。") from error
    try:
        yield db.engine.url.set(database=name)
    finally:
        with suppress(DBAPIError), server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name}"))


def _contents(connection: sa.Connection) -> Contents:
    names = sa.inspect(connection).get_table_names()
    return Contents(_revision(connection), {name: _rows_of(connection, name) for name in names if name != _VERSIONS})


def _revision(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table(_VERSIONS):
        return ""
    return connection.scalar(sa.select(sa.table(_VERSIONS, sa.column("version_num")).c.version_num)) or ""


def _rows_of(connection: sa.Connection, name: str) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
