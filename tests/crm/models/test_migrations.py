"""The migrations make exactly the tables the models describe, and can be walked back."""

from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata

from config import Testing
from crm import create_app
from crm.extensions import Base, db, migrations


def app_with_an_empty_database(folder: Path):
    class OfItsOwn(Testing):
        INSTANCE = folder

    return create_app(OfItsOwn)


def test_migrations_make_the_tables_of_the_models(tmp_path: Path):
    with app_with_an_empty_database(tmp_path).app_context():
        migrations.upgrade()

        assert compare_metadata(migrations.migration_context, Base.metadata) == []
        db.engine.dispose()


def test_migrations_can_be_walked_back_to_nothing_and_up_again(tmp_path: Path):
    with app_with_an_empty_database(tmp_path).app_context():
        migrations.upgrade()
        migrations.downgrade("base")
        left = set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}
        migrations.upgrade()

        assert left == set()
        assert set(Base.metadata.tables) <= set(sa.inspect(db.engine).get_table_names())
        db.engine.dispose()
