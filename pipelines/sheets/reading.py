"""A file → tables of rows. The file is never trusted: a child process with limits opens it and hands over plain values.

calamine can abort the whole process on a hostile file, whatever the caller catches; a web server must outlive that.
"""

import hashlib
import logging
import marshal
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import python_calamine

from pipelines.refusals import Refusal
from pipelines.sheets.layout import find_tables
from pipelines.sheets.tables import Binding, Limits, Raw, SheetReading, SheetRow, Table

__all__ = ["Binding", "Limits", "Raw", "SheetReading", "SheetRow", "Table", "read_sheets"]

_log = logging.getLogger(__name__)
_MEGABYTE = 1024 * 1024
_ROOT = str(Path(__file__).resolve().parents[2])
_LIBRARIES = str(Path(python_calamine.__file__).resolve().parents[1])
# Isolated (-I) and without site (-S): it starts in half the time, and nobody's environment changes what it loads.
_PROGRAM = f"""import sys
sys.path[:0] = [{_ROOT!r}, {_LIBRARIES!r}]
from pipelines.sheets.child import main
main(*sys.argv[1:])"""
_READ_BY = ("child", "preflight", "packing", "workbook", "delimited")
# A process that lives half a second spends a quarter of it on fetching memory page by page: fetch it in large pages.
_MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "MALLOC_TRIM_THRESHOLD_": "1000000000",
    "MALLOC_MMAP_THRESHOLD_": "1000000000",
    "MALLOC_TOP_PAD_": "67108864",
}
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传"
_FAR_AWAY = "常见原因是在很远的行或列误填了一个单元格：请把数据区域复制到新的工作簿，或拆成几个文件再上传"


def read_sheets(path: Path, file_name: str, limits: Limits, kept_in: Path | None = None) -> SheetReading:
    """Read xlsx, xls or csv by content, not by name; raises Refusal with the cause and the way out.

    kept_in: a folder of ours for what the child hands over, so that the same file is opened once: not by every process,
    and not when it comes again next week.
    """
    size = path.stat().st_size
    if size > limits.bytes:
        most = limits.bytes // _MEGABYTE
        raise Refusal(
            f"文件有 {size / _MEGABYTE:.1f} MB，最多 {most} MB：请删去图片和多余的工作表，或拆成几个文件再上传"
        )
    sha256 = _digest(path)
    answer = _answer(path, limits, kept_in / f"{sha256}.{_form(limits)}" if kept_in else None)
    sheets = [sheet | {"columns": _columns(sheet)} for sheet in answer["sheets"]]
    tables, notes = find_tables(sheets, file_name, limits.rows, answer["starts_1904"])
    return SheetReading(file_name, sha256, tables, notes)


def _columns(sheet: dict[str, Any]) -> list[Sequence[Raw]]:
    return [marshal.loads(column) for column in sheet["columns"]]  # noqa: S302 - our own child wrote it


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _answer(path: Path, limits: Limits, kept: Path | None) -> dict[str, Any]:
    """What the child finds in the file, or found in it when it came before."""
    if kept and kept.exists():
        return _values(kept.read_bytes())
    answer = _answer_of_child(path, limits)
    values = _values(answer)
    if "refusal" in values:
        raise Refusal(values["refusal"] or f"读取这个文件需要的内存超过 {limits.memory_mb} MB。{_FAR_AWAY}")
    if kept:
        _keep(answer, kept)
    return values


def _values(answer: bytes) -> dict[str, Any]:
    values: dict[str, Any] = marshal.loads(answer)  # noqa: S302 - our own child wrote it
    return values


def _keep(answer: bytes, kept: Path) -> None:
    """Whole or not at all. A full disk is no reason to refuse a file that was read."""
    with suppress(OSError):
        handle, temporary = tempfile.mkstemp(dir=kept.parent)  # 0600
        with os.fdopen(handle, "wb") as file:
            file.write(answer)
        Path(temporary).replace(kept)


def _form(limits: Limits) -> str:
    """Another program, or other limits, may find something else in the same file."""
    return hashlib.blake2b(f"{limits}{_program_of_child()}".encode(), digest_size=8).hexdigest()


@cache
def _program_of_child() -> str:
    here = Path(__file__).parent
    sources = [(here / f"{name}.py").read_text("utf-8") for name in _READ_BY]
    return "\n".join([sys.version, version("python-calamine"), *sources])


def _answer_of_child(path: Path, limits: Limits) -> bytes:
    arguments = [path.resolve(), limits.rows, limits.columns, limits.seconds, limits.memory_mb]
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", env=_MEMORY) as child:
        try:
            answer, complaint = child.communicate(timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            raise Refusal(_took_too_long(limits)) from None
    if child.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Refusal(_took_too_long(limits))
    if child.returncode:
        _log.warning(
            "reading %s ended with %d: %s", path.name, child.returncode, complaint[-2000:].decode(errors="replace")
        )
    if child.returncode > 0:
        raise Refusal(f"文件已损坏或不完整，不能读取：{_SAVE_AS}")
    return answer if child.returncode == 0 else marshal.dumps({"refusal": None})


def _took_too_long(limits: Limits) -> str:
    return f"读取这个文件超过 {limits.seconds} 秒，已停止。{_FAR_AWAY}"
