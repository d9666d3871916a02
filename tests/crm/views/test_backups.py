"""备份 and 系统状态: for the administrator alone."""

import pytest
import sqlalchemy as sa

from crm.backup_archive import unpack
from crm.extensions import db
from crm.models import Event
from crm.queries.backups import kept_backups
from pipelines.vocabulary import EventKind, Role
from tests.backups import a_file_of, ago, spoil


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def admin(signed_in):
    return signed_in(Role.ADMINISTRATOR)


def test_an_empty_list_says_what_to_do_first(folder, admin):
    page = admin.get("/system/backups").text

    assert "还没有备份" in page
    assert "立即备份" in page


def test_the_button_makes_one_and_the_list_shows_it_whole(folder, admin):
    answer = admin.post("/system/backups", follow_redirects=True)

    (kept,) = kept_backups()
    assert f"已备份到 {kept.name}" in answer.text
    assert "完好" in answer.text
    assert "0 分钟" in answer.text


def test_a_damaged_one_is_shown_and_the_rehearsal_tells_it(folder, admin):
    admin.post("/system/backups")
    spoil(kept_backups()[0].path)

    answer = admin.post("/system/backups/rehearsals", follow_redirects=True)

    assert "演练发现问题" in answer.text
    assert "损坏" in admin.get("/system/backups").text


def test_a_file_that_came_from_elsewhere_is_not_called_whole(folder, admin):
    a_file_of(folder, ago(hours=1)).with_suffix(".json").unlink()

    page = admin.get("/system/backups").text

    assert "未核对" in page
    assert "完好" not in page


def test_what_is_downloaded_is_the_backup_and_leaves_a_trace(folder, admin, tmp_path_factory):
    admin.post("/system/backups")
    (kept,) = kept_backups()

    answer = admin.post(f"/system/backups/{kept.name}/downloads")

    taken = tmp_path_factory.mktemp("taken") / "backup.zip"
    taken.write_bytes(answer.data)
    assert unpack(taken) == unpack(kept.path)
    assert kept.name in answer.headers["Content-Disposition"]
    event = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.BACKUP_DOWNLOADED)).one()
    assert event.particulars["subject"] == kept.name
    assert event.by_id


@pytest.mark.parametrize(
    "name", ["notes.txt", "..%2Fcrm.db", "crm.db", "yanzhen-20260101-000000-nightly.zip", "%00", "x" * 500]
)
def test_only_what_is_listed_can_be_taken(folder, admin, name):
    (folder / "notes.txt").write_text("x")

    assert admin.post(f"/system/backups/{name}/downloads").status_code in (400, 404)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR], ids=lambda role: role.label)
def test_nobody_else_makes_takes_or_sees_backups(folder, signed_in, role):
    backup = a_file_of(folder, ago(hours=1))
    visitor = signed_in(role)

    answers = [
        visitor.get("/system/backups"),
        visitor.post("/system/backups"),
        visitor.post("/system/backups/rehearsals"),
        visitor.post(f"/system/backups/{backup.name}/downloads"),
        visitor.get("/system/checks"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5


def test_a_missing_backup_stands_above_every_page_of_the_administrator(folder, admin, signed_in):
    assert "最近 26 小时没有备份" in admin.get("/firms").text
    assert "最近 26 小时没有备份" not in signed_in(Role.OFFICER).get("/firms").text

    a_file_of(folder, ago(hours=2))
    assert "最近 26 小时没有备份" not in admin.get("/firms").text


def test_the_state_of_the_house_is_told_line_by_line_with_what_to_do(folder, admin):
    page = admin.get("/system/checks").text

    assert all(name in page for name in ("密钥", "数据库结构", "备份", "恢复演练", "磁盘", "定时进程", "文件权限"))
    assert "还没有备份。" in page
    assert "在“备份”页点“立即备份”" in page
