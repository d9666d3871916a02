"""Numbers as offices write them. What is not known stays None; nothing becomes zero by accident.

Money and people come out in whole hundredths (fen, hundredths of a head), as the database keeps them: a workbook holds
200,000 of them, and as many Decimals would cost half as much as reading the file. The plan turns what it reports into
Decimal yuan.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import repeat
from typing import NamedTuple

from pipelines.names import cleaned
from pipelines.sheets.tables import Raw
from pipelines.sheets.titles import MONEY_UNITS
from pipelines.sheets.troubles import Doubt, Fault

Hundredths = int | Doubt | Fault | None

_LONGEST = 60
_MISSING = frozenset({
    "-", "--", "---", "—", "——", "–", "/", "//", "\\", "*", ".", "。", "…", "...", "无", "暂无", "没有", "未知", "不详",
    "不清楚", "待补", "待定", "待填", "待报", "未填", "未报", "空", "缺", "n/a", "na", "nil", "null", "none",
})  # fmt: skip
_ERROR = re.compile(r"#(?:div/0!|ref!|n/a|value!|name\?|num!|null!|spill!|calc!|未计算|#*)$")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,4})?$")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*(?:\.\d+)?$")
_ABOUT = re.compile(
    r"^(?:约|大约|大概|近|将近|接近|超过|超|不足|不到|至少|最多|[<>≤≥≈~])|(?:左右|上下|以上|以下|以内|余|多|[+])$"
)
_RANGE = re.compile(r"\d[\d.,]*(?:万|亿|千)?元?(?:-|~|—|–|至|到)\d")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?: |$)")
_UNIT = re.compile(r"(亿|百万|万|千)?(元|人民币)?$")
_FACTORS = {"亿": 100_000_000, "百万": 1_000_000, "万": 10_000, "千": 1_000}
_CURRENCY = re.compile(r"^(?:人民币|rmb|cny|[¥￥])")
_MOST_MONEY = 10**13  # ten million million yuan: no county has such a firm
_MOST_PEOPLE = 1_000_000
_MOST_AREA = 10_000_000
_EXACT_BELOW = 10.0**12  # below it a float keeps the fen of what was typed


class Written(NamedTuple):
    """A number with what stood behind it."""

    number: Decimal
    suffix: str


def is_missing(text: str) -> bool:
    return not text or text in _MISSING


def read_number(raw: Raw) -> Written | Doubt | Fault | None:
    """The number of a cell; about-values and ranges are not known, errors of formulas are missing, both are told."""
    if isinstance(raw, bool):
        return Fault("应为数字")
    if isinstance(raw, (int, float)):
        return Written(Decimal(repr(raw)), "") if math.isfinite(raw) else Fault("不是有效的数字")
    if raw is None:
        return None
    text = unicodedata.normalize("NFKC", cleaned(raw)).lower().replace("−", "-")
    if is_missing(text):
        return None
    if _ERROR.match(text):
        return Doubt(None, f"公式没有结果（{cleaned(raw)}），按未填处理")
    return _from_text(text) if len(text) <= _LONGEST else Fault("应为数字")


def _from_text(text: str) -> Written | Doubt | Fault | None:
    plain = _CURRENCY.sub("", text.strip("'")).strip()
    if _DAY.match(plain):
        return Fault("这是日期，应为数字：请把单元格格式改为“常规”")
    if _ABOUT.search(plain) or _RANGE.search(plain.replace(" ", "")):
        return Doubt(None, "只写了约数或范围，按未知处理")
    sign, plain = _sign(plain)
    number = re.match(r"[+-]?[\d.,e ]*(?:(?<=e)[+-]\d+)?", plain)
    digits = number[0].strip() if number else ""
    suffix = plain[len(number[0]) :].strip() if number else plain
    if _GROUPED.match(digits):
        digits = re.sub("[, ]", "", digits)
    if not _PLAIN.match(digits):
        return Fault("应为数字")
    return Written(sign * Decimal(digits), suffix)


def _sign(text: str) -> tuple[int, str]:
    """Accountants write minus as (123), ▲123 or △123."""
    if text.startswith("(") and text.endswith(")"):
        return -1, text[1:-1]
    if text[:1] in "▲△":
        return -1, text[1:].strip()
    return 1, text


def money_reader(unit: str, may_be_negative: bool) -> Callable[[Raw], Hundredths]:
    """Cells of a column in 万元, 元 or 千元 → fen; a unit inside the cell speaks for that cell."""
    factor = MONEY_UNITS[unit]

    def read(raw: Raw) -> Hundredths:
        written = read_number(raw)
        if not isinstance(written, Written):
            return written
        suffix = _UNIT.match(written.suffix)
        if suffix is None:
            return Fault("应为数字")
        own = _FACTORS.get(suffix[1] or "", 1 if suffix[2] else None)
        return _as_fen(written.number, own or factor, may_be_negative)

    return read


def _as_fen(number: Decimal, factor: int, may_be_negative: bool) -> Hundredths:
    if abs(number) > _MOST_MONEY or abs(number * factor) > _MOST_MONEY:
        return Fault("数值大得不合理，请核对数值和单位")
    exact = number * factor * 100
    fen = round(exact)
    if fen != exact:
        return Doubt(fen, "小于一分的部分已四舍六入")
    return Doubt(fen, "为负数，请核对") if fen < 0 and not may_be_negative else fen


def money_column(
    cells: Sequence[Raw], unit: str, otherwise: Callable[[Raw], Hundredths], olds: Sequence[int | None] | None = None
) -> list[Hundredths]:
    """A column of money, most of it numbers: what a float says exactly is taken straight, the rest cell by cell.

    olds are known fen beside it: the float that stands for them stands for nothing else.
    """
    scale = float(MONEY_UNITS[unit] * 100)
    return [
        old
        if old is not None and cell == old / scale
        else fen
        if type(cell) is float
        and 0 <= (fine := cell * scale) < _EXACT_BELOW
        and -0.004 < fine - (fen := round(fine)) < 0.004
        else otherwise(cell)
        for cell, old in zip(cells, olds or repeat(None), strict=False)
    ]


def people_reader(whole: bool) -> Callable[[Raw], Hundredths]:
    """Heads are whole; averages over a year have up to two places (195号 三（五）)."""

    def read(raw: Raw) -> Hundredths:
        written = read_number(raw)
        if not isinstance(written, Written):
            return written
        if written.suffix not in ("", "人", "名", "个", "位"):
            return Fault("应为人数")
        return _as_heads(written.number, whole)

    return read


def _as_heads(number: Decimal, whole: bool) -> Hundredths:
    if not 0 <= number <= _MOST_PEOPLE:
        return Fault("人数不能为负" if number < 0 else "人数大得不合理")
    if whole and number != number.to_integral_value():
        return Fault("人数应为整数（平均数请在标题中写明“年平均”）")
    rounded = round(number * 100)
    return rounded if rounded == number * 100 else Doubt(rounded, "超过两位小数，已按两位小数读取")


def people_column(cells: Sequence[Raw], whole: bool, otherwise: Callable[[Raw], Hundredths]) -> list[Hundredths]:
    """A column of heads, as money_column. True, which is 1 to a dict, is no head."""
    step = 100 if whole else 1
    return [
        part
        if type(cell) is float
        and 0 <= cell <= _MOST_PEOPLE
        and (part := round(cell * 100)) / 100 == cell
        and not part % step
        else otherwise(str(cell) if type(cell) is bool else cell)
        for cell in cells
    ]


def read_heads(raw: Raw) -> int | Doubt | Fault | None:
    """People of a thing that are simply counted, whole."""
    read = people_reader(whole=True)(raw)
    return read // 100 if isinstance(read, int) else read


def read_count(raw: Raw) -> int | Doubt | Fault | None:
    """A number of things: 无 is none of them, an empty cell is not known."""
    if isinstance(raw, str) and cleaned(raw) in ("无", "没有", "零"):
        return 0
    written = read_number(raw)
    if not isinstance(written, Written):
        return written
    number = written.number
    if written.suffix not in ("", "项", "件", "个", "次") or number != number.to_integral_value():
        return Fault("应为整数")
    return int(number) if 0 <= number <= _MOST_PEOPLE else Fault("应为不小于 0 的整数")


def read_points(raw: Raw) -> float | Doubt | Fault | None:
    """A mark out of a hundred, with up to two places."""
    written = read_number(raw)
    if not isinstance(written, Written):
        return written
    number = written.number
    if written.suffix not in ("", "分") or not 0 <= number <= 100:
        return Fault("应为 0–100 的分数")
    return round(float(number), 2)


def read_area(raw: Raw) -> Decimal | Doubt | Fault | None:
    """Square metres, with up to two places."""
    written = read_number(raw)
    if not isinstance(written, Written):
        return written
    number = written.number
    if written.suffix not in ("", "m2", "平方米", "平米", "平方", "平"):
        return Fault("应为平方米数")
    if not 0 <= number <= _MOST_AREA:
        return Fault("面积不能为负" if number < 0 else "面积大得不合理")
    rounded = round(number, 2)
    return rounded if rounded == number else Doubt(rounded, "超过两位小数，已按两位小数读取")


def share_reader(in_percent: bool) -> Callable[[Raw], Decimal | Doubt | Fault | None]:
    """Shares → 0–1. Without a sign or a title that says %, a number above 1 is not guessed at."""

    def read(raw: Raw) -> Decimal | Doubt | Fault | None:
        written = read_number(raw)
        if not isinstance(written, Written):
            return written
        number = written.number
        if written.suffix == "%" or (in_percent and not written.suffix):
            number /= 100
        elif written.suffix:
            return Fault("应为百分比")
        elif 1 < number <= 100:
            return Doubt(None, "没有写明是否为百分数，按未知处理")
        return number if 0 <= number <= 1 else Doubt(None, "不在 0—100% 之间，按未知处理")

    return read
