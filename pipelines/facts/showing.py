"""Figures in words an officer reads; a shown figure never looks like having reached what it missed."""

from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from math import ceil
from typing import Any

from pipelines.facts.ratio import Manual, Ratio
from pipelines.vocabulary import Unit, Word

_WAN = 10_000
_YI = 100_000_000
_DIGITS = 12  # more than enough to tell any two shares of real figures apart


def shown(value: Any, unit: Unit, apart_from: Any = None) -> str:
    """A value with its unit. apart_from is the threshold it is read beside: digits are added until they differ."""
    if value is None:
        return "未知"
    if isinstance(value, Manual):
        return value.reason
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Ratio | Fraction):
        return _share(exact(value), unit, None if apart_from is None else exact(apart_from))
    return _plain(value, unit)


def _plain(value: Any, unit: Unit) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Word):
        return value.label
    if isinstance(value, str | Enum):
        return str(value)
    if unit is Unit.YUAN:
        return money(value)
    if unit is Unit.SHARE:
        return _share(exact(value), unit, None)
    return f"{_trimmed(Decimal(value))} {unit.label}"


def exact(value: Any) -> Fraction:
    return value.fraction if isinstance(value, Ratio) else Fraction(value)


def _share(value: Fraction, unit: Unit, apart_from: Fraction | None) -> str:
    scale, sign = (100, "%") if unit is Unit.SHARE else (1, f" {unit.label}")
    for places in range(2, _DIGITS):
        text = _rounded(value * scale, places)
        if apart_from is None or value == apart_from or text != _rounded(apart_from * scale, places):
            break
    return text + sign


def _rounded(value: Fraction, places: int) -> str:
    """Half away from zero, without the zeroes nobody needs."""
    whole = round(value * 10**places)
    return _trimmed(Decimal(whole).scaleb(-places))


def _trimmed(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Decimal | int) -> str:
    """Yuan as an officer says it: 亿元, 万元, or 元 below ten thousand; exact."""
    size = abs(Decimal(value))
    scale, unit = (_YI, "亿元") if size >= _YI else (_WAN, "万元") if size >= _WAN else (1, "元")
    return f"{_trimmed(Decimal(value) / scale)} {unit}"


def money_up(value: Fraction | int) -> str:
    """Money that is still missing, rounded up (to a hundredth): whoever brings that much has brought enough."""
    scale, unit = (_WAN, "万元") if value >= _WAN else (1, "元")
    return f"{_trimmed(Decimal(ceil(Fraction(value) / scale * 100)).scaleb(-2))} {unit}"
