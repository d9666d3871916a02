"""An older schema is brought up after a backup; a newer or a strange one is told and left alone."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm.actions import schema as module
from crm.actions.demo import load_demo
from crm.actions.events import COMMAND
from crm.actions.schema import Schema, SchemaState, downgrade_schema, newest_revision, schema, upgrade_schema
from crm.backup_archive import read_manifest
from crm.extensions import db, migrations
from crm.models import Event
from crm.queries.backups import kept_backups
from pipelines.refusals import Refusal
from pipelines.vocabulary import BackupReason, EventKind

OLDER = "1795813170"
INSERT_A_PLACE = "INSERT INTO townships (id, name, position, aliases) VALUES (1, '西塘镇', 1, '[]')"


def execute(*statements: str) -> None:
    for statement in statements:
        db.session.execute(sa.text(statement))
    db.session.commit()


@pytest.fixture
def older(empty_app):
    migrations.upgrade(OLDER)
    execute(INSERT_A_PLACE)
    return empty_app


def test_an_empty_database_gets_its_tables_and_there_is_nothing_to_save(empty_app):
    assert schema() == Schema(SchemaState.EMPTY, "")

    assert upgrade_schema() is None

    assert schema() == Schema(SchemaState.CURRENT, newest_revision())
    assert kept_backups() == []


def test_a_database_that_is_behind_is_saved_before_it_is_changed(older):
    assert schema() == Schema(SchemaState.BEHIND, OLDER)

    saved = upgrade_schema()

    origin = read_manifest(saved.backup.path).origin
    assert (origin.revision, origin.reason) == (OLDER, BackupReason.BEFORE_UPGRADE)
    assert origin.rows["townships"] == 1
    assert schema().state is SchemaState.CURRENT
    event = db.session.scalars(sa.select(Event)).one()
    assert (event.kind, event.by_name) == (EventKind.BACKUP_MADE, COMMAND.name)


def test_a_database_that_is_up_to_date_is_left_alone(empty_app):
    upgrade_schema()

    assert upgrade_schema() is None
    assert kept_backups() == []


def test_without_its_backup_nothing_is_changed(older, monkeypatch):
    def full(*_):
        raise Refusal("磁盘空间不足")

    monkeypatch.setattr(module, "save", full)
    with pytest.raises(Refusal, match="磁盘空间不足"):
        upgrade_schema()

    assert schema() == Schema(SchemaState.BEHIND, OLDER)


def test_a_database_of_a_newer_program_is_told_and_not_touched(empty_app):
    upgrade_schema()
    execute("UPDATE alembic_version SET version_num = '9999999999'")

    for deed in (upgrade_schema, lambda: downgrade_schema("-1")):
        with pytest.raises(Refusal, match=f"结构版本是 9999999999，这套程序只认到 {newest_revision()}"):
            deed()

    assert schema() == Schema(SchemaState.FOREIGN, "9999999999")
    assert kept_backups() == []


def test_a_database_of_somebody_else_is_told_and_not_touched(empty_app):
    execute("CREATE TABLE orders (id INTEGER)")

    with pytest.raises(Refusal, match="不是雁阵建的库"):
        upgrade_schema()

    assert set(sa.inspect(db.engine).get_table_names()) == {"orders"}


@pytest.mark.parametrize("content", [b"not a database at all" * 400, b"SQLite format 3\x00" + b"\xa5" * 9000])
def test_a_garbled_file_is_told_and_never_written_over(empty_app, content):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a file of SQLite")
    file = Path(empty_app.instance_path) / "crm.db"
    file.write_bytes(content)

    with pytest.raises(Refusal, match="数据库打不开"):
        upgrade_schema()

    assert file.read_bytes() == content


def test_a_step_that_fails_takes_back_the_steps_before_it(older, monkeypatch):
    tables = set(sa.inspect(db.engine).get_table_names())

    def broken():
        raise RuntimeError("the power went")

    monkeypatch.setattr(migrations.script_directory.get_revision(newest_revision()).module, "upgrade", broken)
    with pytest.raises(RuntimeError, match="the power went"):
        upgrade_schema()

    assert schema() == Schema(SchemaState.BEHIND, OLDER)
    assert set(sa.inspect(db.engine).get_table_names()) == tables


def test_the_way_down_and_up_again_keeps_every_row_that_the_older_program_knew(empty_app):
    upgrade_schema()
    load_demo(20, 1, date(2026, 6, 15), lambda _: None)
    before = {name: count(name) for name in ("users", "firms", "contacts", "annual_figures", "recognitions", "events")}

    downgrade_schema(OLDER)
    upgrade_schema()

    after = {name: count(name) for name in before}
    assert after == before | {"events": after["events"]}
    assert after["events"] > before["events"]
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        assert db.session.scalar(sa.text("PRAGMA foreign_keys")) == 1


def count(table):
    return db.session.scalar(sa.text(f"SELECT count(*) FROM {table}"))


def test_a_file_with_a_page_of_zeros_in_it_is_told_and_never_written_over(empty_app):
    """It opens, and what stands on other pages can be read: only who reads it from end to end finds out."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a file of SQLite")
    upgrade_schema()
    pages = db.session.scalar(sa.text("PRAGMA page_count"))
    db.session.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    db.session.remove()
    file = Path(empty_app.instance_path) / "crm.db"
    content = bytearray(file.read_bytes())
    content[(pages - 2) * 4096 : (pages - 1) * 4096] = bytes(4096)
    file.write_bytes(content)

    with pytest.raises(Refusal, match="数据库打不开"):
        upgrade_schema()

    assert file.read_bytes() == content


def test_the_way_back_is_saved_too(empty_app):
    upgrade_schema()

    saved = downgrade_schema("-1")

    assert read_manifest(saved.backup.path).origin.revision == newest_revision()
    assert schema().state is SchemaState.BEHIND
