"""keep tags and bulk deeds

Revision ID: 1795846000
Revises: 1795844453
Create Date: 2026-11-28 05:39:46.780663

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795846000'
down_revision: str | None = '1795844453'
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table('tags',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tags')),
    sa.UniqueConstraint('name', name=op.f('uq_tags_name'))
    )
    op.create_table('bulk_deeds',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('found', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.JSON(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(length=60), nullable=True),
    sa.Column('restored', sa.Integer(), nullable=True),
    sa.Column('left_as_is', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_bulk_deeds_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_deeds'))
    )
    with op.batch_alter_table('bulk_deeds', schema=None) as batch_op:
        batch_op.create_index('ix_bulk_deeds_by_id', ['by_id', 'made_at'], unique=False)

    op.create_table('firm_tags',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_firm_tags_firm_id')),
    sa.ForeignKeyConstraint(['tag_id'], ['tags.id'], name=op.f('fk_firm_tags_tag_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_firm_tags')),
    sa.UniqueConstraint('firm_id', 'tag_id', name=op.f('uq_firm_tags_firm_id_tag_id'))
    )
    with op.batch_alter_table('firm_tags', schema=None) as batch_op:
        batch_op.create_index('ix_firm_tags_tag_id', ['tag_id', 'firm_id'], unique=False)



def downgrade() -> None:
    """Downgrade schema."""
    with op.batch_alter_table('firm_tags', schema=None) as batch_op:
        batch_op.drop_index('ix_firm_tags_tag_id')

    op.drop_table('firm_tags')
    with op.batch_alter_table('bulk_deeds', schema=None) as batch_op:
        batch_op.drop_index('ix_bulk_deeds_by_id')

    op.drop_table('bulk_deeds')
    op.drop_table('tags')
