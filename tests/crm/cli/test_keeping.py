"""check-deploy, backup, restore and the schema by command; and what refuses to serve."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask, has_app_context

from crm.actions import checks
from crm.actions.findings import attention, danger, fine
from crm.backup_archive import unpack
from crm.extensions import db, migrations
from crm.queries.backups import kept_backups
from tests.backups import rows_in
from tests.builders import a_firm

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(app, tmp_path, monkeypatch) -> Path:
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", tmp_path / "backups")
    migrations.stamp()
    return tmp_path / "backups"


def run(app: Flask, *arguments: str | Path) -> Result:
    if has_app_context():
        db.session.commit()
    with app.app_context():
        return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("findings", "code", "counted"),
    [
        ([fine("好")], 0, "正常 1，注意 0，危险 0。"),
        ([fine("好"), attention("旧了", "换一个")], 1, "正常 1，注意 1，危险 0。"),
        ([danger("坏了", "修好"), attention("旧了", "换一个")], 2, "正常 0，注意 1，危险 1。"),
    ],
)
def test_check_deploy_tells_each_line_what_to_do_and_its_code(app, monkeypatch, findings, code, counted):
    monkeypatch.setattr(checks, "_CHECKS", {f"项目{n}": lambda each=each: each for n, each in enumerate(findings)})

    done = run(app, "check-deploy")

    assert (done.exit_code, done.output.splitlines()[-1]) == (code, counted)
    for number, each in enumerate(findings):
        assert f"[{each.state.label}] 项目{number}：{each.found}" in done.output
        assert each.todo in done.output


def test_backup_into_the_folder_says_where_it_lies(app, folder):
    done = run(app, "backup")

    (kept,) = kept_backups()
    assert done.exit_code == 0
    assert f"已备份到 {kept.name}" in done.output
    assert f"文件：{kept.path}" in done.output


def test_backup_into_a_file_of_ones_own(app, folder, tmp_path):
    done = run(app, "backup", "-o", tmp_path / "mine.zip")
    again = run(app, "backup", "-o", tmp_path / "mine.zip")

    assert (done.exit_code, again.exit_code) == (0, 1)
    assert "已经存在，没有覆盖" in again.output
    assert unpack(tmp_path / "mine.zip").origin.by_name == "命令行"


def test_restore_prints_every_count_beside_that_of_the_manifest(app, folder, place):
    a_firm()
    run(app, "backup")
    (kept,) = kept_backups()

    done = run(place, "restore", kept.path)

    assert done.exit_code == 0, done.output
    firms = next(line.split() for line in done.output.splitlines() if line.startswith("firms"))
    assert firms == ["firms", "1", "1", "一致"]
    assert "行数与备份清单逐表一致" in done.output
    assert rows_in(place, "firms") == 1


def test_restore_into_a_place_that_holds_something_ends_with_a_sentence(app, folder):
    a_firm()
    run(app, "backup")

    done = run(app, "restore", kept_backups()[0].path)

    assert done.exit_code == 1
    assert "这里已有数据" in done.output
    assert db.session.scalar(sa.text("SELECT count(*) FROM firms")) == 1


def test_restore_of_a_file_that_is_not_there(app, folder, tmp_path):
    assert run(app, "restore", tmp_path / "nothing.zip").exit_code == 2


@pytest.mark.parametrize("command", [("upgrade",), ("db", "upgrade")])
def test_upgrade_saves_a_database_that_is_behind(place, command):
    with place.app_context():
        migrations.upgrade("1795813170")

    done = run(place, *command)

    with place.app_context():
        (kept,) = kept_backups()
    assert done.exit_code == 0, done.output
    assert f"改动结构之前已备份到 {kept.name}" in done.output
    assert "数据库结构已是最新。" in done.output


@pytest.mark.parametrize("command", [("upgrade",), ("db", "upgrade"), ("db", "downgrade"), ("up",)])
def test_a_database_of_a_newer_program_is_refused_by_every_command(place, command, monkeypatch):
    monkeypatch.setitem(place.config, "PORT", 1)
    with place.app_context():
        migrations.upgrade()
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = '9999999999'"))
        db.session.commit()

    done = run(place, *command)

    assert done.exit_code == 1
    assert "结构版本是 9999999999" in done.output


def test_the_way_back_by_number_and_by_name(place):
    run(place, "upgrade")

    assert "改动结构之前已备份到" in run(place, "db", "downgrade", "1").output
    assert run(place, "db", "downgrade", "base").exit_code == 0


def started(tmp_path: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    usual = {"CRM_MODE": "production", "CRM_INSTANCE": str(tmp_path / "office"), "CRM_PORT": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=kept | usual | settings, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("-c", "import wsgi"), 3),  # what gunicorn and waitress-serve do
        (("-m", "flask", "--app", "wsgi", "run", "--port", "1"), 3),
        (("-m", "flask", "--app", "wsgi", "up"), 1),
        (("-m", "flask", "--app", "wsgi", "clock"), 1),
        (("-m", "flask", "--app", "wsgi", "run-job", "deliver_reminders"), 1),
    ],
    ids=["a server", "run", "up", "clock", "run-job"],
)
def test_production_with_the_built_in_secret_does_not_start_whatever_starts_it(tmp_path, command, code):
    refused = started(tmp_path, *command)

    assert refused.returncode == code
    assert "密钥：用的是内置密钥" in refused.stderr
    assert "CRM_SECRET_KEY" in refused.stderr


def test_production_with_a_secret_of_its_own_starts_once_there_are_tables(tmp_path):
    secret = {"CRM_SECRET_KEY": "x" * 48}

    before = started(tmp_path, "-c", "import wsgi", **secret)
    started(tmp_path, "-m", "flask", "--app", "wsgi", "upgrade", **secret)
    after = started(tmp_path, "-c", "import wsgi", **secret)

    assert (before.returncode, "还没有建表" in before.stderr) == (3, True)
    assert after.returncode == 0, after.stderr


def test_move_database_tells_each_table_and_where_to_go_on(app, folder, tmp_path):
    a_firm()
    target = tmp_path / "moved.db"

    tried, there_yet = run(app, "move-database", f"sqlite:///{target}", "--dry-run"), target.exists()
    done = run(app, "move-database", f"sqlite:///{target}")
    again = run(app, "move-database", f"sqlite:///{target}")

    assert (tried.exit_code, there_yet, done.exit_code, again.exit_code) == (0, False, 0, 1)
    assert "目标库里没有留下任何内容" in tried.output
    assert [line.split()[1] for line in done.output.splitlines() if line.startswith("firms ")] == ["1"]
    assert "请把 CRM_DATABASE_URL 改成新的地址再启动" in done.output
    assert "已经存在，没有迁移" in again.output
