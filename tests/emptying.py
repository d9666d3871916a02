"""Every table without a row, those that refuse it too: the log may only be added to."""

import sqlalchemy as sa

from crm.extensions import Base, db


def empty_tables() -> None:
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            _empty_sqlite(connection)
        else:
            names = ", ".join(table.name for table in Base.metadata.sorted_tables)
            connection.execute(sa.text("SET LOCAL lock_timeout = 0"))  # work that a test began may still be at it
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))  # no trigger fires
            connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


def _empty_sqlite(connection: sa.Connection) -> None:
    triggers = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in triggers:
        connection.execute(sa.text(f'DROP TRIGGER "{name}"'))
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(sa.delete(table))
    for _, statement in triggers:
        connection.exec_driver_sql(statement)
