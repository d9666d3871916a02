"""seal events and keep codes

Revision ID: 1795825518
Revises: 1795825295
Create Date: 2026-11-28 00:25:18

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795825518'
down_revision: str | None = '1795825295'
branch_labels: str | None = ()
depends_on: str | None = None

# table, key, which rows may be deleted
KEPT = (
    ('event_prunings', 'id', 'false'),
    ('event_seals', 'number', 'OLD.number <= (SELECT COALESCE(MAX(last_number), 0) FROM event_prunings)'),
    ('events', 'id', 'OLD.id <= (SELECT COALESCE(MAX(last_id), 0) FROM event_prunings)'),
)


def upgrade() -> None:
    op.create_table('event_prunings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.Column('last_id', sa.Integer(), nullable=False),
    sa.Column('chain', sa.String(length=64), nullable=False),
    sa.Column('events', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_prunings'))
    )
    op.create_table('event_seals',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('last_id', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('marks', sa.Text(), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('chain', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_event_seals'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.add_column(sa.Column('address', sa.String(length=60), nullable=True))

    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.add_column(sa.Column('address', sa.String(length=60), nullable=True))

    op.create_table('second_factors',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('salt', sa.String(length=32), nullable=False),
    sa.Column('last_step', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_second_factors_user_id')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_second_factors'))
    )
    op.create_table('recovery_codes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(length=200), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_recovery_codes_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_codes')),
    sa.UniqueConstraint('user_id', 'number', name=op.f('uq_recovery_codes_user_id_number'))
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('awaiting_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_sessions_awaiting_id'), 'sign_ins', ['awaiting_id'], ['id'], ondelete='CASCADE'
        )

    make = _make_on_sqlite if op.get_bind().dialect.name == 'sqlite' else _make_on_postgresql
    for table, key, removable in KEPT:
        make(table, key, removable)


def downgrade() -> None:
    drop = _drop_on_sqlite if op.get_bind().dialect.name == 'sqlite' else _drop_on_postgresql
    for table, _, _ in KEPT:
        drop(table)

    op.execute("DELETE FROM sessions WHERE awaiting_id IS NOT NULL")  # nobody is in by those
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_sessions_awaiting_id'), type_='foreignkey')
        batch_op.drop_column('awaiting_id')

    op.drop_table('recovery_codes')
    op.drop_table('second_factors')
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.drop_column('address')

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_column('address')

    op.drop_table('event_seals')
    op.drop_table('event_prunings')


def _make_on_sqlite(table: str, key: str, removable: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only added'); END"
    exists = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"
    op.execute(f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} WHEN NOT ({removable}) {refuse}")
    op.execute(f"CREATE TRIGGER {table}_replace BEFORE INSERT ON {table} WHEN {exists} {refuse}")


def _make_on_postgresql(table: str, key: str, removable: str) -> None:
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN IF {removable} THEN RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION '{table}: rows are only added' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_kept()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_kept()"
    )


def _drop_on_sqlite(table: str) -> None:
    for name in ('update', 'delete', 'replace'):
        op.execute(f"DROP TRIGGER {table}_{name}")


def _drop_on_postgresql(table: str) -> None:
    op.execute(f"DROP TRIGGER {table}_kept ON {table}")
    op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
    op.execute(f"DROP FUNCTION {table}_kept()")
