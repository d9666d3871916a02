"""The derived rows that lists and the search read, made anew from what is recorded."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.bulk import insert_rows
from crm.extensions import db
from crm.models import AnnualFigures, Contact, Firm, FormerName, IpRight, Recognition, SearchText, Standing
from pipelines.facts.sums import known_years_ratio
from pipelines.names import folded, pinyin
from pipelines.vocabulary import IpClass, IpStatus, Tier

_FIRMS_A_ROUND = 400  # below the number of variables that every SQLite takes in one statement
_FIRM = (
    "id", "name", "uscc", "archived_at", "township_id", "industry_code", "tech_field_code", "owner_id", "founded_on",
)  # fmt: skip
_STANDING = (
    "firm_id", "is_archived", "name_pinyin", "township_id", "industry_code", "tech_field_code", "owner_id",
    "founded_on", "tier", "next_expiry_on", "latest_year", "sales_revenue", "rd_spend", "rd_ratio", "staff",
    "tech_staff_ratio", "class_one_ip", "class_two_ip", "completeness", "updated_at",
)  # fmt: skip
_TIER_OF_TITLE: dict[str, Tier] = {tier.value: tier for tier in Tier}
_RANK = {tier: rank for rank, tier in enumerate(Tier)}

# What should be known of every firm; completeness is the share of it that is.
_EXPECTED_OF_FIRM = ("township_id", "industry_code", "tech_field_code", "founded_on")
_EXPECTED_OF_LAST_YEAR = ("sales_revenue", "rd_spend", "staff", "tech_staff")

_Rows = dict[int, list[Any]]


def refresh_standings(firm_ids: Iterable[int] | None, today: date) -> int:
    """Recompute the rows of these firms (None: of all), inside the caller's transaction; answers how many.

    Recomputing what has not changed changes nothing but the moment of the computation.
    """
    refreshed = 0
    for some in _rounds(firm_ids):
        _refresh(some, today)
        refreshed += len(some)
    return refreshed


def _rounds(firm_ids: Iterable[int] | None) -> Iterator[list[int]]:
    if firm_ids is None:
        last = 0
        following = sa.select(Firm.id).order_by(Firm.id).limit(_FIRMS_A_ROUND)
        while some := list(db.session.scalars(following.where(Firm.id > last))):
            yield some
            last = some[-1]
        return
    chosen = sorted(firm_ids)
    for start in range(0, len(chosen), _FIRMS_A_ROUND):
        yield chosen[start : start + _FIRMS_A_ROUND]


def _refresh(firm_ids: Sequence[int], today: date) -> None:
    db.session.flush()
    firms = _rows(Firm, _FIRM, Firm.id, firm_ids)
    figures = _by_firm(AnnualFigures, ("year", "sales_revenue", "rd_spend", "staff", "tech_staff"), firm_ids)
    titles = _by_firm(Recognition, ("title", "recognized_on", "valid_until", "ended_on"), firm_ids)
    rights = _by_firm(IpRight, ("kind", "status"), firm_ids)
    former = _by_firm(FormerName, ("name",), firm_ids)
    contacts = _by_firm(Contact, ("name", "phone"), firm_ids)
    for model in (Standing, SearchText):
        db.session.execute(
            sa.delete(model).where(model.firm_id.in_(firm_ids)).execution_options(synchronize_session=False)
        )
    now = clock.now()
    insert_rows(
        Standing,
        _STANDING,
        (_standing(firm, figures[firm.id], titles[firm.id], rights[firm.id], today, now) for firm in firms),
    )
    insert_rows(
        SearchText,
        ("firm_id", "names", "numbers", "pinyin"),
        (_search_text(firm, former[firm.id], contacts[firm.id]) for firm in firms),
    )


def _rows(model: Any, fields: Sequence[str], key: Any, firm_ids: Sequence[int]) -> list[Any]:
    return list(db.session.execute(sa.select(*(getattr(model, field) for field in fields)).where(key.in_(firm_ids))))


def _by_firm(model: Any, fields: Sequence[str], firm_ids: Sequence[int]) -> _Rows:
    found: _Rows = defaultdict(list)
    for row in _rows(model, ("firm_id", *fields), model.firm_id, firm_ids):
        found[row.firm_id].append(row)
    return found


def _standing(
    firm: Any, figures: list[Any], titles: list[Any], rights: list[Any], today: date, now: Any
) -> tuple[Any, ...]:
    by_year = {row.year: row for row in figures}
    latest = by_year.get(max((year for year in by_year if year < today.year), default=0))
    valid = [row for row in titles if _is_valid(row, today)]
    classes = [row.kind.ip_class for row in rights if row.status is IpStatus.VALID]
    return (
        firm.id,
        firm.archived_at is not None,
        _name_key(firm.name),
        firm.township_id,
        firm.industry_code,
        firm.tech_field_code,
        firm.owner_id,
        firm.founded_on,
        _highest(row.title for row in valid),
        min((row.valid_until for row in valid if row.valid_until), default=None),
        latest and latest.year,
        latest and latest.sales_revenue,
        latest and latest.rd_spend,
        _rd_ratio(by_year, today.year - 1),
        latest and latest.staff,
        _share(latest and latest.tech_staff, latest and latest.staff),
        classes.count(IpClass.ONE),
        classes.count(IpClass.TWO),
        _completeness(firm, by_year.get(today.year - 1)),
        now,
    )


def _name_key(name: str) -> str:
    """Names are ordered as a dictionary would: by their reading, then by their characters."""
    return f"{pinyin(name)[0]} {name}"[:400]


def _is_valid(row: Any, on: date) -> bool:
    begun = row.recognized_on <= on
    within_term = row.valid_until is None or on <= row.valid_until
    return begun and within_term and (row.ended_on is None or on < row.ended_on)


def _highest(titles: Iterable[Any]) -> Tier:
    """The highest rung of the ladder among the titles; a title beside the ladder lifts nobody."""
    rungs = (_TIER_OF_TITLE.get(title.value, Tier.PROSPECT) for title in titles)
    return max(rungs, key=_RANK.__getitem__, default=Tier.PROSPECT)


def _rd_ratio(by_year: dict[int, Any], last_year: int) -> float | None:
    spend = {year: row.rd_spend for year, row in by_year.items()}
    sales = {year: row.sales_revenue for year, row in by_year.items()}
    ratio = known_years_ratio(spend, sales, last_year)
    return None if ratio is None else float(ratio)


def _share(part: Decimal | None, whole: Decimal | None) -> float | None:
    return None if part is None or not whole else float(part / whole)


def _completeness(firm: Any, last_year: Any) -> float:
    known = [getattr(firm, field) is not None for field in _EXPECTED_OF_FIRM]
    known += [getattr(last_year, field, None) is not None for field in _EXPECTED_OF_LAST_YEAR]
    return sum(known) / len(known)


def _search_text(firm: Any, former: list[Any], contacts: list[Any]) -> tuple[int, str, str, str]:
    """Entries are parted by a line break, which no search text holds: a hit never reaches over two of them."""
    names = [firm.name, *(row.name for row in former), *(row.name for row in contacts)]
    numbers = [firm.uscc, *(row.phone for row in contacts if row.phone)]
    read = [reading for name in names[: 1 + len(former)] for reading in pinyin(name)]
    return firm.id, _lines(names), _lines(numbers), _lines(read)


def _lines(texts: Iterable[str]) -> str:
    """A break before and after each entry, by which search.py tells a whole entry and a beginning from the rest."""
    return "\n" + "\n".join(folded(text) for text in texts) + "\n"
