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
