"""Ten firms beside the invented county, each showing one thing a judgement can say."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.actions.demo import DEMO
from crm.actions.events import record_event
from crm.actions.standings import refresh_standings
from crm.extensions import begin_exclusive, db
from crm.models import AnnualFigures, Answer, Application, Firm, Flag, IpRight, Recognition, Township
from pipelines.names import normalised_name
from pipelines.vocabulary import (
    AnswerKind,
    ApplicationKind,
    ApplicationResult,
    EventKind,
    FlagKind,
    IpAcquisition,
    IpKind,
    LevyMode,
    Programme,
    Title,
)
from seeds.explained import Explained, explained_firms

_WAN = 10_000
_MONEY = (
    "sales_revenue", "rd_spend", "rd_spend_domestic", "rd_spend_accounting", "rd_spend_deduction", "total_income",
    "non_taxable_income", "high_tech_revenue", "main_product_revenue", "net_assets",
)  # fmt: skip
_COUNTS = ("staff", "tech_staff", "conversions")
_KINDS = {kind.value: kind for kind in IpKind}
_USED_YEARS_AGO = 3


def load_explained(today: date) -> None:
    begin_exclusive()
    township = db.session.scalar(sa.select(Township).order_by(Township.position).limit(1))
    firms = [_written(told, township, today) for told in explained_firms()]
    refresh_standings([firm.id for firm in firms], today)
    db.session.commit()


def _written(told: Explained, township: Township | None, today: date) -> Firm:
    firm = Firm(
        uscc=told.uscc, name=told.name, normalised_name=normalised_name(told.name), is_demo=True, township=township,
        founded_on=told.founded_on(today), industry_code="35", tech_field_code="8", levy_mode=LevyMode.AUDITED,
        main_products="样例产品", remark=told.told["shows"],
    )  # fmt: skip
    db.session.add(firm)
    db.session.flush()
    db.session.add_all([*_figures(firm, told, today), *_rights(firm, told, today), *_history(firm, told, today)])
    db.session.add_all(_answers(firm, told, today))
    record_event(EventKind.FIRM_CREATED, DEMO, firm.id)
    return firm


def _figures(firm: Firm, told: Explained, today: date) -> list[AnnualFigures]:
    last = today.year - 1
    assert firm.founded_on is not None  # noqa: S101 - every one of the ten has its day
    rows = [AnnualFigures(firm_id=firm.id, year=year, sources={"*": "demo"}) for year in range(last - 2, last + 1)]
    rows = [row for row in rows if row.year >= firm.founded_on.year]
    for name in (*_MONEY, *_COUNTS):
        values = told.by_year(name, last)
        for row in rows:
            setattr(row, name, _amount(name, values[row.year]))
    return rows


def _amount(name: str, value: Any) -> Any:
    if value is None or name == "conversions":
        return value
    return Decimal(str(value)) * (_WAN if name in _MONEY else 1)


def _rights(firm: Firm, told: Explained, today: date) -> list[IpRight]:
    used = today.year - _USED_YEARS_AGO if told.told.get("used") else None
    return [
        IpRight(
            firm_id=firm.id, kind=_KINDS[kind], number=f"模拟{told.number:02d}{place:02d}", used_in_year=used,
            granted_on=date(today.year - 4, 5, 1), acquired=IpAcquisition.SELF_DEVELOPED,
        )
        for place, kind in enumerate(told.told["ip"], start=1)
    ]  # fmt: skip


def _history(firm: Firm, told: Explained, today: date) -> list[Any]:
    """What the register knows besides: an accident, or a certificate that has just run out."""
    if days := told.told.get("accident_days_ago"):
        return [Flag(firm_id=firm.id, kind=FlagKind.SAFETY_ACCIDENT, entered_on=today - timedelta(days=days))]
    if not told.told.get("used"):
        return []
    year = today.year - _USED_YEARS_AGO
    application = Application(
        firm_id=firm.id,
        programme=Title.HIGH_TECH,
        year=year,
        kind=ApplicationKind.FIRST,
        result=ApplicationResult.PASSED,
    )
    certificate = Recognition(
        firm_id=firm.id, title=Title.HIGH_TECH, recognized_on=date(year, 1, 10), valid_until=date(today.year, 1, 9)
    )
    return [application, certificate]


def _answers(firm: Firm, told: Explained, today: date) -> list[Answer]:
    attested = {(AnswerKind.ATTESTED, name): 1 for name in told.told.get("attested", ())}
    points = {(AnswerKind.POINTS, name): value for name, value in told.told.get("points", {}).items()}
    return [
        Answer(
            firm_id=firm.id, programme=Programme.HIGH_TECH, kind=kind, subject=subject, value=value, answered_on=today,
            by_name=DEMO.name,
        )
        for (kind, subject), value in (attested | points).items()
    ]  # fmt: skip
