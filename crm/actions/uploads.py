"""Uploaded files: kept under the hash of their content, readable by the server alone, for a limited time."""

import errno
import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PureWindowsPath
from typing import IO

from flask import current_app

from pipelines.names import cleaned
from pipelines.refusals import Refusal

_CHUNK = 1024 * 1024
_LONGEST_NAME = 120
_KNOWN_ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".csv", ".txt"})
_DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True)
class Upload:
    path: Path
    sha256: str
    size: int
    file_name: str


def keep_upload(stream: IO[bytes], file_name: str) -> Upload:
    """Put a stream away; the name it came with is only ever shown, never used as a path."""
    name, limit = shown_name(file_name), current_app.config["UPLOAD_MAX_BYTES"]
    too_large = f"文件超过 {limit // _CHUNK} MB，没有保存。请删去图片和无关工作表，或分成几个文件后再上传。"
    return put_away(stream, uploads_folder(), name, limit, too_large)


def put_away(stream: IO[bytes], folder: Path, file_name: str, limit: int, too_large: str) -> Upload:
    """The stream under the hash of its content; beyond the limit the sentence too_large is raised."""
    handle, temporary = tempfile.mkstemp(dir=folder)  # 0600
    try:
        with os.fdopen(handle, "wb") as kept:
            sha256, size = _copy(stream, kept, limit, too_large)
        path = folder / (sha256 + _ending(file_name))
        os.replace(temporary, path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _DISK_IS_FULL:
            raise Refusal("服务器磁盘空间不足，文件没有保存，库中数据未受影响。请联系管理员清理后再上传。") from error
        raise
    return Upload(path, sha256, size, file_name)


def upload_path(sha256: str, file_name: str) -> Path:
    return uploads_folder() / (sha256 + _ending(file_name))


def _ending(file_name: str) -> str:
    """A sheet keeps its ending for who looks into the folder; any other file has none of its own."""
    ending = PureWindowsPath(file_name).suffix.lower()
    return ending if ending in _KNOWN_ENDINGS else ".bin"


def kept_upload(sha256: str, file_name: str) -> Path:
    """The kept file, proved to be the one that was uploaded."""
    path = upload_path(sha256, file_name)
    if not path.exists():
        days = current_app.config["UPLOAD_KEEP_DAYS"]
        raise Refusal(f"上传的文件已过 {days} 天保留期，请重新上传。")
    with path.open("rb") as kept:
        if hashlib.file_digest(kept, "sha256").hexdigest() != sha256:
            raise Refusal("服务器上保存的文件与上传时不一致，请重新上传。")
    return path


def shown_name(file_name: str) -> str:
    """The last part of the name, whatever system it came from, without anything that hides or breaks a line."""
    name = cleaned(PureWindowsPath(file_name.replace("\0", "")).name) or "未命名"
    ending = PureWindowsPath(name).suffix[:10]
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - len(ending)] + ending


def remove_files_before(moment: datetime) -> int:
    """Remove uploads, what was read of them, and finished exports that had their time; answers how many files went."""
    kept = [path for folder in (uploads_folder(), readings_folder(), exports_folder()) for path in folder.iterdir()]
    old = [path for path in kept if path.stat().st_mtime < moment.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def uploads_folder() -> Path:
    return _folder("uploads")


def readings_folder() -> Path:
    """The cells of uploads, as the child process handed them over; see pipelines/sheets/reading.py."""
    return _folder("readings")


def exports_folder() -> Path:
    return _folder("exports")


def attachments_folder() -> Path:
    return _folder("attachments")


def _folder(name: str) -> Path:
    folder = Path(current_app.instance_path) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _copy(source: IO[bytes], target: IO[bytes], limit: int, too_large: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise Refusal(too_large)
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size
