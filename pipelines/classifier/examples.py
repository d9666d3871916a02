"""Who was a candidate in a year, who applied, who passed: the rows a model learns from, and the ones it is told of.

Only official results are labels. A withdrawn or pending application has none (CLASSIFIER §6.2).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.classifier.features import NAMES, check_names
from pipelines.classifier.ledger import NEVER, Columns, Flags, Floats, Ints, Ledger
from pipelines.classifier.measures import Measured, measured
from pipelines.refusals import Refusal

AS_OF = (3, 31)  # features of year t are those of 31 March


@dataclass(frozen=True)
class Season:
    """One year: the candidates on its day, what was known of them, and what came of it where it is known.

    firm: places in the ledger. outcome: 1 passed, 0 failed, NaN no official result. applied counts first applications.
    """

    year: int
    as_of: date
    firm: Ints
    measured: Measured
    applied: Flags
    outcome: Floats

    @property
    def decided(self) -> Flags:
        known: Flags = ~np.isnan(self.outcome)
        return known


@dataclass(frozen=True)
class Examples:
    """What a head is fitted on: values in the order of FEATURES, labels, years, and which firm each row is."""

    names: tuple[str, ...]
    values: Floats
    labels: Floats
    years: Ints
    firm: Ints

    def __post_init__(self) -> None:
        check_names(self.names)

    def __len__(self) -> int:
        return len(self.labels)


def season_day(year: int) -> date:
    return date(year, *AS_OF)


def season(ledger: Ledger, year: int, as_of: date | None = None) -> Season:
    as_of = as_of or season_day(year)
    if as_of.year > year:
        raise Refusal(f"{year} 年的名单不能用 {as_of} 的数据生成：日期已经过了申报年度。")
    snapshot = ledger.on(as_of)
    applied, outcome = _outcomes(ledger, year)
    there = (ledger.founded <= snapshot.day) & ~_certified(snapshot["certificates"], ledger.size, year)
    there &= ~ledger.gone | applied
    firm = np.flatnonzero(there)
    return Season(year, as_of, firm, measured(snapshot, year).rows(firm), applied[firm], outcome[firm])


def _certified(certificates: Columns, size: int, year: int) -> Flags:
    """Holds a certificate, or one that expires in the year: that firm renews, and is no candidate."""
    first_day = date(year, 1, 1).toordinal()
    holds = (certificates["until"] >= first_day) & (certificates["ended"] >= first_day)
    found: Flags = np.bincount(certificates["firm"][holds], minlength=size) > 0
    return found


def _outcomes(ledger: Ledger, year: int) -> tuple[Flags, Floats]:
    """The labels; the only place that looks past the day of the features."""
    applied = np.zeros(ledger.size, dtype=bool)
    outcome = np.full(ledger.size, np.nan)
    asked = ledger.applied
    applied[asked["firm"][(asked["year"] == year) & asked["first"]]] = True
    results = ledger.tables["results"]
    own = (results["year"] == year) & results["first"] & (results["known"] < NEVER)
    outcome[results["firm"][own]] = results["passed"][own]
    return applied, outcome


def seasons(ledger: Ledger, years: list[int]) -> list[Season]:
    return [season(ledger, year) for year in years]


def decided_years(ledger: Ledger) -> list[int]:
    """Years in which first applications were decided both ways: a year with passes only is a public list."""
    results = ledger.tables["results"]
    known = results["first"] & (results["known"] <= ledger.today.toordinal())
    found = []
    for year in sorted(set(results["year"][known].tolist())):
        own = known & (results["year"] == year)
        if 0 < results["passed"][own].sum() < own.sum():
            found.append(year)
    return found


def passes_only_years(ledger: Ledger) -> list[int]:
    results = ledger.tables["results"]
    known = results["first"] & (results["known"] <= ledger.today.toordinal())
    return [
        year for year in sorted(set(results["year"][known].tolist()))
        if results["passed"][known & (results["year"] == year)].all()
    ]  # fmt: skip


def applicants(lived: list[Season]) -> Examples:
    """First applications with an official result, and whether they passed."""
    parts = [(each, np.flatnonzero(each.decided)) for each in lived]
    return _joined(parts, [each.outcome[rows] for each, rows in parts])


def candidates(lived: list[Season]) -> Examples:
    """Every candidate of every year, and whether it applied."""
    parts = [(each, np.arange(len(each.firm))) for each in lived]
    return _joined(parts, [each.applied.astype(float) for each in lived])


def _joined(parts: list[tuple[Season, Ints]], labels: list[Floats]) -> Examples:
    if not parts:
        return Examples(
            NAMES, np.empty((0, len(NAMES))), np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        )
    return Examples(
        NAMES,
        np.concatenate([each.measured.values[rows] for each, rows in parts]),
        np.concatenate(labels),
        np.concatenate([np.full(len(rows), each.year) for each, rows in parts]),
        np.concatenate([each.firm[rows] for each, rows in parts]),
    )
