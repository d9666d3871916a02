"""keep candidacies and campaigns

Revision ID: 1795790410
Revises: 1795789819
Create Date: 2026-11-27 14:40:10.913569

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795790410'
down_revision: str | None = '1795789819'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('campaigns',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme', sa.String(32), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('round', sa.String(length=20), nullable=False),
    sa.Column('target_number', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=True),
    sa.Column('frozen_on', sa.Date(), nullable=True),
    sa.Column('frozen_by', sa.String(length=60), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns')),
    sa.UniqueConstraint('programme', 'year', 'round', name=op.f('uq_campaigns_programme_year_round'))
    )
    op.create_table('campaign_windows',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=True),
    sa.Column('firm_closes_on', sa.Date(), nullable=True),
    sa.Column('hour', sa.String(length=5), nullable=True),
    sa.Column('authority_closes_on', sa.Date(), nullable=True),
    sa.Column('notice_number', sa.String(length=60), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_windows_campaign_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_windows'))
    )
    with op.batch_alter_table('campaign_windows', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_windows_campaign_id'), ['campaign_id'], unique=False)

    op.create_table('material_items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('is_required', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_material_items_campaign_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_material_items')),
    sa.UniqueConstraint('campaign_id', 'label', name=op.f('uq_material_items_campaign_id_label'))
    )
    op.create_table('candidacies',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('target', sa.String(32), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=True),
    sa.Column('stage', sa.String(32), nullable=False),
    sa.Column('stage_since', sa.Date(), nullable=False),
    sa.Column('active_on', sa.Date(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('is_renewal', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=True),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_candidacies_campaign_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_candidacies_firm_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_candidacies_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_candidacies'))
    )
    with op.batch_alter_table('candidacies', schema=None) as batch_op:
        batch_op.create_index('ix_candidacies_campaign_id', ['campaign_id', 'stage'], unique=False)
        batch_op.create_index('ix_candidacies_firm_id', ['firm_id'], unique=False)
        batch_op.create_index('ix_candidacies_owner_id', ['owner_id', 'stage'], unique=False)
        batch_op.create_index('ix_candidacies_stage', ['stage', 'active_on', 'id'], unique=False)
        batch_op.create_index('uq_candidacies_open', ['firm_id', 'target'], unique=True, sqlite_where=sa.text('closed_on IS NULL'), postgresql_where=sa.text('closed_on IS NULL'))

    op.create_table('frozen_candidates',
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_frozen_candidates_campaign_id')),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_frozen_candidates_firm_id')),
    sa.PrimaryKeyConstraint('campaign_id', 'firm_id', name=op.f('pk_frozen_candidates'))
    )
    with op.batch_alter_table('frozen_candidates', schema=None) as batch_op:
        batch_op.create_index('ix_frozen_candidates_firm_id', ['firm_id'], unique=False)

    op.create_table('materials',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('candidacy_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('gap_note', sa.String(length=200), nullable=True),
    sa.Column('reviewer', sa.String(length=60), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['candidacy_id'], ['candidacies.id'], name=op.f('fk_materials_candidacy_id')),
    sa.ForeignKeyConstraint(['item_id'], ['material_items.id'], name=op.f('fk_materials_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_materials')),
    sa.UniqueConstraint('candidacy_id', 'item_id', name=op.f('uq_materials_candidacy_id_item_id'))
    )
    op.create_table('stage_moves',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('candidacy_id', sa.Integer(), nullable=False),
    sa.Column('from_stage', sa.String(32), nullable=True),
    sa.Column('to_stage', sa.String(32), nullable=False),
    sa.Column('moved_on', sa.Date(), nullable=False),
    sa.Column('before_since', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('deed', sa.String(length=32), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_stage_moves_by_id')),
    sa.ForeignKeyConstraint(['candidacy_id'], ['candidacies.id'], name=op.f('fk_stage_moves_candidacy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stage_moves'))
    )
    with op.batch_alter_table('stage_moves', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stage_moves_candidacy_id'), ['candidacy_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stage_moves_deed'), ['deed'], unique=False)
        batch_op.create_index('ix_stage_moves_to_stage_on', ['to_stage', 'moved_on'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('stage_moves', schema=None) as batch_op:
        batch_op.drop_index('ix_stage_moves_to_stage_on')
        batch_op.drop_index(batch_op.f('ix_stage_moves_deed'))
        batch_op.drop_index(batch_op.f('ix_stage_moves_candidacy_id'))

    op.drop_table('stage_moves')
    op.drop_table('materials')
    with op.batch_alter_table('frozen_candidates', schema=None) as batch_op:
        batch_op.drop_index('ix_frozen_candidates_firm_id')

    op.drop_table('frozen_candidates')
    with op.batch_alter_table('candidacies', schema=None) as batch_op:
        batch_op.drop_index('uq_candidacies_open', sqlite_where=sa.text('closed_on IS NULL'), postgresql_where=sa.text('closed_on IS NULL'))
        batch_op.drop_index('ix_candidacies_stage')
        batch_op.drop_index('ix_candidacies_owner_id')
        batch_op.drop_index('ix_candidacies_firm_id')
        batch_op.drop_index('ix_candidacies_campaign_id')

    op.drop_table('candidacies')
    op.drop_table('material_items')
    with op.batch_alter_table('campaign_windows', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaign_windows_campaign_id'))

    op.drop_table('campaign_windows')
    op.drop_table('campaigns')
