"""The search box: which firms hold a text, and how well.

One scan of the narrow table search_texts, by instr (strpos on PostgreSQL): it takes every character as it is, so that
% and _ are text, and it is faster than LIKE. What holds nothing but letters and digits is sought by GLOB. A county's
ten thousand firms take two milliseconds.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import SearchText, Standing
from crm.queries.listing import COUNTED_UP_TO, Listing
from pipelines.names import folded, searched_number

EXACT, PREFIX, INFIX = 0, 1, 2
_WEIGHED_AT_MOST = 4_000


def found(listing: Listing, sought: str, by_rank: bool, first: int, size: int) -> tuple[list[int], int, bool]:
    """The ids of one page, how many firms there are, and whether that is exact: up to 10,000 they are only counted.

    The text is looked for once, whatever the page needs. by_rank: a whole entry before a beginning before the rest,
    then in the order of the listing.
    """
    limit = COUNTED_UP_TO + 1 if first + size <= COUNTED_UP_TO else None
    hits = _hits(listing, sought).limit(limit).cte("hits")
    count = sa.select(sa.func.count()).select_from(hits).scalar_subquery()
    page = sa.select(hits.c.firm_id, count).order_by(*([hits.c.rank] if by_rank else []), *_order(hits, listing))
    rows = db.session.execute(page.offset(first).limit(size)).all()
    total = rows[0][1] if rows else _total_beyond(count, first)
    return [firm_id for firm_id, _ in rows], total, limit is None or total < limit


def best_found(listing: Listing, sought: str, size: int) -> list[int]:
    """The ids of the best few. Who has typed what thousands of firms hold is still typing: not all are weighed."""
    hits = _hits(listing, sought).limit(_WEIGHED_AT_MOST).subquery()
    best = sa.select(hits.c.firm_id).order_by(hits.c.rank, *_order(hits, listing))
    return list(db.session.scalars(best.limit(size)))


def _total_beyond(count: Any, first: int) -> int:
    """A page that holds nothing says not how many there are, unless it is the first."""
    return (db.session.scalar(sa.select(count)) or 0) if first else 0


def all_found(listing: Listing, sought: str, by_rank: bool) -> list[int]:
    return found(listing, sought, by_rank, 0, 2**31 - 1)[0]


def firms_with(sought: str) -> sa.Select[Any]:
    """The ids of all firms that hold the text, for a list that is ordered by something of its own."""
    return sa.select(SearchText.firm_id).where(_holds(_places(sought), "", ""))


def _order(hits: Any, listing: Listing) -> list[Any]:
    return [hits.c.sorted_by.is_(None), _run(hits.c.sorted_by, listing.falls), _run(hits.c.firm_id, listing.falls)]


def _run(column: Any, falls: bool) -> Any:
    return column.desc() if falls else column.asc()


def _hits(listing: Listing, sought: str) -> sa.Select[Any]:
    """firm_id, rank and the value sorted by; every condition of the list is tried on the firms that hold the text."""
    places = _places(sought)
    rank = sa.case(
        (_holds(places, "\n", "\n"), EXACT),
        (_holds(places, "\n", ""), PREFIX),
        else_=INFIX,
    )
    return (
        sa.select(SearchText.firm_id, rank.label("rank"), listing.key.label("sorted_by"))
        .join(Standing, Standing.firm_id == SearchText.firm_id)
        .where(_holds(places, "", ""), *(condition.hidden() for condition in listing.conditions))
    )


def _places(sought: str) -> list[tuple[Any, str]]:
    """Where to look for what: Chinese and signs in names; letters and digits in what is typed in them; a number with
    signs, such as 0573-8000, in names as it is and among the numbers without them."""
    text, number = folded(sought), searched_number(sought)
    if not text.isascii() or not number:
        return [(SearchText.names, text)]
    return [(SearchText.latin, text)] if text.isalnum() else [(SearchText.names, text), (SearchText.latin, number)]


def _holds(places: Sequence[tuple[Any, str]], before: str, after: str) -> sa.ColumnElement[bool]:
    return sa.or_(*(_holds_text(column, f"{before}{text}{after}") for column, text in places))


def _holds_text(column: Any, text: str) -> sa.ColumnElement[bool]:
    """SQLite leaps to the next place where a pattern's first letter stands, if it is ASCII: a third less than instr.
    Letters and digits mean themselves in a pattern."""
    if db.engine.dialect.name == "postgresql":
        return sa.func.strpos(column, text) > 0
    if column is SearchText.latin:
        return column.op("GLOB", is_comparison=True)(f"*{text}*")
    return sa.func.instr(column, text) > 0
