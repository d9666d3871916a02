"""keep the timelines of firms

Revision ID: 1795846200
Revises: 1795845100
Create Date: 2026-11-28 06:10:00

What happened to a firm is not pruned with the rest of the log.
"""
from alembic import op


# revision identifiers, used by Alembic.
revision: str = '1795846200'
down_revision: str | None = '1795845100'
branch_labels: str | None = ()
depends_on: str | None = None

_PRUNED = 'OLD.id <= (SELECT COALESCE(MAX(last_id), 0) FROM event_prunings)'


def upgrade() -> None:
    _let_go(f'OLD.firm_id IS NULL AND {_PRUNED}')


def downgrade() -> None:
    _let_go(_PRUNED)


def _let_go(removable: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute("DROP TRIGGER events_delete")
        op.execute(
            f"CREATE TRIGGER events_delete BEFORE DELETE ON events WHEN NOT ({removable}) "
            "BEGIN SELECT RAISE(ABORT, 'events: rows are only added'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION events_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN IF {removable} THEN RETURN OLD; END IF; END IF; "
        "RAISE EXCEPTION 'events: rows are only added' USING ERRCODE = 'restrict_violation'; END $$"
    )
