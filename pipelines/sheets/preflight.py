"""What a file is, by its bytes and not by its name, and whether it may be opened at all. Runs in the child process.

A workbook is a zip: its directory may lie about sizes, name a part twice or lead out of its folder, so every part is
unpacked once, counted, and searched for entity declarations before the reader sees it.
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple
from xml.parsers import expat

from pipelines.refusals import Refusal

_MEGABYTE = 1024 * 1024
_MOST_PARTS = 2_000
_MOST_PART = 40 * _MEGABYTE
_MOST_TOGETHER = 60 * _MEGABYTE
_MOST_DIRECTORY = 1 * _MEGABYTE
_DEEPEST = 100
_SUSPICIOUS_RATIO = 50
_CHUNK = _MEGABYTE
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传"
_DAMAGED = f"文件已损坏或不完整，不能读取：{_SAVE_AS}"
_OTHER_TYPES = {
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"MZ": "Windows 程序",
    b"\x7fELF": "程序",
    b"\x1f\x8b": "压缩包（gzip）",
    b"Rar!": "压缩包（rar）",
    b"7z\xbc\xaf": "压缩包（7z）",
    b"BZh": "压缩包（bz2）",
    b"\xfd7zXZ": "压缩包（xz）",
    b"{\\rtf": "Word 文档（rtf）",
    b"SQLite format 3": "数据库文件",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_CONTENTS = {
    "EncryptedPackage": "文件已加密：请在 Excel 或 WPS 中打开，去掉打开密码后另存为 .xlsx 再上传",
    "WordDocument": f"这是 Word 文档，不是表格：{_SAVE_AS}",
    "PowerPoint Document": "这是演示文稿，不是表格：请上传 .xlsx、.xls 或 .csv 文件",
}


class Kind(NamedTuple):
    """The reader to use; suspects are the parts that hold formulas without a result, or with an error for one."""

    reader: Literal["workbook", "delimited"]
    suspects: tuple[str, ...] = ()
    starts_1904: bool = False


def inspect(path: Path) -> Kind:
    """Choose the reader, or refuse with the cause and the way out."""
    with path.open("rb") as file:
        start = file.read(8192)
    if not start:
        raise Refusal("文件是空的（0 字节）：请确认保存后再上传")
    if start.startswith(b"PK"):
        return _inspect_zip(path)
    if start.startswith(_OLE):
        return _inspect_ole(path.read_bytes())
    for magic, name in _OTHER_TYPES.items():
        if start.startswith(magic):
            raise Refusal(f"这是{name}，不是表格：请上传 .xlsx、.xls 或 .csv 文件")
    _refuse_markup(start)
    return Kind("delimited")


def _refuse_markup(start: bytes) -> None:
    text = start.decode("latin-1").lstrip("\xef\xbb\xbf \t\r\n").lower()
    if re.match(r"<(?:!doctype|html|head|body|table|meta|div|style|script|\?xml|!--)", text):
        raise Refusal(f"这是网页（HTML/XML）文件，只是扩展名写成了表格：{_SAVE_AS}")


def _inspect_ole(data: bytes) -> Kind:
    """Names in an OLE directory are UTF-16; the workbook stream of an .xls or .et is called Workbook or Book."""
    for name, sentence in _OLE_CONTENTS.items():
        if name.encode("utf-16-le") in data:
            raise Refusal(sentence)
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise Refusal("这不是表格文件：请上传 .xlsx、.xls 或 .csv 文件")
    return Kind("workbook")


def _inspect_zip(path: Path) -> Kind:
    _check_directory_size(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = _checked_names(archive)
            _refuse_other_archives(names)
            return _inspect_parts(archive)
    except (
        zipfile.BadZipFile,
        EOFError,
        struct.error,
        NotImplementedError,
        OSError,
        ValueError,
        RuntimeError,
    ) as error:
        raise Refusal(_DAMAGED) from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]  # zipfile re-exports it, its stub does not
        raise Refusal(_DAMAGED) from error


def _check_directory_size(path: Path) -> None:
    """Sixty thousand members are refused before a list of them is made."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 65_557))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise Refusal(_DAMAGED)
    members, size = struct.unpack("<HI", tail[end + 10 : end + 16])
    if members > _MOST_PARTS or size > _MOST_DIRECTORY:
        raise Refusal(f"文件里的部件超过 {_MOST_PARTS} 个，不像正常的表格：{_SAVE_AS}")


def _checked_names(archive: zipfile.ZipFile) -> set[str]:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > _MOST_PARTS or len(names) != len(parts):
        raise Refusal(f"文件的内部目录有重复或过多的部件，不像正常的表格：{_SAVE_AS}")
    if any(".." in name.split("/") or name.startswith("/") or "\\" in name or ":" in name for name in names):
        raise Refusal(f"文件的内部目录指向文件之外，不像正常的表格：{_SAVE_AS}")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refusal("文件已加密：请去掉密码后另存为 .xlsx 再上传")
    if sum(part.file_size for part in parts) > _MOST_TOGETHER or any(part.file_size > _MOST_PART for part in parts):
        _refuse_size()
    return names


def _refuse_size() -> None:
    raise Refusal(
        f"文件解压后过大（单个工作表超过 {_MOST_PART // _MEGABYTE} MB，或合计超过 {_MOST_TOGETHER // _MEGABYTE} MB）："
        "请删去多余的工作表和空白格式，或把数据拆成几个文件再上传"
    )


def _refuse_other_archives(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    sentences = {
        "xl/workbook.bin": f"这是二进制工作簿（.xlsb），不能读取：{_SAVE_AS}",
        "word/document.xml": "这是 Word 文档，不是表格：请把表格复制到 Excel 中，另存为 .xlsx 后再上传",
        "ppt/presentation.xml": "这是演示文稿，不是表格：请上传 .xlsx、.xls 或 .csv 文件",
        "content.xml": f"这是 OpenDocument 文件（.ods），不能读取：{_SAVE_AS}",
        "[Content_Types].xml": f"文件里没有工作簿，已损坏或不是表格：{_SAVE_AS}",
    }
    found = next((sentence for name, sentence in sentences.items() if name in names), None)
    raise Refusal(found or "这是压缩包，不是表格：请解压后上传里面的 .xlsx、.xls 或 .csv 文件")


def _inspect_parts(archive: zipfile.ZipFile) -> Kind:
    together = 0
    suspects = []
    for part in archive.infolist():
        size, suspect = _inspect_part(archive, part)
        together += size
        if together > _MOST_TOGETHER:
            _refuse_size()
        if suspect:
            suspects.append(part.filename)
        if size > _MEGABYTE and size > part.compress_size * _SUSPICIOUS_RATIO:
            _check_depth(archive, part)
    workbook = archive.read("xl/workbook.xml")
    return Kind("workbook", tuple(suspects), bool(re.search(rb'date1904="(?:1|true)"', workbook)))


def _inspect_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, bool]:
    """Count the real bytes, refuse entity declarations, and see whether cells need a second look.

    One rare character is searched first each time: that takes a thirtieth of searching for the whole mark.
    """
    is_xml = part.filename.endswith((".xml", ".rels", ".vml"))
    is_sheet = part.filename.startswith("xl/worksheets/")
    size, suspect, end = 0, False, b""
    for chunk in _chunks(archive, part):
        if size == 0 and is_xml and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Refusal(_DAMAGED)
        size += len(chunk)
        if size > _MOST_PART:
            _refuse_size()
        window = end + chunk  # a mark may lie across two chunks
        end = chunk[-16:]
        if is_xml and b"!" in window and re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", window, re.IGNORECASE):
            raise Refusal(f"文件里有实体声明（DOCTYPE/ENTITY），正常的表格没有，不予读取：{_SAVE_AS}")
        if is_sheet and not suspect:
            suspect = (b"f" in window and b"<f" in window) or (b"#" in window and b't="e"' in window)
    return size, suspect


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _check_depth(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A part that shrank more than fifty-fold is looked at tag by tag; the reader itself keeps no stack of them."""
    depth = 0

    def opened(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise Refusal(f"文件的内部结构嵌套超过 {_DEEPEST} 层，不像正常的表格：{_SAVE_AS}")

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    try:
        for chunk in _chunks(archive, part):
            parser.Parse(chunk)
    except expat.ExpatError as error:
        raise Refusal(_DAMAGED) from error
