"""sort the index of missing figures

Revision ID: 1795847400
Revises: 1795846193
Create Date: 2026-11-28 06:30:00.000000

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795847400'
down_revision: str | None = '1795846193'
branch_labels: str | None = None
depends_on: str | None = None

LACKING = sa.text("figures != 'current'")


def upgrade() -> None:
    """Upgrade schema."""
    with op.batch_alter_table('standings', schema=None) as batch_op:
        batch_op.drop_index('ix_standings_figures', sqlite_where=LACKING, postgresql_where=LACKING)
        batch_op.create_index('ix_standings_figures', ['completeness', 'firm_id', 'is_archived', 'township_id', 'tier', 'industry_code', 'tech_field_code', 'owner_id', 'status', 'above_scale', 'figures', 'founded_on', 'next_expiry_on', 'sales_revenue', 'rd_ratio', 'class_one_ip'], unique=False, sqlite_where=LACKING, postgresql_where=LACKING)


def downgrade() -> None:
    """Downgrade schema."""
    with op.batch_alter_table('standings', schema=None) as batch_op:
        batch_op.drop_index('ix_standings_figures', sqlite_where=LACKING, postgresql_where=LACKING)
        batch_op.create_index('ix_standings_figures', ['figures', 'firm_id', 'is_archived', 'township_id', 'tier', 'industry_code', 'tech_field_code', 'owner_id', 'status', 'above_scale', 'founded_on', 'next_expiry_on', 'sales_revenue', 'rd_ratio', 'class_one_ip', 'completeness'], unique=False, sqlite_where=LACKING, postgresql_where=LACKING)
