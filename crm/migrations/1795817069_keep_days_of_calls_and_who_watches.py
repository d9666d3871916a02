"""keep days of calls and who watches

Revision ID: 1795817069
Revises: 1795813170
Create Date: 2026-11-27 22:04:29

"""
from secrets import token_urlsafe

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795817069'
down_revision: str | None = '1795813170'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('call_dates',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('hour', sa.String(length=5), nullable=True),
    sa.Column('notice_number', sa.String(length=60), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_dates'))
    )
    with op.batch_alter_table('call_dates', schema=None) as batch_op:
        batch_op.create_index('ix_call_dates_call_id_year', ['call_id', 'year'], unique=False)

    with op.batch_alter_table('heartbeats', schema=None) as batch_op:
        batch_op.add_column(sa.Column('holder', sa.String(length=40), nullable=True))

    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('calendar_key', sa.String(length=32), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('muted_kinds', sa.JSON(), nullable=False, server_default='[]'))
    users = sa.table('users', sa.column('id'), sa.column('calendar_key'))
    for (key,) in op.get_bind().execute(sa.select(users.c.id)).all():
        op.execute(users.update().where(users.c.id == key).values(calendar_key=token_urlsafe(16)))
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.alter_column('calendar_key', existing_type=sa.String(length=32), server_default=None)
        batch_op.alter_column('muted_kinds', existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_column('muted_kinds')
        batch_op.drop_column('calendar_key')

    with op.batch_alter_table('heartbeats', schema=None) as batch_op:
        batch_op.drop_column('holder')

    with op.batch_alter_table('call_dates', schema=None) as batch_op:
        batch_op.drop_index('ix_call_dates_call_id_year')

    op.drop_table('call_dates')
