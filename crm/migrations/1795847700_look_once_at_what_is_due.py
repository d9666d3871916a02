"""look once at what is due

A claim moves the next try to the end of its lease: one column and one index say what is to be looked at.

Revision ID: 1795847700
Revises: 1795847400
Create Date: 2026-11-28 06:48:00

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795847700'
down_revision: str | None = '1795847400'
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.execute("UPDATE reminders SET next_try_at = lease_until WHERE status = 'sending' AND lease_until IS NOT NULL")
    op.drop_column('reminders', 'lease_until')


def downgrade() -> None:
    op.add_column('reminders', sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE reminders SET lease_until = next_try_at WHERE status = 'sending'")
