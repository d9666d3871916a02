"""The county's records as columns, every row with the day it became known; a snapshot holds nothing later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Columns = dict[str, np.ndarray[Any, Any]]

MONEY = ("sales", "income", "high_tech", "rd", "deduction", "net_assets")
FIGURES = (*MONEY, "staff", "tech_staff", "conversions")
NEVER = 9_999_999  # a day that does not come

# table → its columns; `firm` is a place in Ledger.ids, `known` the ordinal of the day the row became known.
TABLES: dict[str, tuple[str, ...]] = {
    "figures": ("firm", "known", "year", *FIGURES),
    "rights": ("firm", "known", "class_one", "applied", "granted", "bought", "used_in", "lapsed"),
    "certificates": ("firm", "known", "until", "ended"),
    "listings": ("firm", "known"),
    "results": ("firm", "known", "year", "first", "passed", "score"),
    "incidents": ("firm", "known"),
    "pre_scores": ("firm", "known", "points"),
    "questionnaires": ("firm", "known", "rd_centre", "partner", "standard", "conversions", "documents"),
}
_HIGH_TECH_DIVISIONS = ("26", "27", "34", "35", "36", "37", "38", "39", "40", "63", "64", "65", "73")
_TRADITIONAL_DIVISIONS = ("13", "14", "15", "17", "18", "19", "20", "21", "22", "41", "51", "52")
_FLOATS = {*FIGURES, "score", "points", "rd_centre", "partner", "standard", "documents"}
_FLAGS = {"class_one", "bought", "lapsed", "first", "passed"}


@dataclass(frozen=True)
class Ledger:
    """ids: whatever the caller knows its firms by. founded: ordinals, 0 not known. sector_level: 0–3, NaN not known.

    results hold decided applications only; whoever applied, decided or not, stands in applied. gone: no longer here.
    """

    ids: Ints
    founded: Ints
    sector_level: Floats
    gone: Flags
    today: date
    tables: Mapping[str, Columns]
    applied: Columns = field(default_factory=dict)  # firm, year, first: of every application

    @property
    def size(self) -> int:
        return len(self.ids)

    def on(self, as_of: date) -> "Snapshot":
        return Snapshot(self, as_of)


class Snapshot:
    """What was known at the end of a day. There is no way from here to a later row."""

    def __init__(self, ledger: Ledger, as_of: date) -> None:
        self.as_of = as_of
        self.day = as_of.toordinal()
        self.size = ledger.size
        self.ids = ledger.ids
        self.founded = ledger.founded
        self.sector_level = ledger.sector_level
        self.today = ledger.today
        self._tables = {name: _until(self.day, columns) for name, columns in ledger.tables.items()}

    def __getitem__(self, table: str) -> Columns:
        return self._tables[table]

    def newest(self, table: str, not_before: int = 0) -> Columns:
        """The latest row of each firm, spread over all firms: NaN where there is none."""
        columns = self._tables[table]
        fresh = np.flatnonzero(columns["known"] >= not_before)
        order = fresh[np.argsort(columns["known"][fresh], kind="stable")]
        spread: Columns = {}
        for name, values in columns.items():
            if name not in ("firm", "known"):
                spread[name] = np.full(self.size, np.nan)
                spread[name][columns["firm"][order]] = values[order]
        return spread

    def count(self, table: str, where: Flags) -> Floats:
        counts: Floats = np.bincount(self._tables[table]["firm"][where], minlength=self.size).astype(float)
        return counts


def _until(day: int, columns: Columns) -> Columns:
    known = columns["known"] <= day
    return {name: values[known] for name, values in columns.items()}


def sector_level(industry: str | None, tech_field: str | None) -> float:
    """0–3 by how close the declared field or the trade (GB/T 4754) is to the eight fields; NaN: nobody said."""
    if tech_field:
        return 3.0
    digits = (industry or "").lstrip("ABCDEFGHIJKLMNOPQRST")[:2]
    if not digits:
        return float("nan")
    return 2.0 if digits in _HIGH_TECH_DIVISIONS else 0.0 if digits in _TRADITIONAL_DIVISIONS else 1.0


def columns_of(table: str, rows: list[tuple[Any, ...]]) -> Columns:
    """Rows in the order of TABLES[table] as columns; None in a number is not known, None in a day never."""
    names = TABLES[table]
    by_name = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return {name: _column(name, values) for name, values in zip(names, by_name, strict=True)}


def _column(name: str, values: tuple[Any, ...]) -> np.ndarray[Any, Any]:
    if name in _FLOATS:
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    if name in _FLAGS:
        return np.array(values, dtype=bool)
    return np.array([NEVER if value is None else value for value in values], dtype=np.int64)
