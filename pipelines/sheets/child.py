"""The child process: reads one file under limits and writes what it holds, or why not, to its standard output.

It imports as little as it can, for it is started anew for every file; what it sends is marshalled plain values.
"""

import gc
import marshal
import resource
import sys

from pipelines.refusals import Refusal

_MEGABYTE = 1024 * 1024


def main(path: str, rows: str, columns: str, seconds: str, memory_mb: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_mb) * _MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # nothing here is ever dropped before the process ends
    sys.stdout.buffer.write(_answer(path, int(rows), int(columns), int(memory_mb)))


def _answer(path: str, rows: int, columns: int, memory_mb: int) -> bytes:
    try:
        answer = marshal.dumps(_read(path, rows, columns), 2)
        if len(answer) <= memory_mb * _MEGABYTE // 8:  # as values in the other process it is three times that
            return answer
    except Refusal as refusal:
        return marshal.dumps({"refusal": str(refusal)}, 2)
    except MemoryError:
        pass
    return marshal.dumps({"refusal": None}, 2)


def _read(path: str, rows: int, columns: int) -> dict[str, object]:
    from pipelines.sheets.preflight import inspect  # the limits must stand before zlib and the reader are loaded

    file = inspect(path)
    if file.is_workbook:
        from pipelines.sheets.workbook import read_workbook

        return {"sheets": read_workbook(file, rows, columns), "starts_1904": file.starts_1904}
    from pipelines.sheets.delimited import read_delimited

    cells = [marshal.dumps(column, 2) for column in read_delimited(file.data, rows, columns)]
    return {
        "sheets": [{"name": "", "hidden": False, "first_row": 1, "stray": 0, "columns": cells}],
        "starts_1904": False,
    }
