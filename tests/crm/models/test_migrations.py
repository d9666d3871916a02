"""The migrations make exactly the tables the models describe, and can be walked back."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata

from crm.extensions import Base, db, migrations


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


def test_migrations_make_the_triggers_of_the_models(empty_app):
    migrations.upgrade()
    migrated = triggers()
    migrations.downgrade("base")
    left = triggers()

    db.create_all()

    assert len(migrated) == (9 if db.engine.dialect.name == "sqlite" else 6)
    assert (left, triggers()) == (set(), migrated)


def triggers() -> set[tuple[str, str]]:
    told = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT t.tgname, pg_get_triggerdef(t.oid) || pg_get_functiondef(t.tgfoid)"
        " FROM pg_trigger t WHERE NOT t.tgisinternal",
    }
    with db.engine.connect() as connection:
        rows = connection.execute(sa.text(told[db.engine.dialect.name])).all()
    return {(name, " ".join(text.split())) for name, text in rows}
