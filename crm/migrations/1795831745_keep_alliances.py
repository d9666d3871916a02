"""keep alliances

Revision ID: 1795831745
Revises: 1795827466
Create Date: 2026-11-28 02:09:05

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795831745'
down_revision: str | None = '1795827466'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('alliances',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(32), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('began_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('document_number', sa.String(length=60), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alliances')),
    sa.UniqueConstraint('kind', 'name', name=op.f('uq_alliances_kind_name'))
    )
    op.create_table('alliance_members',
    sa.Column('alliance_id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('is_leader', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['alliance_id'], ['alliances.id'], name=op.f('fk_alliance_members_alliance_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_alliance_members_firm_id')),
    sa.PrimaryKeyConstraint('alliance_id', 'firm_id', name=op.f('pk_alliance_members'))
    )
    with op.batch_alter_table('alliance_members', schema=None) as batch_op:
        batch_op.create_index('ix_alliance_members_firm_id', ['firm_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('alliance_members', schema=None) as batch_op:
        batch_op.drop_index('ix_alliance_members_firm_id')

    op.drop_table('alliance_members')
    op.drop_table('alliances')
