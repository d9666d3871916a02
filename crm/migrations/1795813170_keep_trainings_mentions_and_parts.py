"""keep trainings mentions and parts

Revision ID: 1795813170
Revises: 1795797900
Create Date: 2026-11-27 20:59:30

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795813170'
down_revision: str | None = '1795797900'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('trainings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=True),
    sa.Column('speaker', sa.String(length=60), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trainings'))
    )
    with op.batch_alter_table('trainings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trainings_held_on'), ['held_on'], unique=False)

    op.create_table('attendances',
    sa.Column('training_id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_attendances_firm_id')),
    sa.ForeignKeyConstraint(['training_id'], ['trainings.id'], name=op.f('fk_attendances_training_id')),
    sa.PrimaryKeyConstraint('training_id', 'firm_id', name=op.f('pk_attendances'))
    )
    with op.batch_alter_table('attendances', schema=None) as batch_op:
        batch_op.create_index('ix_attendances_firm_id', ['firm_id'], unique=False)

    op.create_table('application_parts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('candidacy_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('project', 'product', name='partkind', native_enum=False, length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['candidacy_id'], ['candidacies.id'], name=op.f('fk_application_parts_candidacy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_parts')),
    sa.UniqueConstraint('candidacy_id', 'kind', 'number', name=op.f('uq_application_parts_candidacy_id_kind_number'))
    )
    with op.batch_alter_table('application_parts', schema=None) as batch_op:
        batch_op.create_index('ix_application_parts_candidacy_id', ['candidacy_id'], unique=False)

    op.create_table('mentions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.String(length=300), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_mentions_firm_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_mentions_user_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visits.id'], name=op.f('fk_mentions_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentions'))
    )
    with op.batch_alter_table('mentions', schema=None) as batch_op:
        batch_op.create_index('ix_mentions_user_id', ['user_id', 'seen_at'], unique=False)

    op.create_table('application_part_rights',
    sa.Column('part_id', sa.Integer(), nullable=False),
    sa.Column('ip_right_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ip_right_id'], ['ip_rights.id'], name=op.f('fk_application_part_rights_ip_right_id')),
    sa.ForeignKeyConstraint(['part_id'], ['application_parts.id'], name=op.f('fk_application_part_rights_part_id')),
    sa.PrimaryKeyConstraint('part_id', 'ip_right_id', name=op.f('pk_application_part_rights'))
    )
    with op.batch_alter_table('application_part_rights', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_part_rights_ip_right_id'), ['ip_right_id'], unique=False)

    op.create_table('application_product_projects',
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['application_parts.id'], name=op.f('fk_application_product_projects_product_id')),
    sa.ForeignKeyConstraint(['project_id'], ['application_parts.id'], name=op.f('fk_application_product_projects_project_id')),
    sa.PrimaryKeyConstraint('product_id', 'project_id', name=op.f('pk_application_product_projects'))
    )
    with op.batch_alter_table('application_product_projects', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_product_projects_project_id'), ['project_id'], unique=False)

    with op.batch_alter_table('follow_ups', schema=None) as batch_op:
        batch_op.add_column(sa.Column('by_id', sa.Integer(), nullable=True))
        batch_op.create_index('ix_follow_ups_by_id', ['by_id', 'done_on'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_follow_ups_by_id'), 'users', ['by_id'], ['id'])



    # Derived: the nightly refresh fills it, and each deed on a firm.
    with op.batch_alter_table('standings', schema=None) as batch_op:
        batch_op.add_column(sa.Column('visit_due_on', sa.Date(), nullable=True))
        batch_op.create_index('ix_standings_owner_id_visit_due_on', ['owner_id', 'is_archived', 'visit_due_on'], unique=False)
        batch_op.create_index('ix_standings_visit_due_on', ['visit_due_on', 'is_archived', 'township_id'], unique=False)

    with op.batch_alter_table('candidacies', schema=None) as batch_op:
        batch_op.drop_index('ix_candidacies_stage')
        batch_op.drop_index('ix_candidacies_owner_id')
        batch_op.add_column(sa.Column('is_archived', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE candidacies SET is_archived = true WHERE firm_id IN "
               "(SELECT id FROM firms WHERE archived_at IS NOT NULL)")
    with op.batch_alter_table('candidacies', schema=None) as batch_op:
        batch_op.alter_column('is_archived', existing_type=sa.Boolean(), server_default=None)
        batch_op.create_index('ix_candidacies_stage', ['is_archived', 'stage', 'active_on', 'id'], unique=False)
        batch_op.create_index(
            'ix_candidacies_owner_id', ['owner_id', 'is_archived', 'stage', 'active_on'], unique=False
        )

    with op.batch_alter_table('stage_moves', schema=None) as batch_op:
        batch_op.drop_index('ix_stage_moves_to_stage_on')
        batch_op.create_index(
            'ix_stage_moves_moved_on', ['moved_on', 'undone_at', 'candidacy_id', 'from_stage', 'to_stage'], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table('stage_moves', schema=None) as batch_op:
        batch_op.drop_index('ix_stage_moves_moved_on')
        batch_op.create_index('ix_stage_moves_to_stage_on', ['to_stage', 'moved_on'], unique=False)

    with op.batch_alter_table('candidacies', schema=None) as batch_op:
        batch_op.drop_index('ix_candidacies_owner_id')
        batch_op.drop_index('ix_candidacies_stage')
        batch_op.drop_column('is_archived')
        batch_op.create_index('ix_candidacies_stage', ['stage', 'active_on', 'id'], unique=False)
        batch_op.create_index('ix_candidacies_owner_id', ['owner_id', 'stage'], unique=False)

    with op.batch_alter_table('standings', schema=None) as batch_op:
        batch_op.drop_index('ix_standings_visit_due_on')
        batch_op.drop_index('ix_standings_owner_id_visit_due_on')
        batch_op.drop_column('visit_due_on')

    with op.batch_alter_table('follow_ups', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_follow_ups_by_id'), type_='foreignkey')
        batch_op.drop_index('ix_follow_ups_by_id')
        batch_op.drop_column('by_id')

    with op.batch_alter_table('application_product_projects', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_product_projects_project_id'))

    op.drop_table('application_product_projects')
    with op.batch_alter_table('application_part_rights', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_part_rights_ip_right_id'))

    op.drop_table('application_part_rights')
    with op.batch_alter_table('mentions', schema=None) as batch_op:
        batch_op.drop_index('ix_mentions_user_id')

    op.drop_table('mentions')
    with op.batch_alter_table('application_parts', schema=None) as batch_op:
        batch_op.drop_index('ix_application_parts_candidacy_id')

    op.drop_table('application_parts')
    with op.batch_alter_table('attendances', schema=None) as batch_op:
        batch_op.drop_index('ix_attendances_firm_id')

    op.drop_table('attendances')
    with op.batch_alter_table('trainings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trainings_held_on'))

    op.drop_table('trainings')
