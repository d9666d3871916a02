"""The one file of a backup: a zip with a manifest. What comes out of one is believed only after every byte of it was
compared with the manifest, and goes only where the manifest's own names lead.
"""

import errno
import hashlib
import json
import lzma
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from pipelines.refusals import Refusal
from pipelines.vocabulary import BackupReason

FOLDERS = ("uploads", "attachments", "word")
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
NOT_A_BACKUP = "这不是雁阵的备份文件，没有恢复任何内容。"
NO_SPACE = "磁盘空间不足，没有做完，已有的数据和备份未受影响。请清理磁盘后再试。"
_MANIFEST = "manifest.json"
_FORMAT, _VERSION = "yanzhen-backup", 1
_CHUNK = 1024 * 1024
_LONGEST_MANIFEST = 64 * _CHUNK
_LEVEL = 3  # half the time of the usual 6, a tenth larger
_NAMES = re.compile(rf"{re.escape(_MANIFEST)}|database\.(sqlite3|dump)|({'|'.join(FOLDERS)})(/[^/\\:\0]+)+")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError,
    ValueError, OverflowError,
)  # fmt: skip
Steps = Callable[[int, int], None]


@dataclass(frozen=True)
class Origin:
    """What a backup is of. rows: how many each table holds; revision: of its schema."""

    made_at: datetime
    reason: BackupReason
    by_name: str
    database: str
    revision: str
    rows: Mapping[str, int]


@dataclass(frozen=True)
class Member:
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    origin: Origin
    members: Mapping[str, Member]

    @property
    def size(self) -> int:
        return sum(member.size for member in self.members.values())


def write_archive(target: Path, origin: Origin, database: Path, instance: Path, steps: Steps) -> Manifest:
    """The copy of the database and the office's files as they are; target must not exist."""
    files = {DATABASES[origin.database]: database} | dict(_files_of(instance))
    members = {}
    with (
        os.fdopen(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
    ):
        for done, (name, path) in enumerate(files.items()):
            steps(done, len(files))
            if member := _add(archive, name, path):
                members[name] = member
        manifest = Manifest(origin, members)
        archive.writestr(_MANIFEST, _as_json(manifest))
    _sync(target)
    return manifest


def read_manifest(path: Path) -> Manifest:
    """What a file says of itself; Refusal for one that is none of ours, or that lacks its end."""
    with _opened(path) as archive:
        return _manifest(archive)


def unpack(path: Path, into: Path | None = None) -> Manifest:
    """Compare every byte with the manifest and, on the way, write it into an empty folder."""
    with _opened(path) as archive:
        manifest = _manifest(archive)
        _compare_names(archive, manifest)
        if into and shutil.disk_usage(into).free < manifest.size + _CHUNK:
            raise Refusal(NO_SPACE)
        for name, member in manifest.members.items():
            _take_out(archive, name, member, into)
    return manifest


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def told_when_full() -> Iterator[None]:
    """A full disk is said in a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Refusal(NO_SPACE) from error


def _files_of(instance: Path) -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for path in sorted((instance / folder).rglob("*")):
            is_still_coming_in = path.name.startswith("tmp") or path.suffix == ".part"
            if path.is_file() and not is_still_coming_in:
                yield path.relative_to(instance).as_posix(), path


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Member | None:
    """None: its time was over and it went meanwhile."""
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return None
    with source, archive.open(_entry(name), "w", force_zip64=True) as target:
        return _copied(source, target)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return entry


def _copied(source: IO[bytes], target: IO[bytes] | None, most: int | None = None) -> Member:
    """Stops as soon as there is more than was said."""
    sha256, size = hashlib.sha256(), 0
    while (most is None or size <= most) and (chunk := source.read(_CHUNK)):
        sha256.update(chunk)
        size += len(chunk)
        if target:
            target.write(chunk)
    return Member(sha256.hexdigest(), size)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with path.open("rb") as file:
        beginning = file.read(4)
    if not beginning:
        raise Refusal("备份文件是空的（0 字节），没有恢复任何内容。请换一份备份。")
    if beginning != b"PK\x03\x04":
        raise Refusal(NOT_A_BACKUP)
    if not zipfile.is_zipfile(path):
        raise Refusal("备份文件不完整，后面缺了一截（可能没有拷贝完），没有恢复任何内容。请重新拷贝，或换一份备份。")
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _BROKEN as error:
        raise Refusal(f"备份文件已损坏，读不下去（{error}），没有恢复任何内容。请换一份备份。") from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if _MANIFEST not in archive.namelist() or archive.getinfo(_MANIFEST).file_size > _LONGEST_MANIFEST:
        raise Refusal(NOT_A_BACKUP)
    try:
        said = json.loads(archive.read(_MANIFEST))
        if said["format"] != _FORMAT:
            raise Refusal(NOT_A_BACKUP)
        if said["version"] != _VERSION:
            raise Refusal("备份由更新版本的程序制作，这个版本读不懂，没有恢复任何内容。请先升级程序。")
        return Manifest(_origin(said["origin"]), {name: Member(**each) for name, each in said["members"].items()})
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refusal(NOT_A_BACKUP) from error


def _origin(said: dict[str, Any]) -> Origin:
    words = {"made_at": datetime.fromisoformat(said["made_at"]), "reason": BackupReason(said["reason"])}
    return Origin(**said | words)


def _as_json(manifest: Manifest) -> str:
    said = {"format": _FORMAT, "version": _VERSION} | asdict(manifest)
    return json.dumps(said, ensure_ascii=False, indent=1, default=str)


def _compare_names(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = archive.namelist()
    if led_astray := [name for name in {*names, *manifest.members} if not _stays_inside(name)]:
        raise Refusal(f"备份文件里有指向别处的文件名“{led_astray[0][:60]}”，可能被人改过，没有恢复任何内容。")
    if sorted(names) != sorted([*manifest.members, _MANIFEST]) or not _holds_one_database(manifest):
        raise Refusal("备份文件里的内容与清单对不上（有缺少、多出或重复的文件），没有恢复任何内容。请换一份备份。")


def _stays_inside(name: str) -> bool:
    return bool(_NAMES.fullmatch(name)) and not {".", ".."} & set(name.split("/"))


def _holds_one_database(manifest: Manifest) -> bool:
    held = [name for name in manifest.members if name in DATABASES.values()]
    return held == [DATABASES.get(manifest.origin.database)]


def _take_out(archive: zipfile.ZipFile, name: str, member: Member, into: Path | None) -> None:
    with archive.open(name) as source:
        if into is None:
            found = _copied(source, None, member.size)
        else:
            path = into / name
            for folder in reversed(path.relative_to(into).parents[:-1]):
                (into / folder).mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                found = _copied(source, target, member.size)
    if found != member:
        raise Refusal(f"备份文件已损坏：“{name}”的校验值与清单不一致，没有恢复任何内容。请换一份备份。")


def _sync(path: Path) -> None:
    """On the disk, not only on its way there."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
