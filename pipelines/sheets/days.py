"""Days as offices write them → date: 2023.5.8, 2023年5月8日, 20230508, Excel's serial 45054, 2023.12.08至2026.12.08.

A day that is only half written is told; a year is never quietly made into a day of business.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal, NamedTuple

from pipelines.names import cleaned
from pipelines.sheets.numbers import is_missing
from pipelines.sheets.tables import Raw
from pipelines.sheets.troubles import Doubt, Fault

Read = date | Doubt | Fault | None

_EARLIEST, _LATEST = 1900, 2100
_LONGEST = 60
_SERIAL_DAY_ZERO = date(1899, 12, 30)
_DAYS_TO_1904 = 1462
_SERIALS = range(7_000, 73_051)  # 1919 to the end of 2099; below it, a number is more likely a year
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_FULL = re.compile(r"(\d{4})[年./\-—、](\d{1,2})[月./\-—、](\d{1,2})[日号]?$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_MONTH = re.compile(r"(\d{4})[年./\-](\d{1,2})月?$")
_YEAR = re.compile(r"(\d{4})(?:年度?)?(?:第?[一二三四五1-5]批)?$")
_TIME = re.compile(r"(?<=[\d日号])(?:t|\s+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|\+08:?00)?$")
_SERIAL_TEXT = re.compile(r"\d{5}(?:\.\d{1,10})?$")
_TO = re.compile(r"\s*(?:至|到|~|—|–|--|-(?=\s*\d{4}[年./\-]))\s*")
_ENDLESS = frozenset({"长期", "长期有效", "永久", "无期限", "无固定期限"})
_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")


class Parts(NamedTuple):
    """What was written of a day; month and day None where they were not."""

    year: int
    month: int | None = None
    day: int | None = None


def day_reader(starts_1904: bool = False, of_a_term: Literal["first", "last"] = "first") -> Callable[[Raw], Read]:
    """Cells that hold one day. Where a term is written instead, its first or its last day is meant."""

    def read(raw: Raw) -> Read:
        if isinstance(raw, str) and _ISO.match(raw) and raw[8:] != "00":
            return _as_day(_checked(Parts(int(raw[:4]), int(raw[5:7]), int(raw[8:]))))
        if isinstance(raw, (int, float)):
            return _from_number(raw, starts_1904)
        text = _plain(raw)
        if is_missing(text) or text in _ENDLESS:
            return None
        if _SERIAL_TEXT.match(text):
            return _from_number(float(text), starts_1904)
        parts = _TO.split(text) if len(text) <= _LONGEST else [""]
        chosen = parts[-1 if of_a_term == "last" else 0] if len(parts) == 2 else text
        return _as_day(read_parts(chosen))

    return read


def read_term(raw: Raw) -> tuple[date, date] | Doubt | Fault | None:
    """2023.12.08至2026.12.08 → both days."""
    text = _plain(raw)
    if is_missing(text) or text in _ENDLESS:
        return None
    parts = _TO.split(text) if len(text) <= _LONGEST else []
    days = [_as_day(read_parts(part)) for part in parts]
    if len(days) == 2 and isinstance(days[0], date) and isinstance(days[1], date) and days[0] <= days[1]:
        return days[0], days[1]
    return Doubt(None, "看不出有效期的起止日期，按未填处理")


def read_parts(text: str) -> Parts | Fault | None:
    """The year, month and day of a text; None when it holds none of them."""
    bare = _TIME.sub("", text)
    if bare[:1] in "一二" and len(bare) > 4:
        bare = bare[:4].translate(_CHINESE_DIGITS) + bare[4:]
    plain = bare.replace(" ", "")
    for pattern in (_FULL, _COMPACT, _MONTH, _YEAR):
        if found := pattern.match(plain):
            return _checked(Parts(*(int(part) for part in found.groups())))
    return None


def _plain(raw: Raw) -> str:
    return unicodedata.normalize("NFKC", cleaned(str(raw or ""))).lower().strip("'")


def _checked(parts: Parts) -> Parts | Fault:
    if not _EARLIEST <= parts.year <= _LATEST:
        return Fault("日期的年份不合理")
    try:
        date(parts.year, parts.month or 1, parts.day or 1)
    except ValueError:
        return Fault("没有这一天")
    return parts


def _as_day(parts: Parts | Fault | None) -> Read:
    if parts is None:
        return Fault("应为日期，如 2023-05-08")
    if isinstance(parts, Fault):
        return parts
    if parts.month is None:
        return Doubt(None, "只有年份，按未知处理")
    if parts.day is None:
        return Doubt(date(parts.year, parts.month, 1), "只有年月，按当月1日读取")
    return date(parts.year, parts.month, parts.day)


def _from_number(raw: float, starts_1904: bool) -> Read:
    """20230508, a serial, 2023 or 2023.5: the last has lost the zero that would tell January from October."""
    if not math.isfinite(raw):
        return Fault("应为日期，如 2023-05-08")
    if raw == int(raw) and (found := _COMPACT.match(str(int(raw)))):
        return _as_day(_checked(Parts(*(int(part) for part in found.groups()))))
    if int(raw) in _SERIALS:
        return _SERIAL_DAY_ZERO + timedelta(days=int(raw) + (_DAYS_TO_1904 if starts_1904 else 0))
    if not _EARLIEST <= raw < _LATEST + 1:
        return Fault("应为日期，如 2023-05-08")
    month = f"{raw:.2f}".partition(".")[2]
    if month in ("00", "10"):
        return Doubt(None, "只有年份，按未知处理" if month == "00" else "看不出是1月还是10月，按未知处理")
    return _as_day(_checked(Parts(int(raw), int(month.rstrip("0") if month[1] == "0" else month))))


def read_year(raw: Raw) -> int | Doubt | Fault | None:
    """A fiscal year: 2025, 2025年, 2025年度."""
    text = str(int(raw)) if isinstance(raw, (int, float)) and math.isfinite(raw) and raw == int(raw) else _plain(raw)
    if is_missing(text):
        return None
    found = re.fullmatch(r"((?:19|20)\d{2})(?:年度?)?", text.replace(" ", ""))
    return int(found[1]) if found else Fault("应为年度，如 2025")


def read_application_year(raw: Raw) -> int | Doubt | Fault | None:
    """In which year's application something was used: 2023, 2023年高企; 否 means in none so far."""
    text = _plain(raw)
    if text in ("否", "×", "x", "n", "未使用", "未用", "没有", "0"):
        return None
    if text in ("是", "√", "✓", "y", "已使用", "已用", "有"):
        return Doubt(None, "没有写用于哪一年的申报，未登记")
    years = {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", text[:_LONGEST])}
    if len(years) == 1:
        return years.pop()
    return None if is_missing(text) else Fault("应为一个申报年度，如 2023")


def read_recognition_day(raw: Raw) -> date | Doubt | Fault | None:
    """When a title was given: a day, or often only its year, kept as its first day; 否 means never."""
    if isinstance(raw, (int, float)):
        return date(int(raw), 1, 1) if raw in range(_EARLIEST, _LATEST) else _from_number(raw, starts_1904=False)
    text = _plain(raw)
    if is_missing(text) or text in ("否", "×", "x", "n", "非", "不是"):
        return None
    if text in ("是", "√", "✓", "y", "有", "已认定", "有效"):
        return Doubt(None, "没有写认定年份，未登记该资质")
    years = sorted({int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", text[:_LONGEST])})
    if len(years) > 1 and not _TO.search(text):
        return Doubt(date(years[-1], 1, 1), "写了几个年份，按最近一次读取")
    parts = read_parts(_TO.split(text)[0]) if len(text) <= _LONGEST else None
    if isinstance(parts, Parts) and parts.month is None:
        return date(parts.year, 1, 1)
    return _as_day(parts)
