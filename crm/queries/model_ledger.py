"""The register as the columns the model reads, every row with the day it became known."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import (
    AnnualFigures,
    Application,
    Firm,
    Flag,
    IpRight,
    PreScore,
    Questionnaire,
    Recognition,
)
from crm.queries.raw import raw_rows
from pipelines.vocabulary import (
    ApplicationKind,
    ApplicationResult,
    FirmStatus,
    FlagKind,
    IpAcquisition,
    IpClass,
    IpStatus,
    Title,
)

DECIDED = {ApplicationResult.PASSED: True, ApplicationResult.FAILED: False}
_BOUGHT = (IpAcquisition.TRANSFERRED, IpAcquisition.DONATED, IpAcquisition.MERGED)
_INCIDENTS = (FlagKind.SAFETY_ACCIDENT, FlagKind.QUALITY_ACCIDENT, FlagKind.ENVIRONMENTAL_VIOLATION)
_MONEY = ("sales_revenue", "total_income", "non_taxable_income", "high_tech_revenue", "rd_spend",
          "rd_spend_deduction", "net_assets")  # fmt: skip
_HUNDREDTHS = 100

Row = tuple[Any, ...]


def county_ledger(today: date, only: int | None = None) -> Any:
    """A Ledger of pipelines/classifier, of the whole county, or of one firm."""
    import numpy as np  # slow import

    from pipelines.classifier.ledger import TABLES, Ledger, columns_of, sector_level

    fields = ("id", "founded_on", "status", "archived_at", "industry_code", "tech_field_code")
    firms = raw_rows(Firm, fields, None if only is None else Firm.id == only)
    place = {row[0]: position for position, row in enumerate(firms)}
    reader = _Reader(only)
    fields = ("year", "kind", "submitted_on", "decided_on", "result", "expert_score")
    asked = reader.rows(Application, fields, Application.programme == Title.HIGH_TECH)
    read = {name: [(place[row[0]], *row[1:]) for row in rows] for name, rows in _tables(reader, today, asked)}
    return Ledger(
        ids=np.array([row[0] for row in firms], dtype=np.int64),
        founded=np.array([row[1].toordinal() if row[1] else 0 for row in firms], dtype=np.int64),
        sector_level=np.array([sector_level(row[4], row[5]) for row in firms], dtype=float),
        gone=np.array([row[2] is not FirmStatus.ACTIVE or row[3] is not None for row in firms], dtype=bool),
        today=today,
        tables={name: columns_of(name, read.get(name, [])) for name in TABLES},
        applied={
            "firm": np.array([place[row[0]] for row in asked], dtype=np.int64),
            "year": np.array([row[1] for row in asked], dtype=np.int64),
            "first": np.array([row[2] is ApplicationKind.FIRST for row in asked], dtype=bool),
        },
    )


class _Reader:
    """Rows of the whole register, or of one firm; each begins with the firm's id."""

    def __init__(self, only: int | None) -> None:
        self._only = only

    def rows(self, model: Any, fields: tuple[str, ...], where: sa.ColumnElement[bool] | None = None) -> list[Row]:
        tests = [] if where is None else [where]
        if self._only is not None:
            tests.append(model.firm_id == self._only)
        return raw_rows(model, ("firm_id", *fields), sa.and_(sa.true(), *tests))

    def plain(self, model: Any, fields: tuple[str, ...], where: sa.ColumnElement[bool] | None = None) -> list[Row]:
        """With days as ordinals."""
        return [tuple(map(_ordinal, row)) for row in self.rows(model, fields, where)]


def _ordinal(value: Any) -> Any:
    return value.toordinal() if isinstance(value, date) else value


def _tables(reader: _Reader, today: date, asked: Sequence[Row]) -> Iterator[tuple[str, Iterable[Row]]]:
    yield "figures", _figures(reader, today)
    yield "rights", _rights(reader)
    certificate = ("recognized_on", "valid_until", "ended_on")
    yield "certificates", reader.plain(Recognition, certificate, Recognition.title == Title.HIGH_TECH)
    yield "listings", reader.plain(Recognition, ("recognized_on",), Recognition.title == Title.TECH_SME)
    yield (
        "results",
        [
            (firm, known_on(decided, year), year, kind is ApplicationKind.FIRST, DECIDED[result], score)
            for firm, year, kind, submitted, decided, result, score in asked
            if result in DECIDED and not is_out_of_order(year, submitted, decided)
        ],
    )
    yield "incidents", reader.plain(Flag, ("entered_on",), Flag.kind.in_(_INCIDENTS))
    parts = ("marked_on", "rights", "conversion", "organisation", "growth")
    yield "pre_scores", [(firm, day, sum(points)) for firm, day, *points in reader.plain(PreScore, parts)]
    answers = ("rd_centre", "has_partner", "took_part_in_standard", "conversions", "documents")
    yield "questionnaires", reader.plain(Questionnaire, ("answered_on", *answers))


def is_out_of_order(year: int, submitted: date | None, decided: date | None) -> bool:
    """A result dated before its application, or in a year before it: what it says cannot be trusted."""
    return decided is not None and (decided.year < year or (submitted is not None and decided < submitted))


def known_on(decided: date | None, year: int) -> int:
    """A result without a date counts as known at the end of its year."""
    return (decided or date(year, 12, 31)).toordinal()


def _figures(reader: _Reader, today: date) -> Iterator[Row]:
    """A row whose day of reporting nobody wrote down counts as known from the end of the next June: the annual
    settlement closes on 31 May; what is in the register today is known today."""
    fields = ("reported_on", "year", *_MONEY, "staff", "tech_staff", "conversions")
    latest = today.toordinal()
    for firm, reported, year, *money, staff, tech, conversions in reader.rows(AnnualFigures, fields):
        known = reported.toordinal() if reported else min(date(year + 1, 6, 30).toordinal(), latest)
        sales, income, untaxed, high_tech, rd, deduction, net = map(_yuan, money)
        whole = None if income is None else income - (untaxed or 0.0)
        yield firm, known, year, sales, whole, high_tech, rd, deduction, net, _yuan(staff), _yuan(tech), conversions


def _yuan(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / _HUNDREDTHS


def _rights(reader: _Reader) -> Iterator[Row]:
    fields = ("kind", "status", "applied_on", "granted_on", "acquired", "used_in_year")
    for firm, kind, status, applied, granted, acquired, used in reader.rows(IpRight, fields):
        first = applied or granted
        if kind.ip_class is not None and first is not None:
            yield (firm, first.toordinal(), kind.ip_class is IpClass.ONE, first.toordinal(),
                   granted.toordinal() if granted else None, acquired in _BOUGHT, used,
                   status is IpStatus.LAPSED)  # fmt: skip


def is_demo_register() -> bool:
    return bool(db.session.scalar(sa.select(Firm.id).where(Firm.is_demo.is_(True)).limit(1)))
