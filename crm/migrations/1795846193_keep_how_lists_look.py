"""keep how lists look

Revision ID: 1795846193
Revises: 1795847610
Create Date: 2026-11-28 06:09:53

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1795846193'
down_revision: str | None = '1795847610'
branch_labels: str | None = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table('preferences',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('firm_list', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_preferences_user_id')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_preferences'))
    )
    with op.batch_alter_table('annual_figures', schema=None) as batch_op:
        batch_op.create_index('ix_annual_figures_year', [
            'year', 'firm_id', 'sales_revenue', 'operating_revenue', 'total_income', 'high_tech_revenue', 'rd_spend',
            'net_profit', 'tax_paid', 'total_assets', 'staff', 'tech_staff',
        ], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('annual_figures', schema=None) as batch_op:
        batch_op.drop_index('ix_annual_figures_year')

    op.drop_table('preferences')
