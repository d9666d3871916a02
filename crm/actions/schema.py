"""The schema of the database against what this code knows: brought up after a backup, told when it is newer."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import NamedTuple

from crm.actions.backups import Saved, record_saved, save
from crm.actions.database_copies import is_database_empty, refuse_damage, revision
from crm.actions.events import COMMAND
from crm.extensions import migrations
from crm.queries.backups import restore_was_cut_off
from pipelines.refusals import Refusal
from pipelines.vocabulary import BackupReason

CUT_OFF = "上一次从备份恢复没有做完（中途断电或被关闭），不能使用；请重新执行 flask restore 备份文件。"


class SchemaState(Enum):
    EMPTY = "empty"
    CURRENT = "current"
    BEHIND = "behind"
    FOREIGN = "foreign"


class Schema(NamedTuple):
    state: SchemaState
    revision: str


def schema() -> Schema:
    """Where the database stands. FOREIGN: of a newer program, or of none that this one knows."""
    if is_database_empty():
        return Schema(SchemaState.EMPTY, "")
    found = revision()
    if not is_known(found):
        return Schema(SchemaState.FOREIGN, found)
    return Schema(SchemaState.CURRENT if found == newest_revision() else SchemaState.BEHIND, found)


def is_known(revision: str) -> bool:
    return revision in {script.revision for script in migrations.script_directory.walk_revisions()}


def newest_revision() -> str:
    return str(migrations.script_directory.get_current_head())


def told(found: Schema) -> str:
    """Why this code does not work with a database from elsewhere."""
    if not found.revision:
        return "数据库里有表，却没有结构版本的记录，不是雁阵建的库。请核对 CRM_DATABASE_URL。"
    return (
        f"数据库的结构版本是 {found.revision}，这套程序只认到 {newest_revision()}：库由更新的程序升级过。"
        "请换用新的程序，或从旧备份恢复到空的位置；库没有改动。"
    )


def upgrade_schema(target: str = "heads") -> Saved | None:
    """Bring the schema up; what is in the database is saved first. None: there was nothing to save."""
    found = _of_ours()
    saved = save(BackupReason.BEFORE_UPGRADE, COMMAND) if found.state is SchemaState.BEHIND else None
    with in_one_transaction():
        migrations.upgrade(target)
    if saved and schema().state is SchemaState.CURRENT:
        record_saved(saved, COMMAND)
    return saved


def downgrade_schema(target: str) -> Saved | None:
    """Back to what an older program knows; what it does not know is lost, but for the backup."""
    found = _of_ours()
    saved = save(BackupReason.BEFORE_UPGRADE, COMMAND) if found.state is not SchemaState.EMPTY else None
    if saved and found.state is SchemaState.CURRENT:
        record_saved(saved, COMMAND)
    with in_one_transaction():
        migrations.downgrade(target)
    return saved


@contextmanager
def in_one_transaction() -> Iterator[None]:
    """All steps or none. On SQLite Python begins no transaction before a CREATE or DROP; and to change a table is to
    copy and drop it, which must not take along, or be refused for, the rows that refer to it."""
    connection = migrations.migration_context.connection
    if connection is None or connection.dialect.name != "sqlite":
        yield
        return
    connection.rollback()
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")  # has no effect within a transaction
    connection.rollback()
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.rollback()


def _of_ours() -> Schema:
    if restore_was_cut_off():
        raise Refusal(CUT_OFF)
    refuse_damage()
    found = schema()
    if found.state is SchemaState.FOREIGN:
        raise Refusal(told(found))
    return found
