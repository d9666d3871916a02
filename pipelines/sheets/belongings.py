"""A row's contact and recognitions against those a firm has: which one is meant, and what changes."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from pipelines.sheets.known import KnownContact, KnownRecognition
from pipelines.sheets.planned import Difference, PlannedContact, PlannedRecognition
from pipelines.vocabulary import Title

_TITLES = {title.value: title for title in Title}
_YEAR_IN_NUMBER = {
    Title.HIGH_TECH: re.compile(r"GR((?:19|20)\d{2})", re.IGNORECASE),
    Title.NATIONAL_TECH_SME: re.compile(r"(20\d{2})\d"),
}
_HIGH_TECH_YEARS = 3


class Outcome(NamedTuple):
    """What is planned, what it changes, and what the officer should know."""

    planned: Any
    differences: tuple[Difference, ...] = ()
    doubts: tuple[str, ...] = ()


def plan_contact(stated: Mapping[str, str], known: Sequence[KnownContact]) -> Outcome:
    """The contact of that name; without a name the one of that number, or the only one."""
    meant = _contact_meant(stated, known)
    if meant is None and "name" not in stated:
        return Outcome(None, doubts=("没有联系人姓名，电话和邮箱没有登记",))
    changed = {field: value for field, value in stated.items() if getattr(meant, field, None) != value}
    if not changed:
        return Outcome(None)
    differences = tuple(
        Difference(f"contact.{field}", None, getattr(meant, field, None), value) for field, value in changed.items()
    )
    return Outcome(PlannedContact(meant.id if meant else None, changed), differences)


def _contact_meant(stated: Mapping[str, str], known: Sequence[KnownContact]) -> KnownContact | None:
    if name := stated.get("name"):
        return next((contact for contact in known if contact.name == name), None)
    same_number = (contact for contact in known if contact.phone and contact.phone == stated.get("phone"))
    return next(same_number, known[0] if len(known) == 1 else None)


def plan_recognitions(stated: Mapping[str, Any], known: Sequence[KnownRecognition]) -> Outcome:
    """One recognition a title: a ledger has room for the latest."""
    by_title: dict[Title, dict[str, Any]] = defaultdict(dict)
    for field, value in stated.items():
        title, _, attribute = field.partition(".")
        by_title[_TITLES[title]][attribute] = value
    outcomes = [
        _plan(title, parts, [each for each in known if each.title == title]) for title, parts in by_title.items()
    ]
    return Outcome(
        tuple(outcome.planned for outcome in outcomes if outcome.planned),
        tuple(difference for outcome in outcomes for difference in outcome.differences),
        tuple(doubt for outcome in outcomes for doubt in outcome.doubts),
    )


def _plan(title: Title, parts: dict[str, Any], known: Sequence[KnownRecognition]) -> Outcome:
    if term := parts.pop("term", None):
        parts = {"recognized_on": term[0], "valid_until": term[1]} | parts
    on, until, number = parts.get("recognized_on"), parts.get("valid_until"), parts.get("certificate_no")
    if on is None and (year := _year_of_number(title, number)):
        on = date(year, 1, 1)
    if meant := _recognition_meant(on, until, number, known):
        return _changes(title, meant, on, until, number)
    if on is None:
        return Outcome(None, doubts=(f"{title.label}没有认定日期或年份，没有登记",))
    doubts: tuple[str, ...] = ()
    if until is None and (until := _end_of_term(title, on)):
        doubts = (f"{title.label}没有写有效期，按规定的期限记到 {until}",)
    differences = tuple(
        Difference(f"{title}.{attribute}", None, None, value)
        for attribute, value in (("recognized_on", on), ("valid_until", until), ("certificate_no", number))
        if value is not None
    )
    return Outcome(PlannedRecognition(None, title, on, until, number), differences, doubts)


def _recognition_meant(
    on: date | None, until: date | None, number: str | None, known: Sequence[KnownRecognition]
) -> KnownRecognition | None:
    """The one of that day or number; a bare year means the one of that year; an end alone the one that ends so."""
    for each in known:
        if (on and each.recognized_on == on) or (number and each.certificate_no == number):
            return each
    if on:
        is_bare = (on.month, on.day) == (1, 1)
        return next((each for each in known if is_bare and each.recognized_on.year == on.year), None)
    return next((each for each in known if until and each.valid_until in (until, None)), None)


def _changes(title: Title, meant: KnownRecognition, on: date | None, until: date | None, number: str | None) -> Outcome:
    is_bare = on is None or (on.month, on.day) == (1, 1)
    day = meant.recognized_on if is_bare or on is None else on
    changed = {"recognized_on": day, "valid_until": until, "certificate_no": number}
    differences = tuple(
        Difference(f"{title}.{attribute}", None, getattr(meant, attribute), value)
        for attribute, value in changed.items()
        if value is not None and value != getattr(meant, attribute)
    )
    planned = PlannedRecognition(meant.id, title, day, until, number) if differences else None
    return Outcome(planned, differences)


def _year_of_number(title: Title, number: str | None) -> int | None:
    """GR202333000123 and 202333042108000001 say when they were given."""
    pattern = _YEAR_IN_NUMBER.get(title)
    found = pattern.match(number) if pattern and number else None
    return int(found[1]) if found else None


def _end_of_term(title: Title, on: date) -> date | None:
    """高企 three years (办法 第九条); 国科小 to 31 March of the next year (67号); others have no fixed term."""
    if title is Title.HIGH_TECH:
        year = on.year + _HIGH_TECH_YEARS
        return date(year, 2, 28) if (on.month, on.day) == (2, 29) else on.replace(year=year)
    return date(on.year + 1, 3, 31) if title is Title.NATIONAL_TECH_SME else None
