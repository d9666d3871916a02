"""The extensions, unbound, and how our database connections are opened."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask_alembic import Alembic
from flask_compress import Compress
from flask_login import LoginManager
from flask_mailman import Mail
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    # Named constraints, so that a migration can drop what another one made.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)
migrations = Alembic(metadatas=Base.metadata)
login = LoginManager()
csrf = CSRFProtect()
compress = Compress()
mail = Mail()

# One writer at a time for whole-county deeds; any number works as long as every such deed uses the same.
_WRITER_LOCK = 20160101
_BUSY_MILLISECONDS = 8000
# The words of a database or disk that cannot write just now → what an officer is told.
_TROUBLES = (
    (("locked", "timeout", "deadlock"), "数据库正忙（可能有人在导入），请稍后重试。"),
    (("readonly", "read-only", "read only"), "数据库目前只能查看、不能修改，请联系管理员。"),
    (("full", "no space"), "服务器磁盘空间不足，暂时不能保存，请联系管理员。"),
    (("i/o error",), "服务器磁盘读写出错，这次没有保存，请联系管理员。"),
)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # a committed import survives a power cut
        "foreign_keys=ON",
        "secure_delete=ON",
        "cache_size=-64000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "connect")
def _prepare_postgres(connection: Any, _record: Any) -> None:
    """Nobody waits for a lock longer than SQLite would let him: a page that hangs says less than one that says so."""
    if isinstance(connection, sqlite3.Connection):
        return
    connection.execute(f"SET lock_timeout = {_BUSY_MILLISECONDS}")
    connection.commit()


@event.listens_for(Engine, "handle_error")
def _open_anew_after_read_only(context: sa.ExceptionContext) -> None:
    """SQLite opens a file that it may not write just then for reading only, and stays so: connections anew, then."""
    error = context.original_exception
    if isinstance(error, sqlite3.OperationalError) and "readonly" in str(error):
        context.is_disconnect = True


def trouble_of(error: SQLAlchemyError) -> str | None:
    """What keeps a database from writing, in words for an officer; None where they are not known."""
    words = str(getattr(error, "orig", error)).lower()
    return next((told for signs, told in _TROUBLES if any(sign in words for sign in signs)), None)


def begin_exclusive() -> None:
    """Take the write lock before the first read of a deed whose reads must still hold when it writes.

    Must be the first statement of a transaction. Raises OperationalError when the database stays busy.
    """
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("BEGIN IMMEDIATE"))
    else:
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})


@contextmanager
def impatient_connection() -> Iterator[sa.Connection]:
    """A connection apart from the session that does not wait for another writer: for a write that may be skipped."""
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            yield connection
        finally:
            connection.rollback()
            if is_sqlite:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")


@contextmanager
def swift_connection() -> Iterator[sa.Connection]:
    """A connection apart from the session whose every statement is committed at once; on SQLite without waiting for the
    disk.

    What it wrote survives the end of this process, however sudden. A power cut may take back what it wrote since the
    last commit of a session, which waits for the disk and takes all before it along: for what can be found out again.
    """
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        try:
            yield connection
        finally:
            if is_sqlite:
                connection.exec_driver_sql("PRAGMA synchronous=FULL")
