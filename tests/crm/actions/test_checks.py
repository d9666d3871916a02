"""Each line of the list on a house that is well and on one that is not."""

import errno
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions import checks as module
from crm.actions import checks_of_settings, checks_of_state
from crm.actions.backups import back_up
from crm.actions.checks import Check, all_checks, refuse_unsafe_start, worst
from crm.actions.demo import DEMO_PASSWORD
from crm.actions.events import SYSTEM, record_event
from crm.actions.password_hashes import hashed
from crm.actions.reminders import keep_watch
from crm.actions.restoring import rehearse
from crm.extensions import db, migrations
from pipelines.refusals import Refusal
from pipelines.vocabulary import BackupReason, CheckState, EventKind, Role
from tests.backups import a_file_of, ago, spoil
from tests.builders import a_user
from tests.smtp import post_office

FINE, ATTENTION, DANGER = CheckState
GIGABYTE = 1024**3


@pytest.fixture
def house(app, tmp_path, monkeypatch):
    """In production, with everything as it should be; a test spoils one thing by set(NAME=value)."""

    def set_to(**values) -> None:
        for name, value in values.items():
            monkeypatch.setitem(app.config, name, value)

    (tmp_path / "second").mkdir()
    set_to(
        MODE="production", SECRET_KEY="k" * 48, TRUSTED_HOSTS=["crm.example.cn"], BASE_URL="https://crm.example.cn",
        SESSION_COOKIE_SECURE=True, TRUSTED_PROXIES=1, HOST="127.0.0.1", MAIL_BACKEND="smtp",
        BACKUP_FOLDER=tmp_path / "backups", BACKUP_SECOND_FOLDER=tmp_path / "second",
    )  # fmt: skip
    migrations.stamp()
    a_user(Role.ADMINISTRATOR)
    db.session.commit()
    os.chmod(app.instance_path, 0o700)
    with post_office() as (_, port):
        set_to(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_USERNAME=None, MAIL_USE_TLS=False, MAIL_USE_SSL=False)
        yield set_to


def line(name: str) -> Check:
    return next(check for check in all_checks() if check.name == name)


def told(name: str) -> tuple[CheckState, str]:
    check = line(name)
    assert bool(check.todo) == (check.state is not FINE)
    return check.state, check.found


def test_a_house_that_is_well_says_so_in_every_line(app, house):
    back_up(BackupReason.NIGHTLY, SYSTEM)
    rehearse(SYSTEM)
    keep_watch("clock", clock.now())

    assert [check for check in all_checks() if check.state is not FINE] == []
    assert worst(all_checks()) is FINE
    assert refuse_unsafe_start(app) == []


def test_demo_is_only_told(app, house):
    house(MODE="demo")

    assert told("运行方式")[0] is ATTENTION
    assert refuse_unsafe_start(app) == []


def test_debugging_in_production_is_dangerous(app, house, monkeypatch):
    monkeypatch.setattr(app, "debug", True)

    state, found = told("运行方式")

    assert (state, "执行命令" in found) == (DANGER, True)


@pytest.mark.parametrize(
    ("secret", "mode", "state"),
    [
        (checks_of_settings.BUILT_IN_SECRET, "production", DANGER),
        ("short", "production", DANGER),
        ("x" * 31, "production", DANGER),
        ("x" * 32, "production", FINE),
        (checks_of_settings.BUILT_IN_SECRET, "demo", ATTENTION),
    ],
)
def test_secret(house, secret, mode, state):
    house(SECRET_KEY=secret, MODE=mode)

    assert told("密钥")[0] is state


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"TRUSTED_HOSTS": None}, "没有限定主机名"),
        ({"BASE_URL": "http://127.0.0.1:8000"}, "别的电脑打不开"),
        ({"BASE_URL": "https://other.cn"}, "other.cn 不在允许之列"),
    ],
)
def test_hosts(house, values, words):
    house(**values)

    assert told("允许的主机名")[0] is ATTENTION
    assert words in told("允许的主机名")[1]


def test_a_host_below_a_trusted_one_is_trusted(house):
    house(TRUSTED_HOSTS=[".example.cn"])

    assert told("允许的主机名")[0] is FINE


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"SESSION_COOKIE_SECURE": False}, "明文传送"),
        ({"BASE_URL": "http://crm.example.cn"}, "登录不上"),
        ({"TRUSTED_PROXIES": 0}, "锁住大家"),
        ({"HOST": "0.0.0.0"}, "绕过代理"),  # noqa: S104 - the fault that is looked for
    ],
)
def test_cookies_and_encryption(house, values, words):
    house(**values)

    assert told("登录凭证和加密")[0] is ATTENTION
    assert words in told("登录凭证和加密")[1]


def test_mail_that_stays_in_files_is_told(house):
    house(MAIL_BACKEND="crm.mail_files")

    assert "只写成文件" in told("邮件")[1]


def test_a_mail_server_that_does_not_answer_is_told_and_keeps_nobody_from_starting(app, house):
    house(MAIL_PORT=1)

    state, found = told("邮件")

    assert (state, "连不上" in found) == (ATTENTION, True)
    assert "邮件" in [check.name for check in refuse_unsafe_start(app)]


def test_a_mail_password_without_encryption_is_told(house):
    house(MAIL_USERNAME="yanzhen")

    assert "明文传送" in told("邮件")[1]


@pytest.mark.parametrize("how", ["MAIL_USE_SSL", "MAIL_USE_TLS"])
def test_a_mail_server_that_does_not_speak_the_encryption_asked_for_is_told(house, how):
    house(**{how: True})

    assert "连不上" in told("邮件")[1]


def only_sqlite() -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a fault of SQLite")


def test_a_database_that_somebody_writes_to_is_well(app, house):
    only_sqlite()
    writer = sqlite3.connect(Path(app.instance_path) / "crm.db")
    writer.execute("BEGIN IMMEDIATE")

    assert told("数据库") == (FINE, "可读可写，此刻正有人在写入。")
    writer.close()


def test_a_database_that_cannot_be_written_is_dangerous(house, monkeypatch):
    def read_only(*_):
        raise sa.exc.OperationalError("BEGIN", {}, sqlite3.OperationalError("attempt to write a readonly database"))

    monkeypatch.setattr(checks_of_state, "impatient_connection", read_only)

    assert told("数据库") == (DANGER, "数据库只读，不能保存。")


def test_a_page_of_zeros_in_the_database_is_dangerous(app, house):
    only_sqlite()
    db.session.remove()
    db.engine.dispose()
    file = Path(app.instance_path) / "crm.db"
    sqlite3.connect(file).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    content = bytearray(file.read_bytes())
    content[4096 * 5 : 4096 * 9] = bytes(4096 * 4)
    file.write_bytes(content)

    assert told("数据库")[0] is DANGER


def test_text_in_the_place_of_the_database_is_dangerous_and_stays(app, house):
    only_sqlite()
    db.session.remove()
    db.engine.dispose()
    file = Path(app.instance_path) / "crm.db"
    for leftover in file.parent.glob("crm.db-*"):
        leftover.unlink()
    file.write_bytes(b"no database" * 1000)

    assert told("数据库")[0] is told("数据库结构")[0] is DANGER
    with pytest.raises(Refusal, match="数据库"):
        refuse_unsafe_start(app)
    assert file.read_bytes() == b"no database" * 1000


@pytest.mark.parametrize(
    ("revision", "words"), [("1795792199", "旧于程序"), ("9999999999", "由更新的程序升级过"), (None, "还没有建表")]
)
def test_a_schema_that_is_not_ours_is_dangerous(app, house, monkeypatch, revision, words):
    monkeypatch.setattr("crm.actions.schema.revision", lambda: revision)
    monkeypatch.setattr("crm.actions.schema.is_database_empty", lambda: revision is None)

    state, found = told("数据库结构")

    assert (state, words in found) == (DANGER, True)
    with pytest.raises(Refusal, match=words):
        refuse_unsafe_start(app)


def test_a_restore_that_was_cut_off_keeps_even_the_demo_from_starting(app, house):
    house(MODE="demo")
    (Path(app.instance_path) / "restoring").mkdir()
    try:
        assert told("数据库结构")[0] is DANGER
        with pytest.raises(Refusal, match="恢复没有做完"):
            refuse_unsafe_start(app)
    finally:
        (Path(app.instance_path) / "restoring").rmdir()


def test_backups(house, tmp_path):
    assert told("备份") == (ATTENTION, "还没有备份。")

    (tmp_path / "backups").mkdir()
    a_file_of(tmp_path / "backups", ago(hours=30))
    assert told("备份") == (ATTENTION, "最近的备份是 30 小时前的，已超过 26 小时。")

    a_file_of(tmp_path / "backups", ago(hours=25, minutes=30))
    assert told("备份") == (FINE, "最近的备份做于 25 小时前，共留有 2 份。")

    a_file_of(tmp_path / "backups", ago(minutes=5), fault="文件已损坏")
    assert "是坏的：文件已损坏" in told("备份")[1]


def test_second_copy(house, tmp_path):
    assert "还没有备份" in told("第二份备份")[1]

    a_file_of(tmp_path / "second", ago(days=4))
    assert "最近的是 4 天前的" in told("第二份备份")[1]

    a_file_of(tmp_path / "second", ago(hours=1))
    assert told("第二份备份")[0] is FINE

    shutil.rmtree(tmp_path / "second")
    assert told("第二份备份")[0] is ATTENTION

    house(BACKUP_SECOND_FOLDER=None)
    assert "只存在本机" in told("第二份备份")[1]


def test_rehearsal(house, tmp_path):
    assert "还没有做过" in told("恢复演练")[1]

    with time_machine.travel(ago(days=10)):
        back_up(BackupReason.NIGHTLY, SYSTEM)
        rehearse(SYSTEM)
        assert told("恢复演练")[0] is FINE
    assert told("恢复演练") == (ATTENTION, "上次恢复演练是 10 天前。")

    spoil(next((tmp_path / "backups").glob("*.zip")))
    with pytest.raises(Refusal):
        rehearse(SYSTEM)
    assert "没有通过" in told("恢复演练")[1]


@pytest.mark.parametrize(("free", "state"), [(100 * 1024**2, DANGER), (GIGABYTE - 1, ATTENTION), (2 * GIGABYTE, FINE)])
def test_disk(house, monkeypatch, free, state):
    monkeypatch.setattr(checks_of_state.shutil, "disk_usage", lambda path: type("Usage", (), {"free": free}))

    assert told("磁盘")[0] is state


def test_a_clock_that_was_set_back_is_told(house):
    assert told("时间")[0] is FINE

    with time_machine.travel(ago(hours=-2)):
        record_event(EventKind.EXPORTED, SYSTEM)
        db.session.commit()

    assert "时间可能被调过" in told("时间")[1]


def test_clock_process(house):
    assert told("定时进程")[0] is ATTENTION

    keep_watch("clock", clock.now())
    assert told("定时进程")[0] is FINE


@pytest.mark.parametrize(
    ("values", "mode", "state"),
    [
        ({}, "production", DANGER),
        ({}, "demo", ATTENTION),
        ({"active": False}, "production", FINE),
        ({"password_hash": "!"}, "production", FINE),
    ],
)
def test_demo_passwords(app, house, values, mode, state):
    house(MODE=mode)
    a_user(Role.SECTION_CHIEF, account="kezhang", **{"password_hash": hashed(DEMO_PASSWORD)} | values)
    db.session.commit()

    assert told("默认口令")[0] is state


def test_nobody_who_could_let_others_in_is_told(house):
    db.session.execute(sa.text("UPDATE users SET active = (1 = 0)"))
    db.session.commit()

    assert "管理员账号" in told("默认口令")[1]


@pytest.mark.parametrize(("mode", "state"), [(0o700, FINE), (0o750, FINE), (0o755, ATTENTION), (0o757, DANGER)])
def test_who_can_get_into_the_folder(app, house, mode, state):
    os.chmod(app.instance_path, mode)

    assert told("文件权限")[0] is state


def test_a_line_that_cannot_be_read_does_not_hide_the_others(house, monkeypatch):
    def gone(*_):
        raise sa.exc.OperationalError("SELECT", {}, OSError(errno.EIO, "disk"))

    monkeypatch.setitem(module._CHECKS, "时间", gone)

    assert told("时间")[0] is ATTENTION
    assert len(all_checks()) == len(module._CHECKS)


def test_every_danger_is_told_at_once(app, house):
    house(SECRET_KEY="short")
    os.chmod(app.instance_path, 0o757)  # noqa: S103 - the fault that is looked for

    with pytest.raises(Refusal, match="(?s)密钥.*文件权限"):
        refuse_unsafe_start(app)
