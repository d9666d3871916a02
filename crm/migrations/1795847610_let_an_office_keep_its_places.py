"""let an office keep its places

Revision ID: 1795847610
Revises: 1795846500
Create Date: 2026-11-28 06:18:00

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795847610'
down_revision: str | None = '1795846500'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    for table in ('townships', 'industries'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True))
            batch_op.add_column(sa.Column('voided_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('first_steps_hidden_at', sa.DateTime(timezone=True), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_column('first_steps_hidden_at')

    for table in ('industries', 'townships'):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column('voided_at')
            batch_op.drop_column('edited_at')
