"""keep wishes of imports

Revision ID: 1795845100
Revises: 1795845000
Create Date: 2026-11-28 06:10:00

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795845100'
down_revision: str | None = '1795845000'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('column_mappings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('columns', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_column_mappings')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_column_mappings_fingerprint'))
    )
    with op.batch_alter_table('import_batches', schema=None) as batch_op:
        batch_op.add_column(sa.Column('wishes', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('source', sa.String(32), nullable=True))

    with op.batch_alter_table('import_batches', schema=None) as batch_op:
        batch_op.alter_column('wishes', existing_type=sa.JSON(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('import_batches', schema=None) as batch_op:
        batch_op.drop_column('source')
        batch_op.drop_column('wishes')

    op.drop_table('column_mappings')
