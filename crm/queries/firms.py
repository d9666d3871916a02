"""Lists of firms: a page of them, their ids, how many there are. Each sees only what its viewer may see."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, Standing, Township, User
from crm.queries.firm_filter import SORTS, FirmFilter
from crm.queries.scope import areas_within, within_scope
from crm.queries.search import hits

COUNTED_UP_TO = 10_000
_WAN = 10_000


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    total: int
    total_is_capped: bool
    number: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def firm_page(asked: FirmFilter, viewer: User | None, today: date) -> Page:
    """One page of the list. A page beyond the last is the last; a total over 10,000 is counted when needed."""
    matching = _matching(asked, viewer, today)
    number = asked.page or 1
    total, is_capped = _count(matching, number * asked.page_size)
    number = min(number, max(1, -(-total // asked.page_size)))
    ids = _ordered(matching, asked).limit(asked.page_size).offset((number - 1) * asked.page_size)
    found = list(db.session.scalars(ids))
    return Page(_rows(found), total, is_capped, number, asked.page_size)


def firm_ids(asked: FirmFilter, viewer: User | None, today: date) -> list[int]:
    """Every firm of the list, in its order: what an export holds."""
    return list(db.session.scalars(_ordered(_matching(asked, viewer, today), asked)))


def firm_count(asked: FirmFilter, viewer: User | None, today: date) -> tuple[int, bool]:
    """How many, and whether that is only where the counting stopped."""
    return _count(_matching(asked, viewer, today), 0)


def _count(matching: sa.Select[Any], needed: int) -> tuple[int, bool]:
    """Counting stops at 10,000 unless a deeper page is asked for."""
    capped = matching.with_only_columns(sa.literal(1)).limit(COUNTED_UP_TO + 1)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(capped.subquery())) or 0
    if total <= COUNTED_UP_TO:
        return total, False
    if needed <= COUNTED_UP_TO:
        return COUNTED_UP_TO, True
    return db.session.scalar(sa.select(sa.func.count()).select_from(matching.subquery())) or 0, False


def _matching(asked: FirmFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    """The ids that fulfil every condition, in no order."""
    statement = sa.select(Standing.firm_id).where(Standing.is_archived == (asked.archived == "yes"))
    if asked.q:
        found = hits(asked.q)
        statement = statement.join(found, found.c.firm_id == Standing.firm_id).add_columns(found.c.rank)
    statement = statement.where(*_places(asked), *_people(asked, viewer), *_amounts(asked), *_days(asked, today))
    return within_scope(statement, viewer, Standing.township_id)


def _places(asked: FirmFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if asked.township is not None:
        conditions.append(Standing.township_id.in_(areas_within({asked.township})))
    if asked.tier is not None:
        conditions.append(Standing.tier == asked.tier)
    for column, code in ((Standing.industry_code, asked.industry), (Standing.tech_field_code, asked.tech_field)):
        if code is not None:  # a code stands for everything below it, whatever the collation makes of LIKE
            conditions.append(column.startswith(code, autoescape=True))
    return conditions


def _people(asked: FirmFilter, viewer: User | None) -> list[sa.ColumnElement[bool]]:
    if asked.owner is None:
        return []
    if asked.owner == "none":
        return [Standing.owner_id.is_(None)]
    owner_id = viewer.id if asked.owner == "mine" and viewer else asked.owner
    return [sa.false()] if owner_id == "mine" else [Standing.owner_id == int(owner_id)]


def _amounts(asked: FirmFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if asked.revenue_min is not None:
        conditions.append(Standing.sales_revenue >= _yuan(asked.revenue_min))
    if asked.revenue_max is not None:
        conditions.append(Standing.sales_revenue <= _yuan(asked.revenue_max))
    if asked.rd_ratio_min is not None:
        conditions.append(Standing.rd_ratio >= float(asked.rd_ratio_min / 100))
    if asked.rd_ratio_max is not None:
        conditions.append(Standing.rd_ratio <= float(asked.rd_ratio_max / 100))
    if asked.class_one_min is not None:
        conditions.append(Standing.class_one_ip >= asked.class_one_min)
    return conditions


def _yuan(wan: Decimal) -> Decimal:
    return (wan * _WAN).quantize(Decimal("0.01"))


def _days(asked: FirmFilter, today: date) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if asked.expiring_days is not None:
        conditions.append(Standing.next_expiry_on.between(today, today + timedelta(days=asked.expiring_days)))
    if asked.gap == "last_year":
        conditions.append(sa.or_(Standing.latest_year.is_(None), Standing.latest_year < today.year - 1))
    return conditions


def _ordered(matching: sa.Select[Any], asked: FirmFilter) -> sa.Select[Any]:
    """What is not known comes last, whichever way the list runs; the firm's number settles what is equal.

    It runs the same way as the order, so that one index serves both.
    """
    falls = asked.order.startswith("-")
    column = SORTS[asked.order.removeprefix("-")]
    order = [each.desc() if falls else each.asc() for each in (column, Standing.firm_id)]
    order[0] = order[0].nulls_last()
    if asked.q and asked.sort is None:
        order.insert(0, sa.column("rank"))
    return matching.order_by(*order)


def _rows(firm_ids: list[int]) -> list[Any]:
    """The firms of one page, in the order of their ids as given."""
    columns = (
        Firm.id, Firm.name, Firm.uscc, Firm.founded_on, Township.name.label("township"), User.name.label("owner"),
        Standing.tier, Standing.next_expiry_on, Standing.latest_year, Standing.sales_revenue, Standing.rd_spend,
        Standing.rd_ratio, Standing.staff, Standing.tech_staff_ratio, Standing.class_one_ip, Standing.class_two_ip,
        Standing.completeness,
    )  # fmt: skip
    statement = (
        sa.select(*columns)
        .join(Standing, Standing.firm_id == Firm.id)
        .outerjoin(Township, Township.id == Firm.township_id)
        .outerjoin(User, User.id == Firm.owner_id)
        .where(Firm.id.in_(firm_ids))
    )
    found = {row.id: row for row in db.session.execute(statement)}
    return [found[firm_id] for firm_id in firm_ids]
