"""colour and decide

Revision ID: 1795781000
Revises: 1795779767
Create Date: 2026-11-27 12:03:20

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795781000'
down_revision: str | None = '1795779767'
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """latest_evaluations is derived: it is made anew, and the next run judges every firm once more."""
    op.create_table('decisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('programme', sa.String(length=32), nullable=False),
    sa.Column('decided', sa.String(length=32), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name='fk_decisions_by_id'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name='fk_decisions_firm_id'),
    sa.PrimaryKeyConstraint('id', name='pk_decisions')
    )
    op.create_index('ix_decisions_firm_id_programme', 'decisions', ['firm_id', 'programme'])
    with op.batch_alter_table('evaluations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('colour', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('reasons', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('evaluations', schema=None) as batch_op:
        batch_op.alter_column('reasons', server_default=None)
    op.drop_table('latest_evaluations')
    _make_latest(
        sa.Column('colour', sa.String(length=32), nullable=True),
        sa.Column('colour_before', sa.String(length=32), nullable=True),
        sa.Column('colour_since', sa.Date(), nullable=True),
        sa.Column('reasons', sa.JSON(), nullable=False),
        sa.Column('score_lo', sa.Integer(), nullable=True),
        sa.Column('score_hi', sa.Integer(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table('latest_evaluations')
    _make_latest()
    with op.batch_alter_table('evaluations', schema=None) as batch_op:
        batch_op.drop_column('reasons')
        batch_op.drop_column('colour')
    op.drop_table('decisions')


def _make_latest(*further: sa.Column) -> None:
    op.create_table('latest_evaluations',
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('programme', sa.String(length=32), nullable=False),
    sa.Column('evaluation_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=32), nullable=False),
    sa.Column('missed_count', sa.Integer(), nullable=False),
    sa.Column('open_count', sa.Integer(), nullable=False),
    sa.Column('shortlist', sa.String(length=32), nullable=True),
    sa.Column('only_missed', sa.String(length=60), nullable=True),
    sa.Column('gap_words', sa.Text(), nullable=True),
    sa.Column('gap_amount', sa.Double(), nullable=True),
    sa.Column('lacking', sa.JSON(), nullable=False),
    *further,
    sa.ForeignKeyConstraint(['evaluation_id'], ['evaluations.id'], name='fk_latest_evaluations_evaluation_id'),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name='fk_latest_evaluations_firm_id'),
    sa.PrimaryKeyConstraint('firm_id', 'programme', name='pk_latest_evaluations'),
    )
    op.create_index('ix_latest_evaluations_evaluation_id', 'latest_evaluations', ['evaluation_id'])
    op.create_index('ix_latest_evaluations_programme_only_missed', 'latest_evaluations', ['programme', 'only_missed', 'gap_amount', 'firm_id'])
