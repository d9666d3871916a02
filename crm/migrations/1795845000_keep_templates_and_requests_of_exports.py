"""keep templates and requests of exports

Revision ID: 1795845000
Revises: 1795846000
Create Date: 2026-11-28 05:51:40

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795845000'
down_revision: str | None = '1795846000'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('export_templates',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=True),
    sa.Column('columns', sa.JSON(), nullable=False),
    sa.Column('by_township', sa.Boolean(), nullable=False),
    sa.Column('names_maker', sa.Boolean(), nullable=False),
    sa.Column('made_by', sa.String(length=60), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_templates')),
    sa.UniqueConstraint('name', name=op.f('uq_export_templates_name'))
    )
    op.create_table('export_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('arguments', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(32), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=True),
    sa.Column('task_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by_id'], ['users.id'], name=op.f('fk_export_requests_asked_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_export_requests_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_requests'))
    )
    with op.batch_alter_table('export_requests', schema=None) as batch_op:
        batch_op.create_index('ix_export_requests_asked_by_id', ['asked_by_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('export_requests', schema=None) as batch_op:
        batch_op.drop_index('ix_export_requests_asked_by_id')

    op.drop_table('export_requests')
    op.drop_table('export_templates')
