"""Deeds on the files that belong to a firm. A file is known by its content; its name is only ever shown."""

from collections.abc import Iterable
from pathlib import Path
from typing import IO, NamedTuple
from zipfile import BadZipFile, ZipFile

from flask import current_app

from crm import clock
from crm.actions.changes import firm_for_change, leave_trace
from crm.actions.events import Author
from crm.actions.thumbnails import make_thumbnail, small_path
from crm.actions.uploads import attachments_folder, put_away, shown_name
from crm.extensions import db
from crm.models import Attachment
from pipelines.refusals import Refusal
from pipelines.vocabulary import AttachedTo, EventKind, FileKind

_BEGINNINGS = {
    b"%PDF-": FileKind.PDF,
    b"\x89PNG\r\n\x1a\n": FileKind.PNG,
    b"\xff\xd8\xff": FileKind.JPEG,
}
_PARTS = {"xl/workbook.xml": FileKind.XLSX, "word/document.xml": FileKind.DOCX}
_HEAD = 16
ACCEPTED = "、".join(kind.label for kind in FileKind)


class Given(NamedTuple):
    """A file as it came."""

    stream: IO[bytes]
    file_name: str


def kind_of(given: Given) -> FileKind:
    """By content, not by name; raises Refusal for anything that is not among the kinds kept."""
    given.stream.seek(0)
    head = given.stream.read(_HEAD)
    given.stream.seek(0)
    name = shown_name(given.file_name)
    if not head:
        raise Refusal(f"“{name}”是空文件，没有保存。")
    if kind := next((kind for beginning, kind in _BEGINNINGS.items() if head.startswith(beginning)), None):
        return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileKind.WEBP
    if head.startswith(b"PK\x03\x04") and (kind := _office_kind(given.stream)):
        return kind
    raise Refusal(f"“{name}”不是可以保存的文件：请用 {ACCEPTED}。旧版 Word、Excel 文件请另存为 docx、xlsx。")


def attach(firm_id: int, about: AttachedTo, about_key: str, files: Iterable[Given], by: Author) -> list[Attachment]:
    """Keep the files in the caller's transaction, which leaves the trace. The same content is kept once."""
    limit = current_app.config["ATTACHMENT_MAX_BYTES"]
    added = []
    for given in files:
        kind, name = kind_of(given), shown_name(given.file_name)
        too_large = f"“{name}”超过 {limit // 1024**2} MB，没有保存。请压缩或拍小一些再上传。"
        kept = put_away(given.stream, attachments_folder(), "", limit, too_large)
        if kind.is_picture:
            _prove_picture(kept.path, name)
        row = Attachment(
            firm_id=firm_id, about=about, about_key=about_key, sha256=kept.sha256, size=kept.size, kind=kind,
            file_name=name, by_id=by.user_id, by_name=by.name,
        )  # fmt: skip
        db.session.add(row)
        added.append(row)
    return added


def remove_attachment(firm_id: int, attachment_id: int, by: Author) -> None:
    firm_for_change(firm_id)
    attachment = db.session.get(Attachment, attachment_id)
    if attachment is None or attachment.firm_id != firm_id or attachment.removed_at:
        raise Refusal("这个文件已被移除。")
    attachment.removed_at = clock.now()
    change = {"field": "文件", "old": attachment.file_name, "new": None}
    leave_trace(firm_id, EventKind.ATTACHMENT_REMOVED, by, {"subject": attachment.about.label, "changes": [change]})
    db.session.commit()


def _prove_picture(path: Path, name: str) -> None:
    try:
        make_thumbnail(path, name)
    except Refusal:
        path.unlink(missing_ok=True)
        raise


def small_content_of(attachment: Attachment) -> Path:
    """Of a picture: made anew when it is missing, after a restore for one."""
    path = content_of(attachment)
    make_thumbnail(path, attachment.file_name)
    return small_path(path)


def content_of(attachment: Attachment) -> Path:
    path = attachments_folder() / f"{attachment.sha256}.bin"
    if not path.exists():
        raise Refusal(f"“{attachment.file_name}”的内容不在服务器上，请联系管理员从备份中恢复。")
    return path


def _office_kind(stream: IO[bytes]) -> FileKind | None:
    try:
        with ZipFile(stream) as archive:
            names = set(archive.namelist())
    except (BadZipFile, OSError, ValueError):
        return None
    finally:
        stream.seek(0)
    return next((kind for part, kind in _PARTS.items() if part in names), None)
