"""What a term of 高级筛选 means for the rows of standings."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.models import AnnualFigures, FirmTag, FollowUp, Visit
from crm.queries.list_terms import LAST, Term
from crm.queries.search import firms_with
from crm.queries.tested import Areas, Condition, gathered

_FEN_OF_WAN = 1_000_000
_HUNDREDTHS = 100
_BEYOND = "99999999"
# The columns of standings that a term compares, under the name the term has for them.
_COLUMNS = {
    "township": "township_id", "industry": "industry_code", "tech_field": "tech_field_code", "owner": "owner_id",
    "tier": "tier", "status": "status", "founded_on": "founded_on", "next_expiry_on": "next_expiry_on",
    "class_one_ip": "class_one_ip", "completeness": "completeness",
}  # fmt: skip
_SHARES = {"completeness"}
Test = Callable[[Any], sa.ColumnElement[bool]]


def term_conditions(terms: Sequence[Term], today: date, areas: Areas) -> Iterator[Condition]:
    """The terms of one group as conditions of the list; several groups as one: a firm of any of them."""
    groups: dict[int, list[Condition]] = {}
    for term in terms:
        groups.setdefault(term.group, []).append(_condition(term, today, areas))
    if len(groups) == 1:
        yield from next(iter(groups.values()))
    elif groups:
        any_of = sa.union_all(*(gathered(conditions) for conditions in groups.values()))
        yield Condition("firm_id", lambda column: column.in_(any_of))


def _condition(term: Term, today: date, areas: Areas) -> Condition:
    if term.year:
        return _of_figures(term, today)
    if term.field == "name":
        found = firms_with(term.values[0])
        return _of_firms(found, is_in=term.comparison == "contains")
    if term.field == "tag":
        return _of_tags(term)
    if term.field == "visited_on":
        return _of_visits(term, today)
    if term.field == "follow_up_on":
        return _of_follow_ups(term, today)
    # Most firms are not this one, and have a value: no index finds those.
    leads = term.comparison not in ("is_not", "filled") and term.field != "status"
    return Condition(_COLUMNS[term.field], _test(term, today, areas), leads)


def _of_firms(firms: sa.Select[Any], *, is_in: bool) -> Condition:
    return Condition("firm_id", lambda column: column.in_(firms) if is_in else column.not_in(firms), leads=is_in)


def _test(term: Term, today: date, areas: Areas) -> Test:
    if term.comparison in ("is", "is_not"):
        return _among(term, areas)
    return _compared(term.comparison, _values(term, today))


def _among(term: Term, areas: Areas) -> Test:
    """Of a township, an industry or a field: with all that lies within."""
    (value,) = term.values
    tests: dict[str, Test] = {
        "township": lambda column: column.in_(areas({int(value)})),
        "industry": lambda column: column.between(value, value + _BEYOND),
        "tech_field": lambda column: column.between(value, value + (_BEYOND if "." in value else f".{_BEYOND}")),
        "owner": lambda column: column == int(value),
    }
    is_so: Test = tests.get(term.field, lambda column: column == value)
    if term.comparison == "is":
        return is_so
    return lambda column: sa.or_(sa.not_(is_so(column)), column.is_(None))


def _values(term: Term, today: date) -> list[Any]:
    if term.comparison == "older_than":
        return [today - timedelta(days=int(term.values[0]))]
    if term.field in _SHARES:
        return [float(Decimal(value) / 100) for value in term.values]
    if term.field in ("founded_on", "next_expiry_on", "follow_up_on"):
        return [date.fromisoformat(value) for value in term.values]
    return [float(value) for value in term.values]


def _compared(comparison: str, values: Sequence[Any]) -> Test:
    tests: dict[str, Callable[..., Any]] = {
        "at_least": lambda column, least: column >= least,
        "at_most": lambda column, most: column <= most,
        "equals": lambda column, value: column == value,
        "between": lambda column, least, most: column.between(least, most),
        "from": lambda column, first: column >= first,
        "to": lambda column, last: column <= last,
        "older_than": lambda column, last: column < last,
        "empty": lambda column: column.is_(None),
        "filled": lambda column: column.is_not(None),
    }
    return lambda column: tests[comparison](column, *values)


def _of_figures(term: Term, today: date) -> Condition:
    """Of one year; a firm without a row of that year has nothing to compare. Nothing is divided, so nothing rounded."""
    year = today.year - 1 if term.year == LAST else int(term.year or 0)
    known = sa.and_(AnnualFigures.year == year, _is_known(term.field))
    of_year = sa.select(AnnualFigures.firm_id).where(known)
    if term.comparison in ("empty", "filled"):
        return _of_firms(of_year, is_in=term.comparison == "filled")
    values = [Decimal(value) for value in term.values]
    return _of_firms(of_year.where(_figure_test(term, values)), is_in=True)


def _is_known(field: str) -> sa.ColumnElement[bool]:
    if field == "rd_ratio":
        return sa.and_(AnnualFigures.rd_spend.is_not(None), _raw("sales_revenue") > 0)
    return _raw(field).is_not(None)


def _figure_test(term: Term, values: Sequence[Decimal]) -> sa.ColumnElement[bool]:
    if term.field == "rd_ratio":
        spent, sold = _raw("rd_spend") * 10_000, _raw("sales_revenue")
        tests = {
            "at_least": lambda: spent >= sold * _whole(values[0], 100),
            "at_most": lambda: spent <= sold * _whole(values[0], 100),
            "between": lambda: spent.between(sold * _whole(values[0], 100), sold * _whole(values[1], 100)),
        }
        return tests[term.comparison]()
    unit = _HUNDREDTHS if term.field in ("staff", "tech_staff") else _FEN_OF_WAN
    return _compared(term.comparison, [_whole(value, unit) for value in values])(_raw(term.field))


def _raw(field: str) -> Any:
    """A figure as it is kept, in hundredths."""
    return sa.type_coerce(getattr(AnnualFigures, field), sa.BigInteger)


def _whole(value: Decimal, unit: int) -> int:
    return int((value * unit).to_integral_value())


def _of_tags(term: Term) -> Condition:
    tagged = sa.select(FirmTag.firm_id)
    if term.values:
        tagged = tagged.where(FirmTag.tag_id == int(term.values[0]))
    return _of_firms(tagged, is_in=term.comparison in ("is", "filled"))


def _of_visits(term: Term, today: date) -> Condition:
    visited = sa.select(Visit.firm_id)
    if term.comparison == "older_than":
        visited = visited.where(Visit.visited_on >= today - timedelta(days=int(term.values[0])))
    elif term.comparison == "not_since":
        visited = visited.where(Visit.visited_on >= date.fromisoformat(term.values[0]))
    return _of_firms(visited, is_in=term.comparison == "filled")


def _of_follow_ups(term: Term, today: date) -> Condition:
    owed = sa.select(FollowUp.firm_id).where(FollowUp.done_on.is_(None))
    if term.comparison in ("empty", "filled"):
        return _of_firms(owed, is_in=term.comparison == "filled")
    return _of_firms(owed.where(_compared(term.comparison, _values(term, today))(FollowUp.due_on)), is_in=True)
