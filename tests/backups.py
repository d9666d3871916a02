"""A house whose backups lie in a folder of the test, and deeds that many tests of them share."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from crm.actions.backups import note
from crm.actions.restoring import restore
from crm.backup_archive import digest
from crm.extensions import db
from crm.queries.backups import file_name
from pipelines.vocabulary import BackupReason


def a_file_of(folder: Path, made_at: datetime, reason: BackupReason = BackupReason.NIGHTLY, **seen: object) -> Path:
    """What looks like a backup of that moment, for those who only look at names."""
    path = folder / file_name(made_at, reason)
    path.write_bytes(b"PK\x03\x04 a backup")
    note(path, {"sha256": digest(path), "rows": 7, **seen})
    return path


def ago(**time: float) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


def restored_in(place: Flask, file: Path):
    with place.app_context():
        return restore(file)


def rows_in(place: Flask, table: str) -> int:
    with place.app_context(), db.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0


def spoil(file: Path) -> None:
    """One byte in the middle of the database."""
    with zipfile.ZipFile(file) as archive:
        first = archive.infolist()[0]
    at = first.header_offset + first.compress_size // 2
    whole = bytearray(file.read_bytes())
    whole[at] ^= 0xFF
    file.write_bytes(whole)
