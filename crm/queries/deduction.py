"""What the super-deduction says of the funnel: who may be a 高企 unnoticed, and which 高企 did not take it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import AnnualFigures, Firm, Industry, Standing, Township, User
from crm.queries.list_filter import ListFilter
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, matching, one_of, whole_number
from crm.queries.scope import areas_within, top_townships, within_scope
from pipelines.vocabulary import Tier

POTENTIAL, UNUSED, TAKING, KNOWN = "potential", "unused", "taking", "known"
LISTS = {
    POTENTIAL: "潜在高企：享受了加计扣除、有知识产权，还不是高企",
    UNUSED: "没有享受加计扣除的高企",
    TAKING: "享受了加计扣除的企业",
    KNOWN: "知道是否享受的企业",
}
BREAKS = {"township": "镇街", "industry": "行业", "year": "年份"}
_NOWHERE = "（未填）"
_DIVISION = 2  # digits of a 大类
_FIRST_YEAR = 2010
_YEARS_SHOWN = 6
_IS_KNOWN = AnnualFigures.rd_spend_deduction.is_not(None)
_BELOW = (Tier.PROSPECT, Tier.TECH_SME)
_PARAMETERS = {
    "list": Parameter(one_of(LISTS)),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "place": Parameter(matching(r"[0-9]{1,9}|none")),
    "industry": Parameter(matching(r"[0-9]{2}|none")),
    "year": Parameter(whole_number(_FIRST_YEAR, 2100)),
    "by": Parameter(one_of(BREAKS)),
    **PAGING,
}
_READ = (
    Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), Standing.tier, Standing.class_one_ip,
    Standing.class_two_ip, AnnualFigures.rd_spend_deduction, AnnualFigures.rd_spend, AnnualFigures.sales_revenue,
)  # fmt: skip


@dataclass(frozen=True)
class DeductionFilter(ListFilter):
    """year None: the last fiscal year. place, industry: a line of the breakdown, "none" is those without; by: what the
    breakdown goes by."""

    parameters = _PARAMETERS

    list: str = POTENTIAL
    township: int | None = None
    place: str | None = None
    industry: str | None = None
    year: int | None = None
    by: str = "township"


@dataclass(frozen=True)
class DeductionPage:
    """unknown: 高企 of whom nobody knows whether they took it; they stand in no list."""

    rows: Sequence[Any]
    year: int
    unknown: int
    total: int
    number: int
    size: int
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def deduction_page(asked: DeductionFilter, viewer: User | None, today: date) -> DeductionPage:
    rows = deduction_rows(asked, viewer, today)
    total = _count(rows)
    number = min(asked.page, max(1, -(-total // asked.size)))
    shown = db.session.execute(rows.limit(asked.size).offset((number - 1) * asked.size)).all()
    unknown = _count(_high_tech(asked, viewer, today).where(AnnualFigures.rd_spend_deduction.is_(None)))
    return DeductionPage(shown, _year(asked, today), unknown, total, number, asked.size)


def deduction_rows(asked: DeductionFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    """The largest deduction first; of those who took none, the largest sales first."""
    if asked.list == UNUSED:
        unused = _high_tech(asked, viewer, today).where(AnnualFigures.rd_spend_deduction == 0)
        return unused.order_by(AnnualFigures.sales_revenue.desc(), Firm.id)
    if asked.list in (TAKING, KNOWN):
        is_listed = AnnualFigures.rd_spend_deduction > 0 if asked.list == TAKING else _IS_KNOWN
        listed = _firms(asked, viewer, today).where(is_listed)
        return listed.order_by(AnnualFigures.rd_spend_deduction.desc(), Firm.id)
    taking = _firms(asked, viewer, today).where(Standing.tier.in_(_BELOW), AnnualFigures.rd_spend_deduction > 0)
    with_rights = taking.where(Standing.class_one_ip + Standing.class_two_ip > 0)
    return with_rights.order_by(AnnualFigures.rd_spend_deduction.desc(), Firm.id)


def _high_tech(asked: DeductionFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    return _firms(asked, viewer, today).where(Standing.tier.not_in(_BELOW))


def _firms(asked: DeductionFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    """Firms with what is known of the last fiscal year; those without any figures of it say nothing here."""
    statement: Any = sa.select(*_READ).join(Standing, Standing.firm_id == Firm.id)
    of_last_year = sa.and_(AnnualFigures.firm_id == Firm.id, AnnualFigures.year == _year(asked, today))
    statement = statement.join(AnnualFigures, of_last_year).outerjoin(Township, Township.id == Firm.township_id)
    statement = statement.where(Firm.archived_at.is_(None))
    if asked.township:
        statement = statement.where(Firm.township_id.in_(areas_within({asked.township})))
    if asked.place:
        town = Firm.township_id
        statement = statement.where(
            town.is_(None) if asked.place == "none" else town.in_(areas_within({int(asked.place)}))
        )
    if asked.industry:
        code = Firm.industry_code
        statement = statement.where(code.is_(None) if asked.industry == "none" else code.startswith(asked.industry))
    return within_scope(statement, viewer, Firm.township_id)


def _year(asked: DeductionFilter, today: date) -> int:
    return asked.year or today.year - 1


class Coverage(NamedTuple):
    """One line: firms of whom it is known, firms that took it, what they spent by it in yuan, whom to coach; args: the
    parameters that lead to its lists."""

    name: str
    args: Mapping[str, Any]
    known: int
    taking: int
    amount: Decimal
    potential: int
    unused: int

    @property
    def share(self) -> float | None:
        return self.taking / self.known if self.known else None


def coverage(asked: DeductionFilter, viewer: User | None, today: date) -> list[Coverage]:
    """By township (with its areas), by 大类 or by fiscal year. Which firms are 高企 is told as of today."""
    if asked.by == "year":
        years = range(today.year - 1, today.year - 1 - _YEARS_SHOWN, -1)
        rows = [(f"{year} 年", {"year": year}, _sums(replace(asked, year=year), viewer, today)) for year in years]
        return [_line(name, args, [row for _, row in sums]) for name, args, sums in rows if sums]
    by_group: dict[Any, list[Any]] = defaultdict(list)
    tops = top_townships()
    for (town, industry), row in _sums(asked, viewer, today):
        key = tops.get(town) if asked.by == "township" and town else industry if asked.by == "industry" else None
        by_group[key].append(row)
    parameter, names = ("place", _town_names()) if asked.by == "township" else ("industry", _division_names())
    ordered = [*(key for key in names if key in by_group), *(key for key in by_group if key not in names)]
    year = {"year": asked.year} if asked.year else {}
    return [
        _line(names.get(key, _NOWHERE), year | {parameter: "none" if key is None else str(key)}, by_group[key])
        for key in ordered
    ]


def _sums(asked: DeductionFilter, viewer: User | None, today: date) -> list[tuple[Any, Any]]:
    """(township, 大类) → the sums of its firms."""
    spent, below = AnnualFigures.rd_spend_deduction, Standing.tier.in_(_BELOW)
    rights = Standing.class_one_ip + Standing.class_two_ip > 0
    division = sa.func.substr(Firm.industry_code, 1, _DIVISION)
    counted = [sa.func.sum(sa.case((condition, 1), else_=0)) for condition in (
        _IS_KNOWN, spent > 0, sa.and_(spent > 0, below, rights), sa.and_(spent == 0, sa.not_(below)),
    )]  # fmt: skip
    firms: Any = _firms(asked, viewer, today).with_only_columns(
        Firm.township_id, division, *counted, sa.func.coalesce(sa.func.sum(spent), 0)
    )
    return [
        ((town, code), sums) for town, code, *sums in db.session.execute(firms.group_by(Firm.township_id, division))
    ]


def _line(name: str, args: Mapping[str, Any], rows: Sequence[Any]) -> Coverage:
    known, taking, potential, unused, amount = (sum(column) for column in zip(*rows, strict=True))
    return Coverage(name, args, known, taking, Decimal(amount), potential, unused)


def _town_names() -> dict[Any, str]:
    towns = sa.select(Township.id, Township.name).order_by(Township.position, Township.id)
    return {key: name for key, name in db.session.execute(towns)}  # noqa: C416 - rows are no pairs to dict()


def _division_names() -> dict[Any, str]:
    divisions = sa.select(Industry.code, Industry.name).where(sa.func.length(Industry.code) == _DIVISION)
    return {code: name for code, name in db.session.execute(divisions.order_by(Industry.code))}  # noqa: C416 - as above


def _count(statement: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())) or 0
