"""Keep how much of what an edition asks a judgement knew."""

import sqlalchemy as sa
from alembic import op

revision = "1795788832"
down_revision = "1795784414"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("latest_evaluations") as batch_op:
        batch_op.add_column(sa.Column("data_ratio", sa.Double(), nullable=True))
        batch_op.create_index(
            "ix_latest_evaluations_programme_data_ratio", ["programme", "data_ratio", "firm_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("latest_evaluations") as batch_op:
        batch_op.drop_index("ix_latest_evaluations_programme_data_ratio")
        batch_op.drop_column("data_ratio")
