"""find what is long owed

By its day, and by the day of a matter whom it was told to.

Revision ID: 1795855800
Revises: 1795847700
Create Date: 2026-11-28 08:50:00

"""
from alembic import op


# revision identifiers, used by Alembic.
revision: str = '1795855800'
down_revision: str | None = '1795847700'
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index('ix_candidacies_due_on', 'candidacies', ['due_on', 'stage'])
    op.create_index('ix_reminders_matter_on', 'reminders', ['matter_on', 'kind'])


def downgrade() -> None:
    op.drop_index('ix_reminders_matter_on', 'reminders')
    op.drop_index('ix_candidacies_due_on', 'candidacies')
