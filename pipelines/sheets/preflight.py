"""What a file is, by its bytes and not by its name, and whether it may be opened at all. Runs in the child process.

A workbook is a zip: its directory may lie about sizes, name a part twice or lead out of its folder. So every part is
unpacked once under a limit and looked through; the reader is given those very bytes, packed again without compression,
which spares it the unpacking.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from pipelines.refusals import Refusal
from pipelines.sheets.packing import stored

_MEGABYTE = 1024 * 1024
_MOST_PARTS = 2_000
_MOST_PART = 40 * _MEGABYTE
_MOST_TOGETHER = 60 * _MEGABYTE
_MOST_DIRECTORY = 1 * _MEGABYTE
_DEEPEST = 100
_SUSPICIOUS_RATIO = 50
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
_DIRECTORY_OF_SHEETS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_CONTENTS = {
    "EncryptedPackage": "文件已加密：请在 Excel 或 WPS 中打开，去掉打开密码后另存为 .xlsx 再上传",
    "WordDocument": f"这是 Word 文档，不是表格：{_SAVE_AS}",
    "PowerPoint Document": "这是演示文稿，不是表格：请上传 .xlsx、.xls 或 .csv 文件",
}


class Inspected(NamedTuple):
    """What was found fit to read: a workbook's bytes, or a text's.

    suspects are the sheets that may hold formulas without a result, or with an error for one; their parts are kept, and
    those that say what the sheets are called.
    """

    is_workbook: bool
    data: bytes
    parts: Mapping[str, bytes] = {}
    suspects: tuple[str, ...] = ()
    starts_1904: bool = False


def inspect(path: str) -> Inspected:
    """Look the file through, or refuse it with the cause and the way out."""
    with open(path, "rb") as file:
        data = file.read()
    if not data:
        raise Refusal("文件是空的（0 字节）：请确认保存后再上传")
    if data.startswith(b"PK"):
        return _inspect_zip(data)
    if data.startswith(_OLE):
        return _inspect_ole(data)
    for magic, name in _OTHER_TYPES.items():
        if data.startswith(magic):
            raise Refusal(f"这是{name}，不是表格：请上传 .xlsx、.xls 或 .csv 文件")
    _refuse_markup(data[:200])
    return Inspected(False, data)


def _refuse_markup(start: bytes) -> None:
    text = start.decode("latin-1").lstrip("\xef\xbb\xbf \t\r\n").lower()
    if re.match(r"<(?:!doctype|html|head|body|table|meta|div|style|script|\?xml|!--)", text):
        raise Refusal(f"这是网页（HTML/XML）文件，只是扩展名写成了表格：{_SAVE_AS}")


def _inspect_ole(data: bytes) -> Inspected:
    """Names in an OLE directory are UTF-16; the workbook stream of an .xls or .et is called Workbook or Book."""
    for name, sentence in _OLE_CONTENTS.items():
        if name.encode("utf-16-le") in data:
            raise Refusal(sentence)
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise Refusal("这不是表格文件：请上传 .xlsx、.xls 或 .csv 文件")
    return Inspected(True, data)


def _inspect_zip(data: bytes) -> Inspected:
    _check_directory_size(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_other_archives(_checked_names(archive))
            parts = {part.filename: _unpacked(data, part) for part in archive.infolist() if _is_xml(part.filename)}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, RuntimeError, zlib.error) as error:
        raise Refusal(_DAMAGED) from error
    suspects = tuple(name for name, part in parts.items() if _is_suspect(name, part))
    starts_1904 = bool(re.search(rb'date1904="(?:1|true)"', parts["xl/workbook.xml"]))
    kept = {name: part for name, part in parts.items() if name in (*suspects, *_DIRECTORY_OF_SHEETS)}
    return Inspected(True, stored(parts), kept, suspects, starts_1904)


def _is_xml(name: str) -> bool:
    """Pictures, macros and fonts are left unpacked: no cell stands in them."""
    return name.endswith((".xml", ".rels"))


def _check_directory_size(data: bytes) -> None:
    """Sixty thousand members are refused before a list of them is made."""
    end = data.rfind(b"PK\x05\x06", -65_557)
    if end < 0 or len(data) < end + 22:
        raise Refusal(_DAMAGED)
    members, size = struct.unpack("<HI", data[end + 10 : end + 16])
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


def _unpacked(file: bytes, part: zipfile.ZipInfo) -> bytes:
    """The part, which must be what the directory says of it; a directory that lies small ends at the memory limit."""
    start = part.header_offset + 30 + sum(struct.unpack("<HH", file[part.header_offset + 26 : part.header_offset + 30]))
    packed = memoryview(file)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_DEFLATED:
        data = zlib.decompress(packed, -zlib.MAX_WBITS, part.file_size or 1)
    elif part.compress_type == zipfile.ZIP_STORED:
        data = bytes(packed)
    else:
        raise Refusal(_DAMAGED)
    if len(data) != part.file_size or zlib.crc32(data) != part.CRC:
        raise Refusal(_DAMAGED)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refusal(_DAMAGED)
    if b"!" in data and re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise Refusal(f"文件里有实体声明（DOCTYPE/ENTITY），正常的表格没有，不予读取：{_SAVE_AS}")
    if len(data) > max(_MEGABYTE, part.compress_size * _SUSPICIOUS_RATIO):
        _check_depth(data)
    return data


def _is_suspect(name: str, part: bytes) -> bool:
    """One rare character is sought first: that takes a thirtieth of seeking the whole mark."""
    if not name.startswith("xl/worksheets/"):
        return False
    return (b"f" in part and b"<f" in part) or (b"#" in part and b't="e"' in part)


def _check_depth(data: bytes) -> None:
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

    from xml.parsers import expat  # rarely needed, and the child is started for every file

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Refusal(_DAMAGED) from error
