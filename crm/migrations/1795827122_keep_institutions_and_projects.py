"""keep institutions and projects

Revision ID: 1795827122
Revises: 1795825518
Create Date: 2026-11-28 00:52:02

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795827122'
down_revision: str | None = '1795825518'
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

    op.create_table('projects',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('programme', sa.Enum('county_plan', 'vanguard', 'leading_goose', 'national_plan', 'own', name='projectprogramme', native_enum=False, length=32), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=True),
    sa.Column('partners', sa.Text(), nullable=True),
    sa.Column('stage', sa.Enum('called', 'guided', 'applied', 'county_recommended', 'city_recommended', 'form_check', 'evaluation', 'publicized', 'approved', 'contracted', 'underway', 'midterm', 'acceptance', 'accepted', 'not_accepted', 'concluded', 'appraised', 'not_approved', 'terminated', 'revoked', 'extended', 'changed', name='projectstage', native_enum=False, length=32), nullable=False),
    sa.Column('stage_since', sa.Date(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('budget_total', sa.BigInteger(), nullable=True),
    sa.Column('budget_subsidy', sa.BigInteger(), nullable=True),
    sa.Column('budget_own', sa.BigInteger(), nullable=True),
    sa.Column('applied_on', sa.Date(), nullable=True),
    sa.Column('approved_on', sa.Date(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('acceptance_due_on', sa.Date(), nullable=True),
    sa.Column('accepted_on', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('archived_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_projects_firm_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_projects_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_projects'))
    )
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.create_index('ix_projects_acceptance_due_on', ['acceptance_due_on', 'stage'], unique=False)
        batch_op.create_index('ix_projects_approved_on', ['approved_on', 'programme', 'firm_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_projects_firm_id'), ['firm_id'], unique=False)
        batch_op.create_index('ix_projects_owner_id', ['owner_id'], unique=False)
        batch_op.create_index('uq_projects_title', ['firm_id', 'programme', 'title'], unique=True, sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))

    op.create_table('project_moves',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('from_stage', sa.Enum('called', 'guided', 'applied', 'county_recommended', 'city_recommended', 'form_check', 'evaluation', 'publicized', 'approved', 'contracted', 'underway', 'midterm', 'acceptance', 'accepted', 'not_accepted', 'concluded', 'appraised', 'not_approved', 'terminated', 'revoked', 'extended', 'changed', name='projectstage', native_enum=False, length=32), nullable=False),
    sa.Column('to_stage', sa.Enum('called', 'guided', 'applied', 'county_recommended', 'city_recommended', 'form_check', 'evaluation', 'publicized', 'approved', 'contracted', 'underway', 'midterm', 'acceptance', 'accepted', 'not_accepted', 'concluded', 'appraised', 'not_approved', 'terminated', 'revoked', 'extended', 'changed', name='projectstage', native_enum=False, length=32), nullable=False),
    sa.Column('moved_on', sa.Date(), nullable=False),
    sa.Column('document_number', sa.String(length=60), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_project_moves_by_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_project_moves_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_moves'))
    )
    with op.batch_alter_table('project_moves', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_moves_project_id'), ['project_id'], unique=False)

    op.create_table('project_partners',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_project_partners_firm_id')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_project_partners_project_id')),
    sa.PrimaryKeyConstraint('project_id', 'firm_id', name=op.f('pk_project_partners'))
    )
    with op.batch_alter_table('project_partners', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_partners_firm_id'), ['firm_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('project_partners', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_partners_firm_id'))

    op.drop_table('project_partners')
    with op.batch_alter_table('project_moves', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_moves_project_id'))

    op.drop_table('project_moves')
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_index('uq_projects_title', sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))
        batch_op.drop_index('ix_projects_owner_id')
        batch_op.drop_index(batch_op.f('ix_projects_firm_id'))
        batch_op.drop_index('ix_projects_approved_on')
        batch_op.drop_index('ix_projects_acceptance_due_on')

    op.drop_table('projects')
    with op.batch_alter_table('institutions', schema=None) as batch_op:
        batch_op.drop_index('uq_institutions_recognition', sqlite_where=sa.text('archived_at IS NULL'), postgresql_where=sa.text('archived_at IS NULL'))
        batch_op.drop_index('ix_institutions_review_due_on')
        batch_op.drop_index(batch_op.f('ix_institutions_firm_id'))
        batch_op.drop_index('ix_institutions_approved_on')

    op.drop_table('institutions')
