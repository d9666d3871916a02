"""keep questions about figures

Revision ID: 1795797900
Revises: 1795795447
Create Date: 2026-11-27 16:40:00

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795797900'
down_revision: str | None = '1795795447'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    # What was scored before has no questions: it is scored anew each week.
    with op.batch_alter_table('predictions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('questions', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('question_count', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('predictions', schema=None) as batch_op:
        batch_op.alter_column('questions', existing_type=sa.JSON(), server_default=None)
        batch_op.alter_column('question_count', existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('predictions', schema=None) as batch_op:
        batch_op.drop_column('question_count')
        batch_op.drop_column('questions')
