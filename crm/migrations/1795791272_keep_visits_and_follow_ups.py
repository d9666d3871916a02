"""keep visits and follow-ups

Revision ID: 1795791272
Revises: 1795790410
Create Date: 2026-11-27 14:54:33.047557

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795791272'
down_revision: str | None = '1795790410'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('reassignments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['from_id'], ['users.id'], name=op.f('fk_reassignments_from_id')),
    sa.ForeignKeyConstraint(['to_id'], ['users.id'], name=op.f('fk_reassignments_to_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reassignments'))
    )
    op.create_table('visits',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(32), nullable=False),
    sa.Column('people', sa.String(length=200), nullable=True),
    sa.Column('found', sa.Text(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_visits_by_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_visits_firm_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visits'))
    )
    with op.batch_alter_table('visits', schema=None) as batch_op:
        batch_op.create_index('ix_visits_by_id_visited_on', ['by_id', 'visited_on'], unique=False)
        batch_op.create_index('ix_visits_firm_id_visited_on', ['firm_id', 'visited_on'], unique=False)
        batch_op.create_index('ix_visits_visited_on', ['visited_on', 'id'], unique=False)

    op.create_table('follow_ups',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('is_need', sa.Boolean(), nullable=False),
    sa.Column('what', sa.String(length=300), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('outcome', sa.String(length=300), nullable=True),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_follow_ups_firm_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_follow_ups_owner_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visits.id'], name=op.f('fk_follow_ups_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_ups'))
    )
    with op.batch_alter_table('follow_ups', schema=None) as batch_op:
        batch_op.create_index('ix_follow_ups_due_on', ['done_on', 'due_on'], unique=False)
        batch_op.create_index('ix_follow_ups_firm_id', ['firm_id', 'done_on'], unique=False)
        batch_op.create_index('ix_follow_ups_owner_id', ['owner_id', 'done_on', 'due_on'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('follow_ups', schema=None) as batch_op:
        batch_op.drop_index('ix_follow_ups_owner_id')
        batch_op.drop_index('ix_follow_ups_firm_id')
        batch_op.drop_index('ix_follow_ups_due_on')

    op.drop_table('follow_ups')
    with op.batch_alter_table('visits', schema=None) as batch_op:
        batch_op.drop_index('ix_visits_visited_on')
        batch_op.drop_index('ix_visits_firm_id_visited_on')
        batch_op.drop_index('ix_visits_by_id_visited_on')

    op.drop_table('visits')
    op.drop_table('reassignments')
