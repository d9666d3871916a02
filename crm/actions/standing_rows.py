"""What a firm's derived rows hold, worked out from raw tuples: ten thousand firms are derived at a time."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import AnnualFigures, Candidacy, Contact, Firm, FormerName, IpRight, Recognition, Visit
from pipelines.cadence import visit_due_on
from pipelines.facts.sums import known_years_sums
from pipelines.names import folded, pinyin, searched_number
from pipelines.vocabulary import FiguresState, IpClass, IpKind, IpStatus, Tier

# What should be known of every firm: completeness is the share of these sixteen that is.
_OF_FIRM = (
    "founded_on", "registered_capital", "legal_representative", "township_id", "industry_code", "tech_field_code",
    "levy_mode", "main_products",
)  # fmt: skip
_OF_LAST_YEAR = (
    "sales_revenue", "total_income", "high_tech_revenue", "rd_spend", "staff", "tech_staff", "net_assets",
)  # fmt: skip
_EXPECTED = len(_OF_FIRM) + len(_OF_LAST_YEAR) + 1  # and a telephone number

_COPIED = ("status", "township_id", "industry_code", "tech_field_code", "owner_id", "above_scale", "founded_on")
_FIGURES = ("year", "sales_revenue", "rd_spend", "staff", "tech_staff")
_SALES = 2  # its place in a row of figures, after the firm and the year
_NO_FIGURES = (None,) * (len(_FIGURES) + 2)
_YEARS_SHOWN = 3
_TIERS = tuple(Tier)
_LONGEST_KEY = 400
_LATIN = re.compile("[0-9A-Za-zＡ-Ｚａ-ｚ０-９]")

_Rows = dict[int, list[Any]]


class Records(NamedTuple):
    """What is recorded of some firms, by firm; values as the tables keep them: fen, identifiers of words.

    visits: the last day of one; candidates: firms with an open candidacy; merged_codes: of their former entries.
    kept_day: a day as the tables keep it.
    """

    firms: Sequence[Any]
    figures: _Rows
    titles: dict[int, tuple[int, Any]]
    rights: dict[int, tuple[int, int]]
    former: _Rows
    contacts: _Rows
    visits: dict[int, date]
    candidates: frozenset[int]
    merged_codes: dict[int, list[str]]
    kept_day: Callable[[date | None], Any]


def raw(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The column without what Python makes of it: a Decimal, a word or a date costs more than the rest of its row."""
    return sa.type_coerce(column, sa.types.NULLTYPE).label(column.key)


def among(column: Any, firm_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """Ids that lie side by side, as those of an import do, spare the statement thousands of parameters."""
    if firm_ids[-1] - firm_ids[0] == len(firm_ids) - 1:
        return column.between(firm_ids[0], firm_ids[-1])
    return column.in_(firm_ids)


def records_of(firm_ids: Sequence[int], today: date) -> Records:
    """firm_ids ascending, without doubles."""
    return Records(
        firms=_firms(firm_ids),
        figures=_figures(firm_ids, today.year - 1),
        titles=_titles(firm_ids, today),
        rights=_rights(firm_ids),
        former=_by_firm(firm_ids, FormerName, ("name",)),
        contacts=_by_firm(firm_ids, Contact, ("name", "phone")),
        visits=_visits(firm_ids),
        candidates=_candidates(firm_ids),
        merged_codes=_merged_codes(firm_ids),
        kept_day=_day_keeper(),
    )


def standing_of(firm: Any, records: Records, last_year: int) -> tuple[Any, ...]:
    """The row of standings, in the order of its table's columns."""
    firm_id, name, _, is_archived, known, status, township_id, industry, tech_field, owner, above_scale, founded = firm
    figures = {row[1]: row for row in records.figures.get(firm_id, ())}
    _, latest, sales, spend, staff, tech_staff, _ = _latest(figures)
    known += figures[last_year][-1] if last_year in figures else 0
    known += any(phone for *_, phone in records.contacts.get(firm_id, ()))
    rank, next_expiry = records.titles.get(firm_id, (0, None))
    return (
        firm_id, is_archived, status, pinyin(name)[0][:_LONGEST_KEY], township_id, industry, tech_field, owner,
        above_scale, founded, _TIERS[rank].value, next_expiry, _reach(latest, last_year), latest, sales, spend,
        _rd_ratio(figures, last_year), staff, _share(tech_staff, staff), *records.rights.get(firm_id, (0, 0)),
        known / _EXPECTED,
        records.kept_day(visit_due_on(_TIERS[rank], firm_id in records.candidates, records.visits.get(firm_id))),
    )  # fmt: skip


def search_text_of(firm: Any, records: Records) -> tuple[int, str, str]:
    """Entries are parted by a line break, which no search text holds: a hit never reaches over two of them."""
    firm_id, name, uscc, *_ = firm
    names = [name, *(former for _, former in records.former.get(firm_id, ()))]
    people = records.contacts.get(firm_id, ())
    latin = [reading for each in names for reading in pinyin(each)]
    latin += [folded(person) for _, person, _ in people if _LATIN.search(person)]
    codes = (uscc, *records.merged_codes.get(firm_id, ()))
    latin += [searched_number(number) for number in (*codes, *(phone for *_, phone in people if phone))]
    return (
        firm_id,
        _lines([folded(each) for each in (*names, *(person for _, person, _ in people))]),
        _lines(latin),
    )


def _lines(texts: Iterable[str]) -> str:
    """A break before and after each entry, by which search.py tells a whole entry and a beginning from the rest."""
    return "\n" + "\n".join(texts) + "\n"


def _rows(statement: sa.Select[Any]) -> Sequence[Any]:
    """The driver's own tuples: a row of SQLAlchemy's costs more than reading it."""
    rows: Sequence[Any] = db.session.connection().execute(statement).cursor.fetchall()
    return rows


def _firms(firm_ids: Sequence[int]) -> Sequence[Any]:
    column = Firm.__table__.c
    own = (column.id, column.name, column.uscc, column.archived_at.is_not(None), _known(Firm, _OF_FIRM))
    copied = [raw(column[field]) for field in _COPIED]
    return _rows(sa.select(*own, *copied).where(among(column.id, firm_ids)).order_by(column.id))


def _day_keeper() -> Callable[[date | None], Any]:
    dialect = db.session.connection().dialect
    keep = sa.Date().dialect_impl(dialect).bind_processor(dialect)
    return keep or (lambda day: day)


def _visits(firm_ids: Sequence[int]) -> dict[int, date]:
    last: Any = sa.select(Visit.firm_id, sa.func.max(Visit.visited_on)).where(among(Visit.firm_id, firm_ids))
    rows = db.session.connection().execute(last.group_by(Visit.firm_id))
    return dict(map(tuple, rows))


def _candidates(firm_ids: Sequence[int]) -> frozenset[int]:
    still_open = sa.select(Candidacy.firm_id).where(Candidacy.closed_on.is_(None), among(Candidacy.firm_id, firm_ids))
    return frozenset(firm_id for (firm_id,) in _rows(still_open))


def _merged_codes(firm_ids: Sequence[int]) -> dict[int, list[str]]:
    """Codes of entries that were found to be this firm: who types one of them means it."""
    codes: dict[int, list[str]] = defaultdict(list)
    into = Firm.__table__.c.merged_into_id
    for firm_id, uscc in _rows(sa.select(into, Firm.uscc).where(among(into, firm_ids)).order_by(Firm.id)):
        codes[firm_id].append(uscc)
    return codes


def _known(model: Any, fields: Iterable[str]) -> Any:
    """How many of the fields are known, counted by the database."""
    counted: Any = sa.literal_column("0")
    for field in fields:
        is_known = model.__table__.c[field].is_not(None)
        counted += sa.case((is_known, sa.literal_column("1")), else_=sa.literal_column("0"))
    return counted


def _by_firm(
    firm_ids: Sequence[int], model: Any, fields: Sequence[str], *further: Any, where: Sequence[Any] = ()
) -> _Rows:
    """Rows that begin with the firm they belong to, in the order they were entered."""
    column = model.__table__.c
    found: _Rows = defaultdict(list)
    values = [raw(column[field]) for field in fields]
    statement = sa.select(column.firm_id, *values, *further).where(among(column.firm_id, firm_ids), *where)
    for row in _rows(statement.order_by(column.firm_id, column.id)):
        found[row[0]].append(row)
    return found


def _figures(firm_ids: Sequence[int], last_year: int) -> _Rows:
    """The years a list speaks of; older ones only of the firms that say nothing of their sales in these."""
    column, known = AnnualFigures.__table__.c, _known(AnnualFigures, _OF_LAST_YEAR)
    first_year = last_year - _YEARS_SHOWN + 1
    shown = column.year.between(first_year, last_year)
    found = _by_firm(firm_ids, AnnualFigures, _FIGURES, known, where=[shown])
    silent = [firm_id for firm_id in firm_ids if all(row[_SALES] is None for row in found.get(firm_id, ()))]
    if silent:
        older = [column.year < first_year, column.sales_revenue.is_not(None)]
        for firm_id, rows in _by_firm(silent, AnnualFigures, _FIGURES, known, where=older).items():
            found[firm_id] += rows
    return found


def _titles(firm_ids: Sequence[int], today: date) -> dict[int, tuple[int, Any]]:
    """The rank of the highest rung held today, and the day the first of the titles held today ends.

    A title beside the ladder lifts nobody. What is held is told as Recognition.is_valid tells it; a test compares.
    """
    column = Recognition.__table__.c
    rungs = {tier.value: rank for rank, tier in enumerate(Tier)}
    rank = sa.func.max(sa.case(rungs, value=raw(column.title), else_=0))
    held = (
        column.recognized_on <= today,
        sa.or_(column.valid_until.is_(None), column.valid_until >= today),
        sa.or_(column.ended_on.is_(None), column.ended_on > today),
    )
    statement = sa.select(column.firm_id, rank, raw(sa.func.min(column.valid_until)))
    found = _rows(statement.where(among(column.firm_id, firm_ids), *held).group_by(column.firm_id))
    return {firm_id: (rank, next_expiry) for firm_id, rank, next_expiry in found}


def _rights(firm_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Rights in force, by class; added up by the database, since a firm may have hundreds."""
    column = IpRight.__table__.c
    of_class = [[kind for kind in IpKind if kind.ip_class is ip_class] for ip_class in (IpClass.ONE, IpClass.TWO)]
    counted = [sa.func.sum(sa.case((column.kind.in_(kinds), 1), else_=0)) for kinds in of_class]
    valid = (among(column.firm_id, firm_ids), column.status == IpStatus.VALID)
    found = _rows(sa.select(column.firm_id, *counted).where(*valid).group_by(column.firm_id))
    return {firm_id: (one, two) for firm_id, one, two in found}


def _latest(figures: dict[int, Any]) -> Sequence[Any]:
    """The row of the latest year whose sales are known: every figure of a list's line is of that one year."""
    latest = max((year for year, row in figures.items() if row[_SALES] is not None), default=None)
    return _NO_FIGURES if latest is None else figures[latest]


def _reach(latest: int | None, last_year: int) -> str:
    if latest is None:
        return FiguresState.NONE.value
    return FiguresState.CURRENT.value if latest == last_year else FiguresState.OLDER.value


def _rd_ratio(figures: dict[int, Any], last_year: int) -> float | None:
    """The quotient of two whole numbers is the float nearest to the true share: one exactly on a bar stays on it."""
    sales = {year: row[_SALES] for year, row in figures.items()}
    spend = {year: row[_SALES + 1] for year, row in figures.items()}
    return _share(*known_years_sums(spend, sales, last_year))


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else part / whole
