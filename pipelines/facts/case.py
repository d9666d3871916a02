"""Facts as plain data and back: what a case file says, what a judgement keeps for later years.

as_of: 2025-06-30
facts:
  founded_on: 2015-03-15
  sales_revenue: [3000万, 4000万, 5000万]     # up to the last fiscal year; or {2023: …}, or one value for it
  ip: [{kind: invention, granted_on: 2024-01-01}]
  rd_ratio_three_years: "5.2%"               # a derived figure stated as such
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

from pipelines.facts.interpretations import Interpretations
from pipelines.facts.ratio import Ratio, ratio_of
from pipelines.facts.records import FlagEntry, HeldTitle, IpItem, YearFigures
from pipelines.facts.standing import FACTS, FirmFacts
from pipelines.refusals import Refusal
from pipelines.vocabulary import LevyMode, Unit

_YEARLY = {field.name for field in fields(YearFigures)}
_LISTS = {"ip": IpItem, "recognitions": HeldTitle, "flags": FlagEntry}
_SCALES = {"%": Decimal("0.01"), "％": Decimal("0.01"), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_LARGEST = Decimal(10) ** 15


def facts_from_case(case: Mapping[str, Any]) -> FirmFacts:
    """The facts of a case; what it does not mention is not known."""
    unknown = sorted(str(key) for key in case if key not in ("as_of", "facts", "interpretations"))
    if unknown:
        raise Refusal(f"案例里有认不出的栏目：{'、'.join(unknown)}")
    as_of = _day("as_of", case.get("as_of"))
    if as_of is None:
        raise Refusal("请填写 as_of（判断日期，如 2025-06-30）")
    values: dict[str, Any] = {"as_of": as_of, "annual": {}, "stated": {}}
    for name, value in (case.get("facts") or {}).items():
        _take(values, str(name), value)
    values["annual"] = {year: YearFigures(**columns) for year, columns in sorted(values["annual"].items())}
    values["interpretations"] = _record(Interpretations, "interpretations", case.get("interpretations") or {})
    return FirmFacts(**values)


def _take(values: dict[str, Any], name: str, value: Any) -> None:
    """One fact of the case into the fields of FirmFacts."""
    if name in _YEARLY:
        for year, amount in _by_year(name, value, values["as_of"].year - 1).items():
            values["annual"].setdefault(year, {})[name] = _amount(name, amount)
    elif name in _LISTS:
        values[name] = None if value is None else _entries(name, value)
    elif name in _SINGLE:
        values[name] = None if value is None else _SINGLE[name](name, value)
    elif name in FACTS:
        values["stated"][name] = _stated(FACTS[name].unit, FACTS[name].is_ratio, name, value)
    else:
        raise Refusal(f"没有名为“{name}”的事实")


def _by_year(name: str, value: Any, last_year: int) -> Mapping[int, Any]:
    if isinstance(value, Mapping):
        return {_year(name, year): amount for year, amount in value.items()}
    if isinstance(value, list):
        return {last_year - len(value) + 1 + index: amount for index, amount in enumerate(value)}
    return {last_year: value}


def _year(name: str, value: Any) -> int:
    if not str(value).isdecimal():
        raise Refusal(f"“{name}”应按年份填写，如 {{2024: 3000万}}，不能写成“{value}”")
    return int(value)


def _amount(name: str, value: Any) -> Decimal | int | None:
    """A yearly figure has at most two decimals, as the records keep it."""
    number = _number(name, value)
    if number is None or name == "conversions":
        return None if number is None else _whole(name, number)
    if number * 100 != int(number * 100) or abs(number) > _LARGEST:
        raise Refusal(f"“{name}”应为不超过 {_LARGEST:,} 的数，最多两位小数：{value}")
    return number


def _number(name: str, value: Any) -> Decimal | None:
    """5000万, 1.2亿, 5%, 12.5 as an exact number; a float is refused, since it is not what was written."""
    if value is None:
        return None
    if isinstance(value, bool | float):
        raise Refusal(f"“{name}”的数值请写成整数或加引号的小数：{value}")
    text = str(value).replace(",", "").removesuffix("元").strip()
    scale = _SCALES.get(text[-1:], Decimal(1))
    try:
        number = Decimal(text.rstrip("%％万亿")) * scale
    except InvalidOperation:
        raise Refusal(f"“{name}”不是数：{value}") from None
    if not number.is_finite():
        raise Refusal(f"“{name}”不是数：{value}")
    return number


def _whole(name: str, number: Decimal) -> int:
    if number != int(number):
        raise Refusal(f"“{name}”应为整数：{number}")
    return int(number)


def _stated(unit: Unit, is_ratio: bool, name: str, value: Any) -> Any:
    if value is None:
        return None
    if unit is Unit.YES_NO:
        return _yes_no(name, value)
    if unit is Unit.TEXT:
        return str(value)
    if is_ratio:
        return _ratio(name, value)
    number = _number(name, value)
    return number if unit in (Unit.YUAN, Unit.PEOPLE) or number is None else _whole(name, number)


def _ratio(name: str, value: Any) -> Ratio | None:
    """ "5.2%", "0.052" or "26/500"."""
    part, _, whole = str(value).partition("/")
    if whole and whole.isdigit() and int(whole) > 0:
        return Ratio(int(part), int(whole))
    number = _number(name, value)
    return None if number is None else ratio_of(number)


def _yes_no(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refusal(f"“{name}”应为 true 或 false：{value}")
    return value


def _day(name: str, value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Refusal(f"“{name}”应为日期，如 2025-06-30：{value}") from None


def _text(name: str, value: Any) -> str:
    return str(value)


def _levy_mode(name: str, value: Any) -> Any:
    return _word(LevyMode, name, value)


_SINGLE: dict[str, Callable[[str, Any], Any]] = {
    "founded_on": _day,
    "uscc": _text,
    "levy_mode": _levy_mode,
    "industry_code": _text,
    "tech_field_code": _text,
}


def _entries(name: str, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise Refusal(f"“{name}”应是一张清单，没有就写 []：{value}")
    return tuple(_record(_LISTS[name], name, entry) for entry in value)


def _record(kind: type, name: str, entry: Any) -> Any:
    """One entry of a list (or the interpretations), each value read as the type its field has."""
    if not isinstance(entry, Mapping):
        raise Refusal(f"“{name}”应写成若干栏，如 {{栏目: 值}}：{entry}")
    hints = get_type_hints(kind)
    strange = sorted(set(entry) - set(hints))
    if strange:
        raise Refusal(f"“{name}”里没有“{'、'.join(strange)}”这一项")
    try:
        return kind(**{key: _typed(hints[key], f"{name}.{key}", value) for key, value in entry.items()})
    except TypeError:
        raise Refusal(f"“{name}”的一项没有填全：{dict(entry)}") from None


def _typed(hint: Any, name: str, value: Any) -> Any:
    if value is None:
        return None
    kind = next(part for part in get_args(hint) if part is not NoneType) if isinstance(hint, UnionType) else hint
    if kind is date:
        return _day(name, value)
    return _word(kind, name, value)


def _word(kind: Any, name: str, value: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise Refusal(f"“{name}”认不出：{value}") from None


def case_of(facts: FirmFacts) -> dict[str, Any]:
    """The facts as JSON keeps them; facts_from_case gives the same facts back."""
    known: dict[str, Any] = {}
    for name in _SINGLE:
        if (value := getattr(facts, name)) is not None:
            known[name] = _plain(value)
    for name in sorted(_YEARLY):
        by_year = {
            str(year): _plain(value)
            for year, figures in sorted(facts.annual.items())
            if (value := getattr(figures, name)) is not None
        }
        if by_year:
            known[name] = by_year
    for name in _LISTS:
        if (entries := getattr(facts, name)) is not None:
            known[name] = [_entry(entry) for entry in entries]
    known |= {name: _plain(value) for name, value in sorted(facts.stated.items())}
    return {"as_of": _plain(facts.as_of), "facts": known, "interpretations": _entry(facts.interpretations)}


def _entry(entry: Any) -> dict[str, Any]:
    named = ((field.name, getattr(entry, field.name)) for field in fields(entry))
    return {name: _plain(value) for name, value in named if value is not None and value != ""}


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | None):
        return value
    if isinstance(value, Ratio):
        return f"{value.numerator}/{value.denominator}"
    return value.isoformat() if isinstance(value, date) else str(value)
