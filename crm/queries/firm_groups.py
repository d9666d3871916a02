"""A list of firms by township, industry or owner, with counts and sums; and the sums below its columns.

All of it over the whole list, never a page of it, and within the viewer's area.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import AnnualFigures, Industry, Standing, Township, User
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import selection
from crm.queries.list_terms import Term
from crm.queries.scope import top_townships

_DIVISION = 2  # digits of a 大类
_KEYS: Mapping[str, Any] = {
    "township": Standing.township_id,
    "industry": sa.func.substr(Standing.industry_code, 1, _DIVISION),
    "owner": Standing.owner_id,
}
# Columns of the list that may be added up: a share of shares says nothing.
_ADDED = ("sales_revenue", "rd_spend", "staff", "class_one_ip", "class_two_ip")


class Group(NamedTuple):
    """asked: the list of these firms. Sums are of last year's figures, as far as they are known (None: of no firm)."""

    words: str
    asked: FirmFilter
    firms: int
    sales_revenue: Decimal | None
    rd_spend: Decimal | None


def column_sums(asked: FirmFilter, viewer: User | None, today: date) -> Mapping[str, Any]:
    """By the key of the column, over every firm of the list; of the latest year each firm has."""
    sums = [sa.func.sum(getattr(Standing, name)).label(name) for name in _ADDED]
    firms = selection(asked, viewer, today).with_only_columns(*sums)
    return dict(db.session.execute(firms).mappings().one())


def firm_groups(asked: FirmFilter, viewer: User | None, today: date) -> list[Group]:
    """The largest first; what belongs nowhere last."""
    by = asked.group or ""
    sums = _added_up(_summed(asked, viewer, today), top_townships() if by == "township" else None)
    words = _words(by, sums)
    groups = [Group(words.get(key, str(key)), _of_group(asked, by, key), *values) for key, values in sums.items()]
    return sorted(groups, key=lambda group: (group.words == _NOWHERE[by], -group.firms, group.words))


def _summed(asked: FirmFilter, viewer: User | None, today: date) -> Iterable[Any]:
    key: Any = _KEYS[asked.group or ""].label("key")
    figures = sa.and_(AnnualFigures.firm_id == Standing.firm_id, AnnualFigures.year == today.year - 1)
    sums = [sa.func.sum(AnnualFigures.sales_revenue), sa.func.sum(AnnualFigures.rd_spend)]
    firms = selection(asked, viewer, today).with_only_columns(key, sa.func.count(), *sums)
    return db.session.execute(firms.outerjoin(AnnualFigures, figures).group_by(key))


def _added_up(rows: Iterable[Any], tops: Mapping[int, int] | None) -> dict[Any, tuple[Any, ...]]:
    """An area counts with the township it lies in."""
    together: dict[Any, list[Any]] = defaultdict(list)
    for key, *values in rows:
        together[key if tops is None or key is None else tops.get(key, key)].append(values)
    return {key: tuple(map(_sum, zip(*values, strict=True))) for key, values in together.items()}


def _sum(values: tuple[Any, ...]) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


_NOWHERE = {"township": "未填镇街", "industry": "未填行业", "owner": "未分派"}


def _words(by: str, keys: Iterable[Any]) -> dict[Any, str]:
    """Key → name, in one look-up."""
    table: dict[str, tuple[Any, Any]] = {
        "township": (Township.id, Township.name), "industry": (Industry.code, Industry.name),
        "owner": (User.id, User.name),
    }  # fmt: skip
    key, name = table[by]
    found = sa.select(key, name).where(key.in_([each for each in keys if each is not None]))
    named: Any = db.session.execute(found).all()
    return {None: _NOWHERE[by]} | dict(named)


def _of_group(asked: FirmFilter, by: str, key: Any) -> FirmFilter:
    """The list of one group: never more than the list it is a part of."""
    listed = replace(asked, group=None, page=None)
    if key is None:
        return replace(listed, owner="none") if by == "owner" else _without(listed, by)
    if by == "township":
        return replace(listed, township=_asked_within(asked.township, key) or (key,))
    if by == "industry":
        return replace(listed, industry=asked.industry or key)
    return replace(listed, owner=str(key))


def _asked_within(townships: tuple[int, ...], top: int) -> tuple[int, ...]:
    tops = top_townships() if townships else {}
    return tuple(place for place in townships if tops.get(place) == top)


def _without(asked: FirmFilter, field: str) -> FirmFilter:
    """Those whose field is empty, in every group of terms there is."""
    groups = sorted({term.group for term in asked.where}) or [1]
    return replace(asked, where=(*asked.where, *(Term(field, "empty", group=group) for group in groups)))
