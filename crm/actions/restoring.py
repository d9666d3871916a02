"""A backup back into an empty place, whole or not at all, and the weekly proof that it can be done.

While a restore is under way its workroom lies in the instance folder; nothing starts beside it. A restore that was
killed is taken up from the beginning: what it had put there is all there is, since the place was empty before.
"""

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from crm import clock
from crm.actions.backups import note, workroom
from crm.actions.database_copies import (
    Contents,
    clear_database,
    contents,
    is_database_empty,
    kind,
    on_trial,
    put_in_place,
    sqlite_contents,
)
from crm.actions.events import COMMAND, SYSTEM, Author, record_event
from crm.actions.reminders import hold_after_restore
from crm.actions.schema import in_one_transaction, is_known, newest_revision
from crm.actions.tasks import Progress, work
from crm.backup_archive import DATABASES, FOLDERS, Manifest, digest, read_manifest, told_when_full, unpack
from crm.extensions import db, migrations
from crm.models import Session
from crm.queries.backups import (
    KeptBackup,
    backups_folder,
    kept_backups,
    last_rehearsal,
    restore_was_cut_off,
    restoring_folder,
)
from crm.queries.event_chain import Check, chain_on, check_chain
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, TaskKind

_EVERY, _AGAIN = timedelta(days=7), timedelta(days=1)
_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Restored:
    """rows: what the manifest says and what was found, of each table. held: reminders that wait for a person.

    log: the chain of events as it came back; what does not fit there is told, the data are needed all the same.
    """

    manifest: Manifest
    rows: Mapping[str, tuple[int, int]]
    files: int
    held: int
    was_upgraded: bool
    log: Check


def restore(file: Path) -> Restored:
    """Refuses unless the place is empty and the file is sound; then everything is there, or nothing."""
    room = restoring_folder()
    if restore_was_cut_off():
        _clear(room)
    _refuse_unless_empty()
    _refuse_unless_fit(read_manifest(file))
    try:
        room.mkdir(mode=0o700)
        with told_when_full():
            restored = _restored(file, room)
    except BaseException:
        _clear(room)
        raise
    shutil.rmtree(room)
    return restored


def rehearse(by: Author) -> str:
    """Every kept backup against its checksum, the newest restored on trial; Refusal tells what is wrong."""
    kept = kept_backups()
    if not kept:
        raise Refusal("还没有备份，无法演练。请先备份。")
    began = time.perf_counter()
    faults = {each.name: fault for each in kept if (fault := _fault(each, is_tried=each is kept[0]))}
    seconds = round(time.perf_counter() - began, 1)
    told = "；".join(f"{name}：{fault}" for name, fault in faults.items())
    particulars = {"subject": kept[0].name, "rows": kept[0].rows, "seconds": seconds, "reason": told or None}
    record_event(EventKind.BACKUP_REHEARSED, by, None, particulars)
    db.session.commit()
    if told:
        raise Refusal(f"演练发现问题：{told}")
    return (
        f"演练通过：{kept[0].name} 恢复到临时位置，各表行数与清单一致，操作记录完好，用时 {seconds} 秒；"
        f"{len(kept)} 份备份校验无误。"
    )


def rehearse_when_due(_today: date) -> str:
    """The clock's turn, all day long."""
    last = last_rehearsal()
    if last and clock.now() - last.at < (_AGAIN if last.particulars.get("reason") else _EVERY):
        return "恢复演练还没有到时间。"
    if not kept_backups():
        return "还没有备份，暂不演练。"
    return rehearse(SYSTEM)


def _refuse_unless_empty() -> None:
    instance = Path(current_app.instance_path)
    held = [name for name in FOLDERS if any((instance / name).rglob("*"))]
    if not is_database_empty():
        raise Refusal(
            f"这里已有数据（{_KINDS[kind()]} 数据库不是空的），没有恢复。请把原来的实例目录改名留存，或换一个空的库。"
        )
    if held:
        raise Refusal(f"这里已有文件（{'、'.join(held)}），没有恢复。请把原来的实例目录 {instance} 改名留存后再试。")


def _refuse_unless_fit(manifest: Manifest) -> None:
    origin = manifest.origin
    if origin.database != kind():
        told = _KINDS.get(origin.database, origin.database)
        raise Refusal(f"备份来自 {told}，这里设置的是 {_KINDS[kind()]}，没有恢复任何内容。请核对 CRM_DATABASE_URL。")
    if not is_known(origin.revision):
        raise Refusal(
            f"备份的结构版本是 {origin.revision or '空'}，这套程序只认到 {newest_revision()}，没有恢复任何内容。"
            "请先换用制作这份备份的程序版本，或更新的版本。"
        )


def _restored(file: Path, room: Path) -> Restored:
    manifest = unpack(file, room)
    origin, copied = manifest.origin, room / DATABASES[kind()]
    said = Contents(origin.revision, dict(origin.rows))
    if kind() == "sqlite":
        _compare(said, sqlite_contents(copied))
    put_in_place(copied)
    found = contents()
    _compare(said, found)
    for name in FOLDERS:
        if (room / name).is_dir():
            _put(room / name, Path(current_app.instance_path) / name)
    was_upgraded = origin.revision != newest_revision()
    with in_one_transaction():
        migrations.upgrade()
    rows = {table: (number, found.rows[table]) for table, number in sorted(origin.rows.items())}
    log = check_chain()
    held = _settle(manifest, file.name, log.is_whole)
    return Restored(manifest, rows, len(manifest.members) - 1, held, was_upgraded, log)


def _compare(said: Contents, found: Contents) -> None:
    if said == found:
        return
    tables = said.rows.keys() | found.rows.keys()
    wrong = [
        f"{table} 清单 {said.rows.get(table, '无')}、实际 {found.rows.get(table, '无')}"
        for table in sorted(tables)
        if said.rows.get(table) != found.rows.get(table)
    ]
    told = "；".join(wrong[:5]) or f"结构版本 清单 {said.revision}、实际 {found.revision or '无'}"
    raise Refusal(f"备份里的数据库与清单对不上（{told}），没有恢复任何内容。请换一份备份。")


def _put(source: Path, target: Path) -> None:
    if target.exists():
        target.rmdir()  # empty, as was seen
    os.replace(source, target)


def _settle(manifest: Manifest, name: str, is_whole: bool) -> int:
    """Who was signed in signs in again; what may have been sent since the backup waits for a person."""
    db.session.execute(sa.delete(Session))
    held = hold_after_restore()
    made_at = manifest.origin.made_at.isoformat()
    record_event(
        EventKind.RESTORED, COMMAND, None, {"subject": name, "made_at": made_at, "held": held, "is_whole": is_whole}
    )
    db.session.commit()
    return held


def _clear(room: Path) -> None:
    clear_database()
    for name in FOLDERS:
        shutil.rmtree(Path(current_app.instance_path) / name, ignore_errors=True)
    shutil.rmtree(room, ignore_errors=True)


def _fault(backup: KeptBackup, is_tried: bool) -> str | None:
    """What is wrong with it; noted beside it, for the page."""
    sha256 = digest(backup.path)
    fault = _found_wrong(backup, sha256, is_tried)
    compared = {"compared_at": clock.now().isoformat(), "fault": fault}
    note(backup.path, {"sha256": sha256} | backup.seen | compared)
    return fault


def _found_wrong(backup: KeptBackup, sha256: str, is_tried: bool) -> str | None:
    if backup.seen.get("sha256", sha256) != sha256:
        return "校验值与做好时不一致，文件已损坏"
    try:
        if is_tried:
            _try(backup.path)
        elif "sha256" not in backup.seen:
            unpack(backup.path)
    except Refusal as refusal:
        return str(refusal)
    return None


def _try(file: Path) -> None:
    with told_when_full(), workroom(backups_folder()) as room:
        manifest = unpack(file, room)
        _refuse_unless_fit(manifest)
        with on_trial(room / DATABASES[kind()]) as (found, connection):
            _compare(Contents(manifest.origin.revision, dict(manifest.origin.rows)), found)
            if found.revision == newest_revision() and (faults := chain_on(connection).faults):
                raise Refusal(f"操作记录与封印不一致：{faults[0]}")


@work(TaskKind.REHEARSE_BACKUP)
def _rehearse(_arguments: dict[str, Any], by: Author, _progress: Progress) -> str:
    return rehearse(by)
