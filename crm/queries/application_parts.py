"""The research projects and products of one application, and what a reviewer would ask about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.extensions import db
from crm.models import AnnualFigures, ApplicationPart, Candidacy, IpRight
from pipelines.funnel.evidence import Dossier, Product, Project, Right, loose_ends
from pipelines.vocabulary import IpClass, IpStatus, PartKind

_YEARS = 3


@dataclass(frozen=True)
class Parts:
    """asked: what a reviewer would ask, a sentence each."""

    projects: Sequence[ApplicationPart]
    products: Sequence[ApplicationPart]
    asked: Sequence[str]


def parts_of(candidacy: Candidacy, today: date) -> Parts:
    wanted = sa.select(ApplicationPart).filter_by(candidacy_id=candidacy.id)
    wanted = wanted.options(selectinload(ApplicationPart.rights), selectinload(ApplicationPart.projects))
    parts = db.session.scalars(wanted.order_by(ApplicationPart.kind, ApplicationPart.number)).all()
    projects = [part for part in parts if part.kind is PartKind.PROJECT]
    products = [part for part in parts if part.kind is PartKind.PRODUCT]
    return Parts(projects, products, loose_ends(_dossier(candidacy, projects, products, today)))


def find_part_of(candidacy: Candidacy, part_id: int) -> ApplicationPart | None:
    part = db.session.get(ApplicationPart, part_id)
    return part if part and part.candidacy_id == candidacy.id else None


def next_number(candidacy: Candidacy, kind: PartKind) -> int:
    highest = sa.select(sa.func.max(ApplicationPart.number)).filter_by(candidacy_id=candidacy.id, kind=kind)
    return (db.session.scalar(highest) or 0) + 1


def right_pairs(firm_id: int) -> list[tuple[int, str]]:
    return [(right.id, f"{right.kind.label} {_name(right)}") for right in _rights(firm_id)]


def project_pairs(candidacy: Candidacy) -> list[tuple[int, str]]:
    wanted = sa.select(ApplicationPart).filter_by(candidacy_id=candidacy.id, kind=PartKind.PROJECT)
    return [(part.id, f"{part.code} {part.name}") for part in db.session.scalars(wanted.order_by("number"))]


def _rights(firm_id: int) -> Sequence[IpRight]:
    """Trademarks support no technology; what has lapsed supports nothing."""
    kept = sa.select(IpRight).where(IpRight.firm_id == firm_id, IpRight.status != IpStatus.LAPSED)
    return [right for right in db.session.scalars(kept.order_by(IpRight.id)) if right.kind.ip_class is not None]


def _name(right: IpRight) -> str:
    return right.name or right.number or f"第 {right.id} 号"


def _dossier(
    candidacy: Candidacy, projects: Sequence[ApplicationPart], products: Sequence[ApplicationPart], today: date
) -> Dossier:
    year = candidacy.campaign.year if candidacy.campaign else today.year
    figures = {
        row.year: row
        for row in db.session.scalars(
            sa.select(AnnualFigures).where(
                AnnualFigures.firm_id == candidacy.firm_id, AnnualFigures.year.between(year - _YEARS, year - 1)
            )
        )
    }
    last = figures.get(year - 1)
    return Dossier(
        year,
        [Project(part.code, part.amount, _ids(part)) for part in projects],
        [
            Product(part.code, part.amount, _ids(part), frozenset(each.code for each in part.projects))
            for part in products
        ],
        [_right(right) for right in _rights(candidacy.firm_id)],
        _sum([row.rd_spend for row in figures.values()]) if len(figures) == _YEARS else None,
        last.high_tech_revenue if last else None,
    )


def _right(right: IpRight) -> Right:
    spent = right.used_in_year if right.kind.ip_class is IpClass.TWO else None
    return Right(right.id, _name(right), right.status is IpStatus.VALID, spent)


def _ids(part: ApplicationPart) -> frozenset[int]:
    return frozenset(right.id for right in part.rights)


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None
