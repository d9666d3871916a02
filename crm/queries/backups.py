"""The backups that lie in the folder: the folder is the truth, a small file beside each says when it was compared."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from crm import clock
from crm.extensions import db
from crm.models import Event
from pipelines.vocabulary import BackupReason, EventKind

TOO_OLD = timedelta(hours=26)
_STAMP = "%Y%m%d-%H%M%S"
_NAME = re.compile(r"yanzhen-(\d{8}-\d{6})-([a-z_]+)\.zip")


@dataclass(frozen=True)
class KeptBackup:
    """seen: what was written beside it; empty for a file that came from elsewhere."""

    path: Path
    made_at: datetime
    reason: BackupReason
    size: int
    seen: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def age(self) -> str:
        hours = (clock.now() - self.made_at).total_seconds() / 3600
        if hours < 1:
            return f"{max(0, int(hours * 60))} 分钟"
        return f"{int(hours)} 小时" if hours < 72 else f"{int(hours / 24)} 天"

    @property
    def rows(self) -> int | None:
        return self.seen.get("rows")

    @property
    def compared_at(self) -> datetime | None:
        return datetime.fromisoformat(self.seen["compared_at"]) if "compared_at" in self.seen else None

    @property
    def fault(self) -> str | None:
        return self.seen.get("fault")


def backups_folder() -> Path:
    return current_app.config["BACKUP_FOLDER"] or Path(current_app.instance_path) / "backups"


def restoring_folder() -> Path:
    """Where a restore works; while it is there, what lies beside it is not whole."""
    return Path(current_app.instance_path) / "restoring"


def restore_was_cut_off() -> bool:
    return restoring_folder().exists()


def file_name(made_at: datetime, reason: BackupReason) -> str:
    return f"yanzhen-{made_at.astimezone(clock.OFFICE_ZONE):{_STAMP}}-{reason}.zip"


def beside(path: Path) -> Path:
    return path.with_suffix(".json")


def kept_backups(folder: Path | None = None) -> Sequence[KeptBackup]:
    """The newest first; what only looks like one, or is being written, is none."""
    folder = folder or backups_folder()
    found = [_kept(path) for path in folder.glob("yanzhen-*.zip")] if folder.is_dir() else []
    return sorted((each for each in found if each), key=lambda each: each.made_at, reverse=True)


def newest_backup() -> KeptBackup | None:
    return next(iter(kept_backups()), None)


def find_backup(name: str) -> KeptBackup | None:
    """By its place in the list: a name is never used as a path."""
    return next((each for each in kept_backups() if each.name == name), None)


def backup_is_old() -> bool:
    """Whether last night's is missing."""
    newest = newest_backup()
    return newest is None or clock.now() - newest.made_at > TOO_OLD


def last_rehearsal() -> Event | None:
    rehearsals = sa.select(Event).where(Event.kind == EventKind.BACKUP_REHEARSED)
    return db.session.scalar(rehearsals.order_by(Event.at.desc()).limit(1))


def restored_on() -> date | None:
    """The day on which this database came out of a backup."""
    at = db.session.scalar(sa.select(sa.func.max(Event.at)).where(Event.kind == EventKind.RESTORED))
    return at.astimezone(clock.OFFICE_ZONE).date() if at else None


def _kept(path: Path) -> KeptBackup | None:
    matched = _NAME.fullmatch(path.name)
    if not matched or matched[2] not in set(BackupReason) or not path.is_file() or not path.stat().st_size:
        return None
    try:
        made_at = datetime.strptime(matched[1], _STAMP).replace(tzinfo=clock.OFFICE_ZONE)
    except ValueError:
        return None
    return KeptBackup(path, made_at, BackupReason(matched[2]), path.stat().st_size, _seen(beside(path)))


def _seen(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
