"""Backups: one file with everything, read back before it counts, kept for a while, copied to a second place."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flask import current_app

from crm import clock
from crm.actions.database_copies import copy_database, kind
from crm.actions.events import SYSTEM, Author, record_event
from crm.actions.tasks import Progress, unwatched, work
from crm.backup_archive import Origin, digest, told_when_full, unpack, write_archive
from crm.extensions import db
from crm.queries.backups import KeptBackup, backups_folder, beside, file_name, kept_backups
from pipelines.refusals import Refusal
from pipelines.vocabulary import BackupReason, EventKind, TaskKind

_NIGHT = time(1)  # from one o'clock on the day's backup is due
_LEFT_BY_A_CRASH = timedelta(hours=12)
_UNFINISHED = "unfinished-"


@dataclass(frozen=True)
class Saved:
    """trouble: what became of the second copy, when it was asked for and failed."""

    backup: KeptBackup
    trouble: str | None

    @property
    def told(self) -> str:
        told = f"已备份到 {self.backup.name}，共 {self.backup.rows:,} 行，读回核对无误。"
        return told + (f"第二份没有存成：{self.trouble}" if self.trouble else "")


def back_up(reason: BackupReason, by: Author, progress: Progress = unwatched) -> Saved:
    saved = save(reason, by, progress)
    record_saved(saved, by)
    return saved


def save(reason: BackupReason, by: Author, progress: Progress = unwatched) -> Saved:
    """The files alone, for a database whose schema is not that of the models yet; record_saved tells it afterwards."""
    folder = _ready_folder()
    _sweep(folder)
    with told_when_full(), workroom(folder) as room:
        unfinished, rows = _write(room, reason, by, progress)
        path = _reserved(folder, reason)
        os.replace(unfinished, path)
    note(path, {"by_name": by.name, "rows": rows, "sha256": digest(path), **_compared()})
    _forget_old(folder)
    backup = next(each for each in kept_backups() if each.path == path)
    return Saved(backup, _copy_to_second(backup))


def save_as(target: Path, by: Author) -> int:
    """To a place of one's own; nothing that is there already is overwritten. Answers the rows."""
    if target.exists():
        raise Refusal(f"{target} 已经存在，没有覆盖。请换一个文件名。")
    if not target.parent.is_dir():
        raise Refusal(f"没有 {target.parent} 这个文件夹，请先建好。")
    with told_when_full(), workroom(target.parent) as room:
        unfinished, rows = _write(room, BackupReason.BY_HAND, by, unwatched)
        os.replace(unfinished, target)
    _record(EventKind.BACKUP_MADE, by, target.name, rows)
    return rows


def record_saved(saved: Saved, by: Author) -> None:
    _record(EventKind.BACKUP_MADE, by, saved.backup.name, saved.backup.rows, saved.trouble)


def record_download(backup: KeptBackup, by: Author) -> None:
    """It holds every telephone number of the county: who took it is kept."""
    _record(EventKind.BACKUP_DOWNLOADED, by, backup.name, backup.rows)


def back_up_when_due(_today: date) -> str:
    """The clock's turn, all day long: a machine that was off at night makes it good when it is switched on."""
    now = clock.now().astimezone(clock.OFFICE_ZONE)
    due = datetime.combine(now.date(), _NIGHT, tzinfo=clock.OFFICE_ZONE)
    since = due if now >= due else due - timedelta(days=1)
    made = [each for each in kept_backups() if each.reason is BackupReason.NIGHTLY and each.made_at >= since]
    if made:
        return f"今天的备份已有：{made[0].name}。"
    return back_up(BackupReason.NIGHTLY, SYSTEM).told


def note(path: Path, seen: dict[str, Any]) -> None:
    """Beside the backup, whole or not at all."""
    unfinished = path.with_suffix(".part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(seen, file, ensure_ascii=False)
    os.replace(unfinished, beside(path))


@contextmanager
def workroom(folder: Path) -> Iterator[Path]:
    """A folder for what is not finished yet, beside where it will lie."""
    with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=folder, ignore_cleanup_errors=True) as room:
        yield Path(room)


def _write(room: Path, reason: BackupReason, by: Author, progress: Progress) -> tuple[Path, int]:
    made_at = clock.now()
    copied = room / "copy"
    held = copy_database(copied)
    origin = Origin(made_at, reason, by.name, kind(), held.revision, held.rows)
    archive = room / "backup.zip"
    write_archive(archive, origin, copied, Path(current_app.instance_path), progress)
    unpack(archive)  # read back: a backup that cannot be read is none
    return archive, sum(held.rows.values())


def _reserved(folder: Path, reason: BackupReason) -> Path:
    """A name that nobody else has, taken by an empty file."""
    at = clock.now()
    while True:
        path = folder / file_name(at, reason)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            return path
        except FileExistsError:
            at += timedelta(seconds=1)


def _ready_folder() -> Path:
    folder = backups_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"备份文件夹 {folder} 建不了（{error.strerror}），请核对 CRM_BACKUP_FOLDER。") from error
    return folder


def _sweep(folder: Path) -> None:
    """Half a backup that a crash has left."""
    before = (clock.now() - _LEFT_BY_A_CRASH).timestamp()
    for room in folder.glob(f"{_UNFINISHED}*"):
        if room.stat().st_mtime < before:
            shutil.rmtree(room, ignore_errors=True)


def _forget_old(folder: Path) -> None:
    kept = kept_backups(folder)
    for each in kept:
        if each not in _worth_keeping(kept):
            each.path.unlink(missing_ok=True)
            beside(each.path).unlink(missing_ok=True)


def _worth_keeping(kept: Sequence[KeptBackup]) -> list[KeptBackup]:
    """Days and weeks that have a backup are counted, so that a machine that was off for a month loses none by it."""
    days = _newest(kept, lambda each: each.made_at.date(), current_app.config["BACKUP_DAYS"])
    weeks = _newest(kept, lambda each: each.made_at.isocalendar()[:2], current_app.config["BACKUP_WEEKS"])
    of_weeks = [next(each for each in kept if each.made_at.isocalendar()[:2] == week) for week in weeks]
    return [each for each in kept if each.made_at.date() in days or each in of_weeks or each is kept[0]]


def _newest(kept: Sequence[KeptBackup], of: Callable[[KeptBackup], Any], number: int) -> list[Any]:
    return sorted({of(each) for each in kept}, reverse=True)[:number]


def _copy_to_second(backup: KeptBackup) -> str | None:
    """What went wrong, in words; the first copy stands whatever becomes of the second."""
    second = current_app.config["BACKUP_SECOND_FOLDER"]
    if second is None:
        return None
    if not second.is_dir():
        return f"没有文件夹 {second}（可能没有挂上），请检查。"
    unfinished = second / f"{backup.name}.part"
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600))
        shutil.copyfile(backup.path, unfinished)
        if digest(unfinished) != backup.seen["sha256"]:
            return f"写到 {second} 的内容读回不一致，请检查那块磁盘。"
        os.replace(unfinished, second / backup.name)
        note(second / backup.name, backup.seen)
        _forget_old(second)
    except OSError as error:
        return f"{second} 写不进去（{error.strerror}），请检查。"
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return None


def _compared() -> dict[str, Any]:
    return {"compared_at": clock.now().isoformat(), "fault": None}


def _record(kind: EventKind, by: Author, name: str, rows: int | None, reason: str | None = None) -> None:
    record_event(kind, by, None, {"subject": name, "rows": rows} | ({"reason": reason} if reason else {}))
    db.session.commit()


@work(TaskKind.MAKE_BACKUP)
def _make(_arguments: dict[str, Any], by: Author, progress: Progress) -> str:
    return back_up(BackupReason.BY_HAND, by, progress).told
