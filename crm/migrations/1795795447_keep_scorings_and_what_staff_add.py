"""keep scorings and what staff add

What the first versions of the model said is not carried over: they knew no days, and are trained anew.

Revision ID: 1795795447
Revises: 1795793185
Create Date: 2026-11-27 16:04:07.606445

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795795447'
down_revision: str | None = '1795793185'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    with op.batch_alter_table('predictions', schema=None) as batch_op:
        batch_op.drop_index('ix_predictions_version_id_as_of')
        batch_op.drop_index('ix_predictions_firm_id')

    op.drop_table('predictions')
    op.drop_table('model_versions')
    op.create_table('model_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('level', sa.String(length=32), nullable=False),
    sa.Column('data_as_of', sa.Date(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('trees', sa.LargeBinary(), nullable=True),
    sa.Column('trees_sha256', sa.String(length=64), nullable=True),
    sa.Column('rules_digest', sa.String(length=64), nullable=True),
    sa.Column('card', sa.JSON(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('is_live', sa.Boolean(), nullable=False),
    sa.Column('live_by', sa.String(length=60), nullable=True),
    sa.Column('live_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_model_versions'))
    )
    op.create_table('scorings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('firms', sa.Integer(), nullable=False),
    sa.Column('alarms', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['model_versions.id'], name=op.f('fk_scorings_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scorings'))
    )
    with op.batch_alter_table('scorings', schema=None) as batch_op:
        batch_op.create_index('ix_scorings_version_id', ['version_id', 'id'], unique=False)

    op.create_table('predictions',
    sa.Column('scoring_id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('p_pass', sa.Double(), nullable=False),
    sa.Column('low', sa.Double(), nullable=False),
    sa.Column('high', sa.Double(), nullable=False),
    sa.Column('p_apply', sa.Double(), nullable=True),
    sa.Column('potential', sa.Double(), nullable=False),
    sa.Column('potential_low', sa.Double(), nullable=False),
    sa.Column('potential_high', sa.Double(), nullable=False),
    sa.Column('unknown_gates', sa.Integer(), nullable=False),
    sa.Column('has_applied', sa.Boolean(), nullable=False),
    sa.Column('is_borderline', sa.Boolean(), nullable=False),
    sa.Column('explores', sa.Boolean(), nullable=False),
    sa.Column('features', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_predictions_firm_id')),
    sa.ForeignKeyConstraint(['scoring_id'], ['scorings.id'], name=op.f('fk_predictions_scoring_id')),
    sa.PrimaryKeyConstraint('scoring_id', 'firm_id', name=op.f('pk_predictions'))
    )
    with op.batch_alter_table('predictions', schema=None) as batch_op:
        batch_op.create_index('ix_predictions_firm_id', ['firm_id', 'scoring_id'], unique=False)
        batch_op.create_index('ix_predictions_potential', ['scoring_id', 'potential', 'firm_id'], unique=False)

    op.create_table('feedbacks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('scoring_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=32), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_feedbacks_by_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_feedbacks_firm_id')),
    sa.ForeignKeyConstraint(['scoring_id'], ['scorings.id'], name=op.f('fk_feedbacks_scoring_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedbacks'))
    )
    with op.batch_alter_table('feedbacks', schema=None) as batch_op:
        batch_op.create_index('ix_feedbacks_firm_id', ['firm_id', 'id'], unique=False)

    op.create_table('pre_scores',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('marked_on', sa.Date(), nullable=False),
    sa.Column('rights', sa.Integer(), nullable=False),
    sa.Column('conversion', sa.Integer(), nullable=False),
    sa.Column('organisation', sa.Integer(), nullable=False),
    sa.Column('growth', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_pre_scores_by_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_pre_scores_firm_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pre_scores'))
    )
    with op.batch_alter_table('pre_scores', schema=None) as batch_op:
        batch_op.create_index('ix_pre_scores_firm_id', ['firm_id', 'marked_on'], unique=False)

    op.create_table('questionnaires',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=False),
    sa.Column('rd_centre', sa.Integer(), nullable=True),
    sa.Column('has_partner', sa.Boolean(), nullable=True),
    sa.Column('took_part_in_standard', sa.Boolean(), nullable=True),
    sa.Column('conversions', sa.Integer(), nullable=True),
    sa.Column('documents', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_questionnaires_by_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_questionnaires_firm_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questionnaires'))
    )
    with op.batch_alter_table('questionnaires', schema=None) as batch_op:
        batch_op.create_index('ix_questionnaires_firm_id', ['firm_id', 'answered_on'], unique=False)


def downgrade() -> None:
    op.drop_table('predictions')
    op.drop_table('feedbacks')
    op.drop_table('questionnaires')
    op.drop_table('pre_scores')
    op.drop_table('scorings')
    op.drop_table('model_versions')
    op.create_table('model_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('card', sa.JSON(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('is_live', sa.Boolean(), nullable=False),
    sa.Column('live_by', sa.String(length=60), nullable=True),
    sa.Column('live_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('scored_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_model_versions'))
    )
    op.create_table('predictions',
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('p_pass', sa.Double(), nullable=False),
    sa.Column('low', sa.Double(), nullable=False),
    sa.Column('high', sa.Double(), nullable=False),
    sa.Column('p_apply', sa.Double(), nullable=False),
    sa.Column('potential', sa.Double(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_predictions_firm_id')),
    sa.ForeignKeyConstraint(['version_id'], ['model_versions.id'], name=op.f('fk_predictions_version_id')),
    sa.PrimaryKeyConstraint('firm_id', 'version_id', 'as_of', name=op.f('pk_predictions'))
    )
    with op.batch_alter_table('predictions', schema=None) as batch_op:
        batch_op.create_index('ix_predictions_firm_id', ['firm_id'], unique=False)
        batch_op.create_index('ix_predictions_version_id_as_of', ['version_id', 'as_of', 'potential'], unique=False)
