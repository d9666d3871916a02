"""Tables that the database itself keeps: a row goes in, and is neither changed nor taken out.

Triggers, since a rule of our own code binds only our own code. They hold on SQLite and on PostgreSQL, against a
command line of the database as well; whoever may drop a trigger is beyond them, and is found by the chain
(crm/queries/event_chain.py). `removable` is the one exception: the rows that a deed of pruning has named before.
"""

from typing import cast

import sqlalchemy as sa

from crm.extensions import Base

_NOTHING = "false"


def append_only(model: type[Base], removable: str = _NOTHING) -> None:
    """removable: the condition, on OLD, of the rows that may be deleted."""
    table = cast(sa.Table, model.__table__)
    for dialect, statements in (("sqlite", _sqlite(table, removable)), ("postgresql", _postgresql(table, removable))):
        for statement in statements:
            sa.event.listen(table, "after_create", sa.DDL(statement).execute_if(dialect=dialect))


def _sqlite(table: sa.Table, removable: str) -> list[str]:
    """REPLACE deletes without asking a trigger for deletions: hence the one for insertions."""
    key = table.primary_key.columns[0].name
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table.name}: rows are only added'); END"
    exists = f"EXISTS (SELECT 1 FROM {table.name} WHERE {key} = NEW.{key})"  # noqa: S608 - our own names
    return [
        f"CREATE TRIGGER {table.name}_update BEFORE UPDATE ON {table.name} {refuse}",
        f"CREATE TRIGGER {table.name}_delete BEFORE DELETE ON {table.name} WHEN NOT ({removable}) {refuse}",
        f"CREATE TRIGGER {table.name}_replace BEFORE INSERT ON {table.name} WHEN {exists} {refuse}",
    ]


def _postgresql(table: sa.Table, removable: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table.name}_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN IF {removable} THEN RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION '{table.name}: rows are only added' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER {table.name}_kept BEFORE UPDATE OR DELETE ON {table.name} "
        f"FOR EACH ROW EXECUTE FUNCTION {table.name}_kept()",
        f"CREATE TRIGGER {table.name}_not_emptied BEFORE TRUNCATE ON {table.name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table.name}_kept()",
    ]
