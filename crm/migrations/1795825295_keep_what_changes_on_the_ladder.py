"""keep what changes on the ladder

Revision ID: 1795825295
Revises: 1795817069
Create Date: 2026-11-28 00:21:35

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795825295'
down_revision: str | None = '1795817069'
branch_labels: str | None = ()
depends_on: str | None = None

_TARGETS = sa.table(
    'targets', *map(sa.column, ('year', 'code', 'label', 'unit', 'value', 'counts', 'is_headline', 'position'))
)
_LABELS = {
    'tech_sme': '省科技型中小企业在册', 'high_tech': '高新技术企业有效家数', 'little_giant': '科技小巨人有效家数',
    'leading': '科技领军企业有效家数',
}


def upgrade() -> None:
    op.create_table('ladder_tallies',
    sa.Column('span', sa.String(32), nullable=False),
    sa.Column('begins', sa.Date(), nullable=False),
    sa.Column('township_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(32), nullable=False),
    sa.Column('before', sa.String(length=32), nullable=False),
    sa.Column('after', sa.String(length=32), nullable=False),
    sa.Column('is_alone', sa.Boolean(), nullable=False),
    sa.Column('firms', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('span', 'begins', 'township_id', 'kind', 'before', 'after', 'is_alone', name=op.f('pk_ladder_tallies')),
    sqlite_with_rowid=False
    )
    op.create_table('reports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(32), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('paper', sa.LargeBinary(), nullable=False),
    sa.Column('workbook', sa.LargeBinary(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reports'))
    )
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.create_index('ix_reports_last', ['last'], unique=False)

    op.create_table('target_actuals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('reached_on', sa.Date(), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.String(length=120), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target_actuals'))
    )
    with op.batch_alter_table('target_actuals', schema=None) as batch_op:
        batch_op.create_index('ix_target_actuals_code_reached_on', ['code', 'reached_on'], unique=False)

    op.create_table('news_seen',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_news_seen_user_id')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_news_seen'))
    )
    op.create_table('ladder_changes',
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('changed_on', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(32), nullable=False),
    sa.Column('before', sa.String(length=32), nullable=False),
    sa.Column('after', sa.String(length=32), nullable=False),
    sa.Column('township_id', sa.Integer(), nullable=False),
    sa.Column('is_alone', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['firm_id'], ['firms.id'], name=op.f('fk_ladder_changes_firm_id')),
    sa.PrimaryKeyConstraint('firm_id', 'changed_on', 'kind', 'before', 'after', name=op.f('pk_ladder_changes'))
    )
    with op.batch_alter_table('ladder_changes', schema=None) as batch_op:
        batch_op.create_index('ix_ladder_changes_is_alone_changed_on', ['is_alone', 'changed_on'], unique=False)

    kept = _rows('year', 'tier', 'stock')
    op.drop_table('targets')
    _create_targets()
    op.create_table('target_shares',
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('township_id', sa.Integer(), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['target_id'], ['targets.id'], name=op.f('fk_target_shares_target_id')),
    sa.ForeignKeyConstraint(['township_id'], ['townships.id'], name=op.f('fk_target_shares_township_id')),
    sa.PrimaryKeyConstraint('target_id', 'township_id', name=op.f('pk_target_shares'))
    )
    for year, tier, stock in kept:
        op.execute(_TARGETS.insert().values(
            year=year, code=f'{tier}_stock', label=_LABELS.get(tier, tier), unit='家', value=stock * 100,
            counts=f'{tier}_stock', is_headline=False, position=0,
        ))


def downgrade() -> None:
    kept = [(year, counts[: -len('_stock')], value // 100) for year, counts, value in _rows('year', 'counts', 'value')
            if counts and counts.endswith('_stock')]
    op.drop_table('target_shares')
    op.drop_table('targets')
    op.create_table('targets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('tier', sa.String(32), nullable=False),
    sa.Column('stock', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_targets')),
    sa.UniqueConstraint('year', 'tier', name=op.f('uq_targets_year_tier'))
    )
    old = sa.table('targets', sa.column('year'), sa.column('tier'), sa.column('stock'))
    for year, tier, stock in kept:
        op.execute(old.insert().values(year=year, tier=tier, stock=stock))
    with op.batch_alter_table('ladder_changes', schema=None) as batch_op:
        batch_op.drop_index('ix_ladder_changes_is_alone_changed_on')

    op.drop_table('ladder_changes')
    op.drop_table('news_seen')
    with op.batch_alter_table('target_actuals', schema=None) as batch_op:
        batch_op.drop_index('ix_target_actuals_code_reached_on')

    op.drop_table('target_actuals')
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.drop_index('ix_reports_last')

    op.drop_table('reports')
    op.drop_table('ladder_tallies')


def _rows(*columns: str) -> list:
    targets = sa.table('targets', *map(sa.column, columns))
    return list(op.get_bind().execute(sa.select(*targets.c)))


def _create_targets() -> None:
    op.create_table('targets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('unit', sa.String(length=10), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.Column('counts', sa.String(32), nullable=True),
    sa.Column('is_headline', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=120), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_targets')),
    sa.UniqueConstraint('year', 'code', name=op.f('uq_targets_year_code'))
    )
