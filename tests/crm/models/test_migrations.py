"""The migrations make exactly the tables the models describe, and can be walked back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from flask import Flask

from config import Testing
from crm import create_app
from crm.extensions import Base, db, migrations


@pytest.fixture
def empty_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An app before a database without a single table, of the kind this run is about."""

    class OfItsOwn(Testing):
        INSTANCE = tmp_path
        SQLALCHEMY_DATABASE_URI = _empty_database(database_url)

    app = create_app(OfItsOwn)
    with app.app_context():
        yield app
        db.engine.dispose()


def _empty_database(url: str) -> str:
    if url.startswith("sqlite"):
        return url
    with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS empty"))
        connection.execute(sa.text("CREATE DATABASE empty"))
    return sa.make_url(url).set(database="empty").render_as_string(hide_password=False)


def test_migrations_make_the_tables_of_the_models(empty_app):
    migrations.upgrade()

    assert compare_metadata(migrations.migration_context, Base.metadata) == []


def test_migrations_can_be_walked_back_to_nothing_and_up_again(empty_app):
    migrations.upgrade()
    migrations.downgrade("base")
    left = set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}

    migrations.upgrade()

    assert left == set()
    assert set(Base.metadata.tables) <= set(sa.inspect(db.engine).get_table_names())
