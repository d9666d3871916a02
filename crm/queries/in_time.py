"""A question that is worth so much time and no more: a number beside a tab, never the list itself."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from crm.extensions import db

_Answer = TypeVar("_Answer")
_STEPS_BETWEEN_LOOKS = 20_000  # of SQLite's machine: about a millisecond


def in_time(ask: Callable[[], _Answer], seconds: float) -> _Answer | None:
    """The answer, or None when the database would need longer. What was read before stays readable."""
    connection = db.session.connection()
    within = _within_sqlite if connection.dialect.name == "sqlite" else _within_postgres
    try:
        return within(connection, ask, seconds)
    except OperationalError as error:
        if not any(sign in str(error.orig) for sign in ("interrupted", "statement timeout")):
            raise
        return None


def _within_sqlite(connection: sa.Connection, ask: Callable[[], _Answer], seconds: float) -> _Answer:
    driver: Any = connection.connection.dbapi_connection
    until = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS_BETWEEN_LOOKS)
    try:
        return ask()
    finally:
        driver.set_progress_handler(None, 0)


def _within_postgres(connection: sa.Connection, ask: Callable[[], _Answer], seconds: float) -> _Answer:
    with db.session.begin_nested():
        connection.execute(sa.text(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}"))
        answer = ask()
        connection.execute(sa.text("SET LOCAL statement_timeout TO DEFAULT"))
    return answer
