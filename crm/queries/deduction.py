"""What the super-deduction says of the funnel: who may be a 高企 unnoticed, and which 高企 did not take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import AnnualFigures, Firm, Standing, Township, User
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, one_of, understood, whole_number
from crm.queries.scope import areas_within, within_scope
from pipelines.vocabulary import Tier

POTENTIAL, UNUSED = "potential", "unused"
LISTS = {POTENTIAL: "潜在高企：享受了加计扣除、有知识产权，还不是高企", UNUSED: "没有享受加计扣除的高企"}
_BELOW = (Tier.PROSPECT, Tier.TECH_SME)
_PARAMETERS = {
    "list": Parameter(one_of(LISTS)),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    **PAGING,
}
_READ = (
    Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), Standing.tier, Standing.class_one_ip,
    Standing.class_two_ip, AnnualFigures.rd_spend_deduction, AnnualFigures.rd_spend, AnnualFigures.sales_revenue,
)  # fmt: skip


@dataclass(frozen=True)
class DeductionFilter:
    list: str = POTENTIAL
    township: int | None = None
    page: int = 1
    size: int = 50
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "DeductionFilter":
        values, senseless = understood(args, _PARAMETERS)
        return cls(**values, ignored=tuple(f"没有用上看不懂的条件：{text}" for text in senseless))

    def to_args(self) -> dict[str, Any]:
        return {
            field.name: value
            for field in fields(self)
            if field.name not in ("page", "ignored") and (value := getattr(self, field.name)) != field.default
        }


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
    return DeductionPage(shown, today.year - 1, unknown, total, number, asked.size)


def deduction_rows(asked: DeductionFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    """The largest deduction first; of those who took none, the largest sales first."""
    if asked.list == UNUSED:
        unused = _high_tech(asked, viewer, today).where(AnnualFigures.rd_spend_deduction == 0)
        return unused.order_by(AnnualFigures.sales_revenue.desc(), Firm.id)
    taking = _firms(asked, viewer, today).where(Standing.tier.in_(_BELOW), AnnualFigures.rd_spend_deduction > 0)
    with_rights = taking.where(Standing.class_one_ip + Standing.class_two_ip > 0)
    return with_rights.order_by(AnnualFigures.rd_spend_deduction.desc(), Firm.id)


def _high_tech(asked: DeductionFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    return _firms(asked, viewer, today).where(Standing.tier.not_in(_BELOW))


def _firms(asked: DeductionFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    """Firms with what is known of the last fiscal year; those without any figures of it say nothing here."""
    statement: Any = sa.select(*_READ).join(Standing, Standing.firm_id == Firm.id)
    of_last_year = sa.and_(AnnualFigures.firm_id == Firm.id, AnnualFigures.year == today.year - 1)
    statement = statement.join(AnnualFigures, of_last_year).outerjoin(Township, Township.id == Firm.township_id)
    statement = statement.where(Firm.archived_at.is_(None))
    if asked.township:
        statement = statement.where(Firm.township_id.in_(areas_within({asked.township})))
    return within_scope(statement, viewer, Firm.township_id)


def _count(statement: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())) or 0
