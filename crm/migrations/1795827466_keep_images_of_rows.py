"""keep images of rows, so that whole deeds can be taken back

Revision ID: 1795827466
Revises: 1795827122
Create Date: 2026-11-28 00:24:26

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795827466'
down_revision: str | None = '1795827122'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('row_images',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('deed', sa.String(length=40), nullable=False),
    sa.Column('firm_id', sa.Integer(), nullable=False),
    sa.Column('images', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_row_images'))
    )
    with op.batch_alter_table('row_images', schema=None) as batch_op:
        batch_op.create_index('ix_row_images_deed', ['deed', 'firm_id'], unique=False)

    op.create_table('once_tokens',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('target', sa.String(length=2000), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_once_tokens'))
    )
    with op.batch_alter_table('once_tokens', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_once_tokens_made_at'), ['made_at'], unique=False)

    op.create_table('merges',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kept_id', sa.Integer(), nullable=False),
    sa.Column('gone_id', sa.Integer(), nullable=False),
    sa.Column('kept_name', sa.String(length=120), nullable=False),
    sa.Column('gone_name', sa.String(length=120), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.String(length=60), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merges'))
    )
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.create_index('ix_merges_gone_id', ['gone_id'], unique=False)
        batch_op.create_index('ix_merges_kept_id', ['kept_id'], unique=False)

    op.create_table('distinct_pairs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('by_name', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_distinct_pairs')),
    sa.UniqueConstraint('first_id', 'second_id', name=op.f('uq_distinct_pairs_first_id_second_id'))
    )
    with op.batch_alter_table('firms', schema=None) as batch_op:
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_firms_merged_into_id'), ['merged_into_id'], unique=False)

    with op.batch_alter_table('import_batches', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('undone_by', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('undone', sa.JSON(), nullable=True))

    if not any(key['referred_table'] == 'firms' for key in sa.inspect(op.get_bind()).get_foreign_keys('events')):
        return  # a step back leaves it away, see below
    triggers = _triggers_of_events()  # SQLite makes the table anew, and they would go with the old one
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_events_firm_id'), type_='foreignkey')
    for statement in triggers:
        op.execute(statement)


def downgrade() -> None:
    # The key from events to firms is not put back: a sealed event of a firm that was taken away cannot be changed.
    with op.batch_alter_table('import_batches', schema=None) as batch_op:
        batch_op.drop_column('undone')
        batch_op.drop_column('undone_by')
        batch_op.drop_column('undone_at')
        batch_op.drop_column('kind')

    with op.batch_alter_table('firms', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_firms_merged_into_id'))
        batch_op.drop_column('merged_into_id')

    op.drop_table('distinct_pairs')
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.drop_index('ix_merges_kept_id')
        batch_op.drop_index('ix_merges_gone_id')

    op.drop_table('merges')
    with op.batch_alter_table('once_tokens', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_once_tokens_made_at'))

    op.drop_table('once_tokens')

    with op.batch_alter_table('row_images', schema=None) as batch_op:
        batch_op.drop_index('ix_row_images_deed')

    op.drop_table('row_images')


def _triggers_of_events() -> list[str]:
    if op.get_bind().dialect.name != 'sqlite':
        return []
    named = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'")
    return list(op.get_bind().execute(named).scalars())
