"""keep readings

Revision ID: 1795784414
Revises: 1795782748
Create Date: 2026-11-27 13:00:14.997797

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795784414'
down_revision: str | None = '1795782748'
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table('readings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_readings_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_readings'))
    )
    for column in ('shortlist', 'colour'):
        op.create_index(f'ix_latest_evaluations_programme_{column}', 'latest_evaluations', ['programme', column, 'firm_id'])


def downgrade() -> None:
    """Downgrade schema."""
    for column in ('shortlist', 'colour'):
        op.drop_index(f'ix_latest_evaluations_programme_{column}', 'latest_evaluations')
    op.drop_table('readings')
