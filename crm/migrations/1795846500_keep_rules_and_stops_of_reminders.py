"""keep rules and stops of reminders

Revision ID: 1795846500
Revises: 1795846200
Create Date: 2026-11-28 05:48:16

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795846500'
down_revision: str | None = '1795846200'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('reminder_settings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('about', sa.String(length=80), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_settings'))
    )
    with op.batch_alter_table('reminder_settings', schema=None) as batch_op:
        batch_op.create_index('ix_reminder_settings_about', ['about'], unique=False)

    op.create_table('reminder_stops',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_by', sa.String(length=60), nullable=True),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_reminder_stops_firm_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_stops'))
    )
    with op.batch_alter_table('reminder_stops', schema=None) as batch_op:
        batch_op.create_index('ix_reminder_stops_firm_id', ['firm_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('reminder_stops', schema=None) as batch_op:
        batch_op.drop_index('ix_reminder_stops_firm_id')

    op.drop_table('reminder_stops')
    with op.batch_alter_table('reminder_settings', schema=None) as batch_op:
        batch_op.drop_index('ix_reminder_settings_about')

    op.drop_table('reminder_settings')
