"""sort lists by judgements

Revision ID: 1795779767
Revises: 1795779430
Create Date: 2026-11-27 11:42:47.885962

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795779767'
down_revision: str | None = '1795779430'
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """The table is derived: it is made anew, and the next run judges every firm once more."""
    op.drop_table('latest_evaluations')
    op.create_table('latest_evaluations',
    *_pointer(),
    sa.Column('verdict', sa.String(length=32), nullable=False),
    sa.Column('missed_count', sa.Integer(), nullable=False),
    sa.Column('open_count', sa.Integer(), nullable=False),
    sa.Column('shortlist', sa.String(length=32), nullable=True),
    sa.Column('only_missed', sa.String(length=60), nullable=True),
    sa.Column('gap_words', sa.Text(), nullable=True),
    sa.Column('gap_amount', sa.Double(), nullable=True),
    sa.Column('lacking', sa.JSON(), nullable=False),
    )
    op.create_index('ix_latest_evaluations_evaluation_id', 'latest_evaluations', ['evaluation_id'])
    op.create_index('ix_latest_evaluations_programme_only_missed', 'latest_evaluations', ['programme', 'only_missed', 'gap_amount', 'firm_id'])


def downgrade() -> None:
    op.drop_table('latest_evaluations')
    op.create_table('latest_evaluations', *_pointer())
    op.create_index('ix_latest_evaluations_evaluation_id', 'latest_evaluations', ['evaluation_id'])


def _pointer():
    return (
        sa.Column('firm_id', sa.Integer(), nullable=False),
        sa.Column('programme', sa.String(length=32), nullable=False),
        sa.Column('evaluation_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['evaluation_id'], ['evaluations.id'], name='fk_latest_evaluations_evaluation_id'),
        sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name='fk_latest_evaluations_firm_id'),
        sa.PrimaryKeyConstraint('firm_id', 'programme', name='pk_latest_evaluations'),
    )
