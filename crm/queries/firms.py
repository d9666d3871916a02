"""Lists of firms: a page of them, their ids, how many there are. Each sees only what its viewer may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.extensions import db
from crm.models import Contact, Firm, Industry, LatestEvaluation, Standing, TechField, Township, User
from crm.queries.firm_conditions import conditions_of, scope_conditions
from crm.queries.firm_filter import FirmFilter
from crm.queries.high_risk import firms_at_risk
from crm.queries.list_columns import SORTS
from crm.queries.listing import COUNTED_UP_TO, Listing, counted, counted_whole, listing, window
from crm.queries.next_steps import IS_NEXT_STEP, WORKED, NextStep
from crm.queries.scope import areas_at_hand
from crm.queries.search import all_found, firms_with, found
from crm.queries.tested import Condition, gathered
from pipelines.vocabulary import Programme

_ROWS_A_QUERY = 500
_HIGH_TECH, _COLOUR = aliased(LatestEvaluation), aliased(LatestEvaluation)
_SHOWN = (
    Firm.id, Firm.name, Firm.uscc, Firm.status, Firm.founded_on, Township.name.label("township"),
    Industry.name.label("industry"), TechField.name.label("tech_field"), User.name.label("owner"), Standing.tier,
    Standing.next_expiry_on, Standing.latest_year, Standing.sales_revenue, Standing.rd_spend, Standing.rd_ratio,
    Standing.staff, Standing.tech_staff_ratio, Standing.class_one_ip, Standing.class_two_ip, Standing.completeness,
    Contact.name.label("contact"), Contact.phone, _HIGH_TECH.verdict.label("high_tech_verdict"), _HIGH_TECH.shortlist,
    _HIGH_TECH.gap_words, _HIGH_TECH.data_ratio.label("rule_data"), _COLOUR.colour,
    *(value.label(name) for name, value in WORKED.items()),
)  # fmt: skip
# As in the ledger: of several people the first one entered.
_FIRST_CONTACT = sa.select(sa.func.min(Contact.id)).where(Contact.firm_id == Firm.id).correlate(Firm).scalar_subquery()


class Count(NamedTuple):
    """How many firms, and whether that is only where the counting stopped."""

    number: int
    is_capped: bool


@dataclass(frozen=True)
class Page:
    """One page of a list; a capped total stopped at 10,000 and may be more."""

    rows: list[Any]
    total: int
    total_is_capped: bool
    number: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def firm_page(asked: FirmFilter, viewer: User | None, today: date) -> Page:
    """One page of the list, in the same number of queries whatever it holds. A page beyond the last is the last."""
    if asked.q:
        return _searched_page(asked, viewer, today)
    stretches, size = _listing(asked, viewer, today).stretches, asked.page_size
    counts, is_exact = counted(stretches, (asked.page or 1) * size)
    total = sum(counts) if is_exact else COUNTED_UP_TO
    number = _number(asked, total)
    ids = window(stretches, counts, is_exact, (number - 1) * size, size)
    return Page(_rows(ids), total, not is_exact, number, size)


def firm_ids(asked: FirmFilter, viewer: User | None, today: date) -> list[int]:
    """Every firm of the list, in its order: what an export holds."""
    wanted = _listing(asked, viewer, today)
    if asked.q:
        return all_found(wanted, asked.q, by_rank=asked.sort is None)
    counts, is_exact = counted(wanted.stretches, COUNTED_UP_TO + 1)
    return window(wanted.stretches, counts, is_exact, 0, sum(counts))


def selection(asked: FirmFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    """The ids of the list's firms in no order, not read: for a deed that leaves them to the database."""
    return gathered([*_sought(asked), *conditions_of(asked, viewer, today), *scope_conditions(viewer)])


def all_rows(asked: FirmFilter, viewer: User | None, today: date) -> Iterator[Any]:
    """Every firm of the list as the page shows it, some hundred at a time."""
    ids = firm_ids(asked, viewer, today)
    for start in range(0, len(ids), _ROWS_A_QUERY):
        yield from _rows(ids[start : start + _ROWS_A_QUERY])


def counts_of(lists: Sequence[FirmFilter], viewer: User | None, today: date) -> list[Count]:
    """How many firms each of many lists holds, in the same number of queries however many they are."""
    scope, areas, at_risk = [*scope_conditions(viewer)], areas_at_hand(), cache(firms_at_risk)
    counts = counted_whole(
        [[*_sought(asked), *conditions_of(asked, viewer, today, areas, at_risk), *scope] for asked in lists]
    )
    return [Count(min(count, COUNTED_UP_TO), count > COUNTED_UP_TO) for count in counts]


def count_firms(asked: FirmFilter, viewer: User | None, today: date) -> Count:
    return counts_of([asked], viewer, today)[0]


def _sought(asked: FirmFilter) -> list[Condition]:
    return [Condition("firm_id", lambda column: column.in_(firms_with(asked.q or "")))] if asked.q else []


def _searched_page(asked: FirmFilter, viewer: User | None, today: date) -> Page:
    wanted, size, by_rank = _listing(asked, viewer, today), asked.page_size, asked.sort is None
    number = asked.page or 1
    ids, total, is_exact = found(wanted, asked.q or "", by_rank, (number - 1) * size, size)
    if not ids and number > 1:
        number = _number(asked, total)
        ids, *_ = found(wanted, asked.q or "", by_rank, (number - 1) * size, size)
    return Page(_rows(ids), min(total, COUNTED_UP_TO) if not is_exact else total, not is_exact, number, size)


def _number(asked: FirmFilter, total: int) -> int:
    return min(asked.page or 1, max(1, -(-total // asked.page_size)))


def _listing(asked: FirmFilter, viewer: User | None, today: date) -> Listing:
    key = SORTS[asked.order.removeprefix("-")]
    conditions = [*conditions_of(asked, viewer, today), *scope_conditions(viewer)]
    return listing(conditions, key, falls=asked.order.startswith("-"))


def _rows(firm_ids: list[int]) -> list[Any]:
    """The firms of one page, in the order of their ids as given."""
    statement = (
        sa.select(*_SHOWN)
        .join(Standing, Standing.firm_id == Firm.id)
        .outerjoin(Township, Township.id == Firm.township_id)
        .outerjoin(User, User.id == Firm.owner_id)
        .outerjoin(Industry, Industry.code == Firm.industry_code)
        .outerjoin(TechField, TechField.code == Firm.tech_field_code)
        .outerjoin(Contact, Contact.id == _FIRST_CONTACT)
        .outerjoin(NextStep, IS_NEXT_STEP)
        .outerjoin(_HIGH_TECH, sa.and_(_HIGH_TECH.firm_id == Firm.id, _HIGH_TECH.programme == Programme.HIGH_TECH))
        .outerjoin(_COLOUR, sa.and_(_COLOUR.firm_id == Firm.id, _COLOUR.programme == Programme.TRI_COLOR))
        .where(Firm.id.in_(firm_ids))
    )
    found = {row.id: row for row in db.session.execute(statement)}
    return [found[firm_id] for firm_id in firm_ids]
