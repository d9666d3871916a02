"""keep the targets of the plan

Revision ID: 1795789819
Revises: 1795789116
Create Date: 2026-11-27 14:30:19.206109

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795789819'
down_revision: str | None = '1795789116'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('targets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('tier', sa.String(32), nullable=False),
    sa.Column('stock', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_targets')),
    sa.UniqueConstraint('year', 'tier', name=op.f('uq_targets_year_tier'))
    )


def downgrade() -> None:
    op.drop_table('targets')
