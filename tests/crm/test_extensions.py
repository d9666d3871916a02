"""How our connections behave when the database cannot do what it should."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from crm.extensions import db

ADD_A_PLACE = sa.text("INSERT INTO townships (name, position, aliases) VALUES ('西塘镇', 1, '[]')")


def test_database_that_was_read_only_for_a_while_can_be_written_again(app):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite keeps to how it opened a file")
    db.session.execute(sa.text("PRAGMA query_only = ON"))

    with pytest.raises(OperationalError, match="readonly"):
        db.session.execute(ADD_A_PLACE)
    db.session.rollback()

    db.session.execute(ADD_A_PLACE)
    db.session.commit()


def test_nobody_waits_for_a_lock_of_postgresql_without_end(app):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite: busy_timeout")
    db.session.execute(sa.text("SET lock_timeout = 0"))
    db.session.rollback()

    assert db.session.scalar(sa.text("SHOW lock_timeout")) == "8s"
