"""A row's contact and recognitions against those a firm has: which one is meant, and what changes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pipelines.sheets.columns import RECOGNITION_COLUMNS
from pipelines.sheets.known import KnownContact, KnownRecognition
from pipelines.sheets.planned import Difference, PlannedContact, PlannedRecognition
from pipelines.vocabulary import Title

Told = tuple[str, str]  # the title of a column, a sentence

_PARTS = {each.field: (each.word, each.attribute) for each in RECOGNITION_COLUMNS}
_YEAR_IN_NUMBER = {
    Title.HIGH_TECH: re.compile(r"GR((?:19|20)\d{2})", re.IGNORECASE),
    Title.NATIONAL_TECH_SME: re.compile(r"(20\d{2})\d"),
}
_HIGH_TECH_YEARS = 3


def plan_contact(
    stated: Mapping[str, str], known: Sequence[KnownContact]
) -> tuple[PlannedContact | None, tuple[Told, ...]]:
    """The contact of that name; without a name the one of that number, or the only one."""
    if not stated:
        return None, ()
    meant = _contact_meant(stated, known)
    if meant is None:
        if "name" in stated:
            return PlannedContact(None, stated), ()
        return None, (("联系人", "没有联系人姓名，职务、电话和邮箱没有登记"),)
    changed = {field: value for field, value in stated.items() if getattr(meant, field) != value}
    return PlannedContact(meant.id, changed) if changed else None, ()


def contact_differences(planned: PlannedContact | None, known: Sequence[KnownContact]) -> Iterator[Difference]:
    if planned:
        before = next((contact for contact in known if contact.id == planned.id), None)
        for field, value in planned.values.items():
            yield Difference(f"contact.{field}", None, getattr(before, field, None), value)


def _contact_meant(stated: Mapping[str, str], known: Sequence[KnownContact]) -> KnownContact | None:
    if name := stated.get("name"):
        return next((contact for contact in known if contact.name == name), None)
    same_number = (contact for contact in known if contact.phone and contact.phone == stated.get("phone"))
    return next(same_number, known[0] if len(known) == 1 else None)


def plan_recognitions(
    stated: Mapping[str, Any], known: Sequence[KnownRecognition]
) -> tuple[tuple[PlannedRecognition, ...], tuple[Told, ...]]:
    """One recognition a title: a ledger has room for the latest."""
    if not stated:
        return (), ()
    by_title: dict[Title, dict[str, Any]] = {}
    for field, value in stated.items():
        title, attribute = _PARTS[field]
        by_title.setdefault(title, {})[attribute] = value
    planned: list[PlannedRecognition] = []
    told: list[Told] = []
    for title, parts in by_title.items():
        one, doubt = _plan(title, parts, [each for each in known if each.title == title])
        planned += [one] if one else []
        told += [("资质", doubt)] if doubt else []
    return tuple(planned), tuple(told)


def recognition_differences(
    planned: Sequence[PlannedRecognition], known: Sequence[KnownRecognition]
) -> Iterator[Difference]:
    for one in planned:
        before = next((each for each in known if each.id == one.id), None)
        for attribute in ("recognized_on", "valid_until", "certificate_no"):
            old, new = getattr(before, attribute, None), getattr(one, attribute)
            if new is not None and new != old:
                yield Difference(f"{one.title}.{attribute}", None, old, new)


def _plan(
    title: Title, parts: dict[str, Any], known: Sequence[KnownRecognition]
) -> tuple[PlannedRecognition | None, str]:
    if term := parts.pop("term", None):
        parts = {"recognized_on": term[0], "valid_until": term[1]} | parts
    on, until, number = parts.get("recognized_on"), parts.get("valid_until"), parts.get("certificate_no")
    if on is None and (year := _year_of_number(title, number)):
        on = date(year, 1, 1)
    if meant := _recognition_meant(on, until, number, known):
        return _changed(meant, on, until, number), ""
    if on is None:
        return None, f"{title.label}没有认定日期或年份，没有登记"
    doubt = ""
    if until is None and (until := end_of_term(title, on)):
        doubt = f"{title.label}没有写有效期，按规定的期限记到 {until}"
    return PlannedRecognition(None, title, on, until, number), doubt


def _recognition_meant(
    on: date | None, until: date | None, number: str | None, known: Sequence[KnownRecognition]
) -> KnownRecognition | None:
    """The one of that day or number; a bare year means the one of that year; an end alone the one that ends so."""
    for each in known:
        if (on and each.recognized_on == on) or (number and each.certificate_no == number):
            return each
    if on:
        return next((each for each in known if _is_bare_year(on) and each.recognized_on.year == on.year), None)
    return next((each for each in known if until and each.valid_until in (until, None)), None)


def _changed(
    meant: KnownRecognition, on: date | None, until: date | None, number: str | None
) -> PlannedRecognition | None:
    """None when the row says what is known; a bare year does not move a day that is known."""
    day = meant.recognized_on if on is None or _is_bare_year(on) else on
    planned = PlannedRecognition(meant.id, meant.title, day, until, number)
    is_new = day != meant.recognized_on or until not in (None, meant.valid_until)
    return planned if is_new or number not in (None, meant.certificate_no) else None


def _is_bare_year(day: date) -> bool:
    return day.month == 1 and day.day == 1


def _year_of_number(title: Title, number: str | None) -> int | None:
    """GR202333000123 and 202333042108000001 say when they were given."""
    pattern = _YEAR_IN_NUMBER.get(title)
    found = pattern.match(number) if pattern and number else None
    return int(found[1]) if found else None


def end_of_term(title: Title, on: date) -> date | None:
    """高企 three years (办法 第九条); 国科小 to 31 March of the next year (67号); others have no fixed term."""
    if title is Title.HIGH_TECH:
        year = on.year + _HIGH_TECH_YEARS
        return date(year, 2, 28) if (on.month, on.day) == (2, 29) else on.replace(year=year)
    return date(on.year + 1, 3, 31) if title is Title.NATIONAL_TECH_SME else None
