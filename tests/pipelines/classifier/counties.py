"""Invented counties as ledgers, made once a run; and what nobody in an office can know of them."""

from datetime import date
from functools import cache

import numpy as np

from pipelines.classifier.ledger import TABLES, Ledger, columns_of, sector_level
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
from seeds.county import FIELDS, county
from seeds.truth import YearOfTruth, truths

TODAY = date(2026, 11, 24)
SEEDS = (2016, 3, 7)
FIRMS = 2_500
_DECIDED = {ApplicationResult.PASSED: True, ApplicationResult.FAILED: False}
_BOUGHT = (IpAcquisition.TRANSFERRED, IpAcquisition.DONATED, IpAcquisition.MERGED)
_ACCIDENTS = (FlagKind.SAFETY_ACCIDENT, FlagKind.QUALITY_ACCIDENT, FlagKind.ENVIRONMENTAL_VIOLATION)


@cache
def a_ledger(seed: int = 2016, firms: int = FIRMS, today: date = TODAY) -> Ledger:
    rows: dict[str, list[dict]] = {name: [] for name in FIELDS}
    for chunk in county(firms, seed, today):
        for name, found in chunk.tables():
            rows[name] += [dict(zip(FIELDS[name], row, strict=True)) for row in found]
    return ledger_of(rows, today)


def ledger_of(rows: dict[str, list[dict]], today: date) -> Ledger:
    """The county's rows as columns, as crm/queries/model_ledger.py reads them from the database."""
    firms = rows["firms"]
    place = {row["id"]: position for position, row in enumerate(firms)}
    asked = [row | {"place": place[row["firm_id"]]} for row in rows["applications"]]
    found = {
        table: [(place[row["firm_id"]], *_values(table, row)) for row in rows[source] if _counts(table, row)]
        for table, source in _SOURCES.items()
    }
    return Ledger(
        ids=np.array([row["id"] for row in firms]),
        founded=np.array([_day(row["founded_on"]) or 0 for row in firms]),
        sector_level=np.array([sector_level(row["industry_code"], row["tech_field_code"]) for row in firms]),
        gone=np.array([row["status"] is not FirmStatus.ACTIVE for row in firms]),
        today=today,
        tables={name: columns_of(name, found.get(name, [])) for name in TABLES},
        applied={
            "firm": np.array([row["place"] for row in asked], dtype=np.int64),
            "year": np.array([row["year"] for row in asked], dtype=np.int64),
            "first": np.array([row["kind"] is ApplicationKind.FIRST for row in asked], dtype=bool),
        },
    )


_SOURCES = {
    "figures": "annual_figures", "rights": "ip_rights", "certificates": "recognitions", "listings": "recognitions",
    "results": "applications", "incidents": "flags", "questionnaires": "questionnaires",
}  # fmt: skip


def _counts(table: str, row: dict) -> bool:
    return {
        "rights": lambda: row["kind"].ip_class is not None,
        "certificates": lambda: row["title"] is Title.HIGH_TECH,
        "listings": lambda: row["title"] is Title.TECH_SME,
        "results": lambda: row["result"] in _DECIDED,
        "incidents": lambda: row["kind"] in _ACCIDENTS,
    }.get(table, lambda: True)()


def _values(table: str, row: dict) -> tuple:
    return {
        "figures": lambda: (
            _day(row["reported_on"]), row["year"], row["sales_revenue"], _income(row), row["high_tech_revenue"],
            row["rd_spend"], row["rd_spend_deduction"], row["net_assets"], row["staff"], row["tech_staff"],
            row["conversions"],
        ),
        "rights": lambda: (
            _day(row["applied_on"]), row["kind"].ip_class is IpClass.ONE, _day(row["applied_on"]),
            _day(row["granted_on"]), row["acquired"] in _BOUGHT, row["used_in_year"], row["status"] is IpStatus.LAPSED,
        ),
        "certificates": lambda: (_day(row["recognized_on"]), _day(row["valid_until"]), _day(row["ended_on"])),
        "listings": lambda: (_day(row["recognized_on"]),),
        "results": lambda: (
            _day(row["decided_on"]), row["year"], row["kind"] is ApplicationKind.FIRST, _DECIDED[row["result"]],
            row["expert_score"],
        ),
        "incidents": lambda: (_day(row["entered_on"]),),
        "questionnaires": lambda: (
            _day(row["answered_on"]), row["rd_centre"], row["has_partner"], row["took_part_in_standard"],
            row["conversions"], row["documents"],
        ),
    }[table]()  # fmt: skip


def _income(row):
    if row["total_income"] is None:
        return None
    return row["total_income"] - (row["non_taxable_income"] or 0)


def _day(day):
    return None if day is None else day.toordinal()


@cache
def the_truth(seed: int = 2016, firms: int = FIRMS, today: date = TODAY) -> dict[int, YearOfTruth]:
    return {each.year: each for each in truths(firms, seed, today)}


def would_pass(ledger, season, truth) -> np.ndarray:
    """Of the season's candidates: who would have passed, had it applied."""
    place = np.searchsorted(truth.firm, ledger.ids[season.firm])
    return (truth.would_pass & truth.eligible)[place].astype(float)
