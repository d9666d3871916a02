"""A file → tables of rows. The file is never trusted: a child process with limits opens it and hands over plain values.

calamine can abort the whole process on a hostile file, whatever the caller catches; a web server must outlive that.
"""

import hashlib
import logging
import marshal
import signal
import subprocess
import sys
from collections.abc import Sequence
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
# A process that lives half a second spends a quarter of it on fetching memory page by page: fetch it in large pages.
_MEMORY = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "MALLOC_TRIM_THRESHOLD_": "1000000000",
    "MALLOC_MMAP_THRESHOLD_": "1000000000",
    "MALLOC_TOP_PAD_": "67108864",
}
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传"
_FAR_AWAY = "常见原因是在很远的行或列误填了一个单元格：请把数据区域复制到新的工作簿，或拆成几个文件再上传"


def read_sheets(path: Path, file_name: str, limits: Limits) -> SheetReading:
    """Read xlsx, xls or csv by content, not by name; raises Refusal with the cause and the way out."""
    size = path.stat().st_size
    if size > limits.bytes:
        most = limits.bytes // _MEGABYTE
        raise Refusal(
            f"文件有 {size / _MEGABYTE:.1f} MB，最多 {most} MB：请删去图片和多余的工作表，或拆成几个文件再上传"
        )
    answer = _answer_of_child(path, limits)
    sheets = [sheet | {"columns": _columns(sheet)} for sheet in answer["sheets"]]
    tables, notes = find_tables(sheets, file_name, limits.rows, answer["starts_1904"])
    return SheetReading(file_name, _digest(path), tables, notes)


def _columns(sheet: dict[str, Any]) -> list[Sequence[Raw]]:
    return [marshal.loads(column) for column in sheet["columns"]]  # noqa: S302 - our own child wrote it


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _answer_of_child(path: Path, limits: Limits) -> dict[str, Any]:
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
    return _checked(answer, child.returncode, limits)


def _checked(answer: bytes, code: int, limits: Limits) -> dict[str, Any]:
    if code > 0:
        raise Refusal(f"文件已损坏或不完整，不能读取：{_SAVE_AS}")
    values: dict[str, Any] = marshal.loads(answer) if code == 0 else {"refusal": None}  # noqa: S302 - our own child
    if "refusal" in values:
        raise Refusal(values["refusal"] or f"读取这个文件需要的内存超过 {limits.memory_mb} MB。{_FAR_AWAY}")
    return values


def _took_too_long(limits: Limits) -> str:
    return f"读取这个文件超过 {limits.seconds} 秒，已停止。{_FAR_AWAY}"
