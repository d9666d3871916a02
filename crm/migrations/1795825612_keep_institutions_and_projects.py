"""keep institutions and projects

Revision ID: 1795825612
Revises: 1795817069
Create Date: 2026-11-28 00:26:52

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795825612'
down_revision: str | None = '1795817069'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('institutions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('level', sa.Enum('county', 'city', 'province', 'national', name='institutionlevel', native_enum=False, length=32), nullable=False),
    sa.Column('kind', sa.Enum('rd_centre', 'institute', 'key_institute', 'tech_centre', 'engineering_centre', 'key_lab', 'new_rd', 'other', name='institutionkind', native_enum=False, length=32), nullable=False),
    sa.Column('approved_on', sa.Date(), nullable=False),
    sa.Column('document_number', sa.String(length=60), nullable=True),
    sa.Column('builds_from', sa.Date(), nullable=True),
    sa.Column('builds_until', sa.Date(), nullable=True),
    sa.Column('review_due_on', sa.Date(), nullable=True),
    sa.Column('reviewed_on', sa.Date(), nullable=True),
    sa.Column('review_result', sa.Enum('excellent', 'good', 'passed', 'to_rectify', 'failed', name='reviewresult', native_enum=False, length=32), nullable=True),
    sa.Column('leader', sa.String(length=60), nullable=True),
    sa.Column('staff', sa.Integer(), nullable=True),
    sa.Column('area', sa.BigInteger(), nullable=True),
    sa.Column('equipment', sa.BigInteger(), nullable=True),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('withdrawn_reason', sa.String(length=200), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('archived_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_institutions_firm_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_institutions'))
    )
    with op.batch_alter_table('institutions', schema=None) as batch_op:
        batch_op.create_index('ix_institutions_approved_on', ['approved_on', 'level', 'firm_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_institutions_firm_id'), ['firm_id'], unique=False)
        batch_op.create_index('ix_institutions_review_due_on', ['review_due_on'], unique=False)
        batch_op.create_index('uq_institutions_recognition', ['firm_id', 'level', 'kind', 'approved_on'], unique=True, sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))


def downgrade() -> None:
    with op.batch_alter_table('institutions', schema=None) as batch_op:
        batch_op.drop_index('uq_institutions_recognition', sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))
        batch_op.drop_index('ix_institutions_review_due_on')
        batch_op.drop_index(batch_op.f('ix_institutions_firm_id'))
        batch_op.drop_index('ix_institutions_approved_on')

    op.drop_table('institutions')
