"""Backups of a house that is at work: whole, kept for a while, copied to a second place."""

import errno
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions import backups
from crm.actions.backups import back_up, back_up_when_due, save, save_as
from crm.actions.events import COMMAND, SYSTEM
from crm.actions.uploads import uploads_folder
from crm.backup_archive import digest, read_manifest, unpack
from crm.extensions import db
from crm.models import Contact, Event, Firm
from crm.queries.backups import backup_is_old, beside, find_backup, kept_backups
from pipelines.refusals import Refusal
from pipelines.vocabulary import BackupReason, EventKind
from tests.backups import a_file_of, ago
from tests.builders import a_contact, a_firm

NIGHTLY, BY_HAND = BackupReason.NIGHTLY, BackupReason.BY_HAND


@pytest.fixture
def folder(app, tmp_path, monkeypatch) -> Path:
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", tmp_path / "backups")
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture
def second(app, tmp_path, monkeypatch) -> Path:
    monkeypatch.setitem(app.config, "BACKUP_SECOND_FOLDER", tmp_path / "other-disk")
    (tmp_path / "other-disk").mkdir()
    return tmp_path / "other-disk"


def test_a_backup_holds_the_rows_the_uploads_and_says_so(folder):
    a_contact(a_firm())
    db.session.commit()
    (uploads_folder() / "ab12.xlsx").write_bytes(b"a workbook")

    saved = back_up(BY_HAND, COMMAND)

    manifest = read_manifest(saved.backup.path)
    assert manifest.origin.rows["firms"] == manifest.origin.rows["contacts"] == 1
    assert manifest.origin.database == db.engine.dialect.name
    assert "uploads/ab12.xlsx" in manifest.members
    assert saved.backup.seen["sha256"] == digest(saved.backup.path)
    assert (saved.backup.fault, saved.trouble, saved.backup.compared_at is None) == (None, None, False)
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".zip"]


def test_a_backup_is_an_event(folder):
    back_up(NIGHTLY, SYSTEM)

    event = db.session.scalars(sa.select(Event)).one()
    assert (event.kind, event.by_name) == (EventKind.BACKUP_MADE, "系统")
    assert event.particulars["subject"] == kept_backups()[0].name


def test_a_backup_while_others_write_is_of_one_moment(app, folder):
    """Every firm is written with its contact: a copy that caught a firm without one is of two moments."""
    stop = threading.Event()
    begun = threading.Event()

    def write() -> None:
        with app.app_context():
            number = 0
            while not stop.is_set():
                number += 1
                firm = a_firm(f"嘉善写入{number}科技有限公司")
                a_contact(firm)
                db.session.commit()
                begun.set()
            db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    try:
        kept = [save(BY_HAND, COMMAND).backup for _ in range(4)]
    finally:
        stop.set()
        writer.join()

    rows = [read_manifest(each.path).origin.rows for each in kept]
    assert all(each["firms"] == each["contacts"] for each in rows)
    assert rows[0]["firms"] < rows[-1]["firms"] <= db.session.scalar(sa.select(sa.func.count()).select_from(Firm))


def test_what_is_not_committed_is_not_in_it(app, folder):
    a_contact(a_firm())
    db.session.commit()
    db.session.execute(sa.delete(Contact))

    saved = save(BY_HAND, COMMAND)
    db.session.rollback()

    assert read_manifest(saved.backup.path).origin.rows["contacts"] == 1


def test_two_in_one_second_have_two_names(folder):
    with time_machine.travel("2026-11-28 10:00+08:00", tick=False):
        names = {save(BY_HAND, COMMAND).backup.name for _ in range(3)}

    assert names == {f"yanzhen-20261128-10000{second}-by_hand.zip" for second in range(3)}


def test_a_file_of_ones_own_is_never_written_over(folder, tmp_path):
    target = tmp_path / "mine.zip"

    rows = save_as(target, COMMAND)

    assert sum(unpack(target).origin.rows.values()) == rows
    assert kept_backups() == []
    with pytest.raises(Refusal, match="已经存在，没有覆盖"):
        save_as(target, COMMAND)
    with pytest.raises(Refusal, match="请先建好"):
        save_as(tmp_path / "nowhere" / "mine.zip", COMMAND)


def test_a_full_disk_leaves_no_half_and_the_old_ones_alone(folder, monkeypatch):
    old = a_file_of(folder, ago(hours=3))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backups, "write_archive", full)
    with pytest.raises(Refusal, match="磁盘空间不足"):
        back_up(NIGHTLY, SYSTEM)

    assert sorted(folder.iterdir()) == sorted([old, beside(old)])


def test_what_cannot_be_read_back_is_no_backup(folder, monkeypatch):
    def spoiled(*_):
        raise Refusal("备份文件已损坏")

    monkeypatch.setattr(backups, "unpack", spoiled)
    with pytest.raises(Refusal):
        back_up(NIGHTLY, SYSTEM)

    assert list(folder.iterdir()) == []


def test_what_a_crash_has_left_is_swept_away_when_it_is_old(folder):
    with time_machine.travel(ago(days=1), tick=False):
        (folder / "unfinished-abc").mkdir()
        (folder / "unfinished-abc" / "copy").write_bytes(b"x")
    import os

    long_ago = (clock.now() - timedelta(days=1)).timestamp()
    os.utime(folder / "unfinished-abc", (long_ago, long_ago))
    (folder / "unfinished-now").mkdir()

    save(BY_HAND, COMMAND)

    assert [path.name for path in folder.glob("unfinished-*")] == ["unfinished-now"]


def test_the_second_place_gets_the_same_file(folder, second):
    saved = back_up(NIGHTLY, SYSTEM)

    (copy,) = kept_backups(second)
    assert digest(copy.path) == saved.backup.seen["sha256"] == copy.seen["sha256"]
    assert saved.trouble is None


def test_a_second_place_that_is_gone_is_told_and_the_first_copy_stands(folder, second):
    second.rmdir()

    saved = back_up(NIGHTLY, SYSTEM)

    assert "可能没有挂上" in saved.told
    assert len(kept_backups()) == 1
    assert "可能没有挂上" in db.session.scalars(sa.select(Event)).one().particulars["reason"]
    assert not second.exists()  # nothing is written to the disk below the mount


def test_a_second_place_that_cannot_be_written_is_told(folder, second, monkeypatch):
    def broken(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(backups.shutil, "copyfile", broken)

    assert "写不进去（Input/output error）" in back_up(NIGHTLY, SYSTEM).trouble
    assert list(second.iterdir()) == []


def test_all_of_fourteen_days_are_kept_and_the_newest_of_eight_weeks(folder):
    for day in range(100):
        a_file_of(folder, ago(days=day, hours=1))
        a_file_of(folder, ago(days=day, hours=1, minutes=-5), BY_HAND)

    save(BY_HAND, COMMAND)

    kept = kept_backups()
    days = {each.made_at.date() for each in kept}
    weeks = {each.made_at.isocalendar()[:2] for each in kept}
    assert len([each for each in kept if each.made_at > ago(days=13)]) == 2 * 13 + 1
    assert len(weeks) == 8
    assert 14 <= len(days) <= 14 + 7
    assert all(beside(each.path).exists() for each in kept)
    assert len(list(folder.glob("*.json"))) == len(kept)


def test_a_machine_that_was_off_for_months_loses_none_by_it(folder):
    for day in range(200, 214):
        a_file_of(folder, ago(days=day))

    save(BY_HAND, COMMAND)

    assert len(kept_backups()) >= 14


def test_what_only_looks_like_a_backup_is_neither_listed_nor_removed(folder):
    strangers = [
        folder / name
        for name in ("yanzhen-20261399-000000-nightly.zip", "yanzhen-20200101-000000-whim.zip", "notes.txt")
    ]
    for each in strangers:
        each.write_bytes(b"x")
    (folder / "yanzhen-20200101-000000-nightly.zip").touch()

    save(BY_HAND, COMMAND)

    assert len(kept_backups()) == 1
    assert all(each.exists() for each in strangers)
    assert find_backup("../notes.txt") is None


@pytest.mark.parametrize(
    ("now", "made", "is_due"),
    [
        ("2026-11-28 01:20", None, True),
        ("2026-11-28 01:20", "2026-11-27 01:20", True),
        ("2026-11-28 02:20", "2026-11-28 01:20", False),
        ("2026-11-28 23:20", "2026-11-28 01:20", False),
        ("2026-11-28 00:20", "2026-11-27 09:20", False),  # yesterday's was made good in the morning
        ("2026-11-28 09:20", "2026-11-27 23:20", True),  # the machine was off at night
        ("2026-11-30 08:20", "2026-11-27 01:20", True),  # after a weekend
    ],
)
def test_the_clock_makes_one_a_day_and_makes_good_what_the_night_has_missed(folder, now, made, is_due):
    with time_machine.travel(f"{now}+08:00", tick=False):
        if made:
            a_file_of(folder, clock.datetime.fromisoformat(f"{made}+08:00"))
        told = back_up_when_due(clock.today())

    assert told.startswith("已备份到" if is_due else "今天的备份已有")


def test_one_by_hand_does_not_stand_for_the_nights(folder):
    a_file_of(folder, ago(minutes=10), BY_HAND)

    assert back_up_when_due(clock.today()).startswith("已备份到")


def test_a_missing_night_is_told_after_twenty_six_hours(folder):
    assert backup_is_old()

    a_file_of(folder, ago(hours=27))
    assert backup_is_old()

    a_file_of(folder, ago(hours=25))
    assert not backup_is_old()
