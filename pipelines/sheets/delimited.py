"""Text files → rows: the encoding is proved, not guessed, the delimiter makes most columns. Runs in the child."""

import codecs
import csv
import io
import re
from collections import Counter
from itertools import islice, zip_longest

from pipelines.refusals import Refusal

_LONGEST_CELL = 40_000  # Excel's own limit is 32,767
_HEADER_ZONE = 60  # titles above the table do not count
_DELIMITERS = ",;\t|"
_AS_FORMULA = re.compile(r'="([^"]*)"$')
_CHINESE_IN_UTF8 = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2}")
_SAVE_AS_UTF8 = "请用 Excel 或 WPS 打开，另存为 .xlsx 或“CSV UTF-8”后再上传"


def read_delimited(data: bytes, most_rows: int, most_columns: int) -> list[tuple[str, ...]]:
    """The columns of all rows, blank ones included, so that their numbers are the ones Excel shows."""
    text = _decoded(data)
    if text.lower().startswith("sep="):
        first, _, text = text.partition("\n")
        text = "\n" + text
    csv.field_size_limit(_LONGEST_CELL)
    rows: list[list[str]] = []
    filled = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for row in reader:
            if len(row) > most_columns and any(cell.strip() for cell in row[most_columns:]):
                raise Refusal(f"第 {len(rows) + 1} 行有 {len(row)} 列，最多 {most_columns} 列：请删去多余的列后再上传")
            rows.append([_AS_FORMULA.sub(r"\1", cell) for cell in row[:most_columns]])
            filled += any(row)
            if filled > most_rows + _HEADER_ZONE:
                raise Refusal(f"文件超过 {most_rows} 行：请拆成几个文件再上传")
    except csv.Error as error:
        raise Refusal(_sentence(error, len(rows) + 1)) from error
    return list(zip_longest(*rows, fillvalue=""))


def _sentence(error: csv.Error, row: int) -> str:
    if "field larger" in str(error):
        return f"第 {row} 行起有一个单元格超过 {_LONGEST_CELL} 字，多半是少了一个引号：请改正后再上传"
    return f"第 {row} 行起的引号不成对：请用 Excel 或 WPS 打开检查，另存为 .xlsx 后再上传"


def _decoded(data: bytes) -> str:
    """UTF-8 strictly, then GB18030 strictly; a file that mixes both is refused, since half of it would be garbled."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16")
    if b"\0" in data:
        raise Refusal("文件中有空字符（NUL），不是表格，或已损坏：请上传 .xlsx、.xls 或 .csv 文件")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if data.startswith(codecs.BOM_UTF8) or _has_utf8_lines(data):
            raise Refusal(f"文件中混用了 UTF-8 和 GBK 两种编码：{_SAVE_AS_UTF8}") from None
    return _strictly(data, "gb18030")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Refusal(f"文字编码不是 UTF-8、GBK（GB18030）或 UTF-16，不能读取：{_SAVE_AS_UTF8}") from None
    if "\0" in text:
        raise Refusal("文件中有空字符（NUL），不是表格，或已损坏：请上传 .xlsx、.xls 或 .csv 文件")
    return text


def _has_utf8_lines(data: bytes) -> bool:
    return any(_CHINESE_IN_UTF8.search(line) and _is_utf8(line) for line in re.split(rb"[\r\n]+", data))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    """The delimiter that makes the largest table of rows of one width: another one in a few cells makes none."""
    start = text[:20_000]

    def size(delimiter: str) -> int:
        rows = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(row) for row in islice(rows, 30) if len(row) > 1)
        except csv.Error:
            return 0
        return max((width * times for width, times in widths.items()), default=0)

    return max(_DELIMITERS, key=size)
