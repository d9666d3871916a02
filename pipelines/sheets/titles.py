"""The title of a column, as an office writes it → which column, which year, which unit."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pipelines.names import cleaned
from pipelines.sheets.columns import COLUMNS, Column

MONEY_UNITS = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}

_LONGEST = 80  # a longer text is a note, not a title
_YEAR = re.compile(r"(?<!\d)(?:((?:19|20)\d{2})(?:年度?|fy)?|(\d{2})年度?)(?!\d)")
_SPAN = re.compile(r"(?:19|20)\d{2}年?[-—–~至到](?:19|20)?\d{2}(?!\d)")
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_UNIT = re.compile(r"(?:单位|金额单位)?[:,/]?(亿元|百万元|万元|千元|元|%|人|名|项|件|个|家)(?:整|人民币)?")
_TRAILING_UNIT = re.compile(r"(?:[/,:_]|单位:?)(亿元|百万元|万元|千元|元|%|人|项|件)$|(?<=.)(亿元|百万元|万元|千元|%)$")
_FOREIGN = re.compile(r"美元|欧元|港元|港币|日元|英镑|外币|吨|平方|亩|㎡")
_AVERAGE = re.compile(r"平均|月均")
_NUMBERING = re.compile(r"^[(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)]?[.、)](?!\d)")
_IGNORED = re.compile(r"[*★☆#]|必填项?|选填|其中:?")
_PUNCTUATION = re.compile(r"[()\[\]【】〔〕\s、/.,:;·\-—_\"'“”‘’&]")
_LEADING = re.compile(r"^(?:近三年|近3年|年度|全年|期末|年末|年底|末|底|年|度|企业)+")
_SEVERAL_YEARS = re.compile(r"近?[二两三四五235]年|累计|合计|总和")


class TitleMeaning(NamedTuple):
    column: Column | None
    year: int | None = None
    unit: str | None = None
    speaks_of_average: bool = False


def folded_title(text: str) -> str:
    """A title without what does not matter: width, case, spaces, brackets, signs."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text)).lower()


_BY_SPELLING: dict[str, Column] = {
    folded_title(spelling): column for column in COLUMNS for spelling in (*column.aliases, column.title)
}


def plain_title(text: str) -> str:
    """A title as lists compare it: without numbering, asterisks and 必填."""
    plain = unicodedata.normalize("NFKC", cleaned(text)).replace(" ", "").lower()
    return folded_title(_IGNORED.sub("", _NUMBERING.sub("", plain)))


@lru_cache(maxsize=4096)
def read_title(text: str) -> TitleMeaning:
    """What a title means; column None where it is not understood, which is told and never guessed."""
    plain = unicodedata.normalize("NFKC", cleaned(text)).replace(" ", "").lower()
    if not plain or len(plain) > _LONGEST or _SPAN.search(plain):
        return TitleMeaning(None)
    plain = _IGNORED.sub("", _NUMBERING.sub("", plain))
    year, plain = _without_year(plain)
    unit, plain = _without_unit(plain)
    column = None if _FOREIGN.search(plain) else _looked_up(plain)
    if column is None or not _fits(column, year, unit, plain):
        return TitleMeaning(None, year, unit)
    return TitleMeaning(column, year, unit, bool(_AVERAGE.search(plain)))


def _fits(column: Column, year: int | None, unit: str | None, plain: str) -> bool:
    """A sum of several years is the figure of none; a share is no money; 2024年联系人 is not today's contact."""
    if column.scope == "figures" and year is None and _SEVERAL_YEARS.search(plain):
        return folded_title(plain) in _BY_SPELLING  # 资产合计 is a sum of another kind
    if column.cell == "money" and unit and unit not in MONEY_UNITS:
        return False
    return year is None or column.scope in ("figures", "derived")


def _without_year(text: str) -> tuple[int | None, str]:
    """The one fiscal year a title names; two different years make it a title of none."""
    years = {int(full or f"20{short}") for full, short in _YEAR.findall(text)}
    return (years.pop(), _YEAR.sub("", text)) if len(years) == 1 else (None, text)


def _without_unit(text: str) -> tuple[str | None, str]:
    for bracket in _BRACKETS.finditer(text):
        if unit := _UNIT.fullmatch(bracket[1]):
            return unit[1], text.replace(bracket[0], "")
    if (unit := _TRAILING_UNIT.search(text)) and folded_title(text) not in _BY_SPELLING:
        return unit[1] or unit[2], text[: unit.start()]
    return None, text


def without_unit(title: str) -> str:
    """设备原值(万元) → 设备原值"""
    return _without_unit(unicodedata.normalize("NFKC", cleaned(title)).replace(" ", ""))[1]


def _looked_up(text: str) -> Column | None:
    """As it stands; then without a remark in brackets; then without words like 年末 or 企业 in front."""
    bare = _BRACKETS.sub("", text)
    attempts = (text, bare, _LEADING.sub("", text), _LEADING.sub("", bare))
    return next((found for attempt in attempts if (found := _BY_SPELLING.get(folded_title(attempt)))), None)


def unit_of_note(text: str) -> str | None:
    """The unit a line such as 单位：万元 sets for the whole table."""
    plain = unicodedata.normalize("NFKC", cleaned(text)).replace(" ", "")
    found = re.search(r"单位[:]?(?:人民币)?(亿元|百万元|万元|千元|元)(?!/)", plain)
    return found[1] if found else None


def is_unit(text: str) -> str | None:
    """The unit a cell consists of, as in a row of units below the titles."""
    plain = unicodedata.normalize("NFKC", cleaned(text)).replace(" ", "").strip("()")
    found = _UNIT.fullmatch(plain)
    return found[1] if found else None


def year_of(text: str) -> int | None:
    """The year a sheet is called by (2024, 2024年, 2024年度数据), or a title above a table names."""
    plain = unicodedata.normalize("NFKC", cleaned(text)).replace(" ", "").lower()
    if _SPAN.search(plain) or re.search(r"申报|认定|培育|摸底|拟|计划|通知", plain):
        return None
    return _without_year(re.sub(r"\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?", "", plain))[0]
