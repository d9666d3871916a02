"""Invented counties with their rows as dictionaries, made once a run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from pipelines.vocabulary import ApplicationKind, ApplicationResult, FirmStatus, Title
from seeds.county import FIELDS, county

TODAY = date(2026, 11, 24)
DEFAULT = 2_500

Row = dict[str, Any]


@dataclass(frozen=True)
class County:
    firms_asked: int
    today: date
    tables: dict[str, list[Row]]

    def __getattr__(self, table: str) -> list[Row]:
        return self.tables[table]

    def per_default(self, count: float) -> float:
        """A count as it would be among the 2,500 firms of the default county."""
        return count * DEFAULT / self.firms_asked

    def valid(self, title: Title) -> list[Row]:
        """The recognitions of active firms that hold today."""
        active = {firm["id"] for firm in self.firms if firm["status"] is FirmStatus.ACTIVE}
        return [
            row
            for row in self.recognitions
            if row["title"] is title
            and row["firm_id"] in active
            and (row["valid_until"] is None or self.today <= row["valid_until"])
            and (row["ended_on"] is None or self.today < row["ended_on"])
        ]

    def decided(self, kind: ApplicationKind) -> list[Row]:
        known = (ApplicationResult.PASSED, ApplicationResult.FAILED)
        return [row for row in self.applications if row["kind"] is kind and row["result"] in known]

    def pass_rate(self, kind: ApplicationKind) -> float:
        decided = self.decided(kind)
        return sum(row["result"] is ApplicationResult.PASSED for row in decided) / len(decided)


@cache
def a_county(firms: int = DEFAULT, seed: int = 2016, today: date = TODAY) -> County:
    tables: dict[str, list[Row]] = {name: [] for name in FIELDS}
    for name, row in _rows(firms, seed, today):
        tables[name].append(row)
    return County(firms, today, tables)


def _rows(firms: int, seed: int, today: date) -> Iterator[tuple[str, Row]]:
    for chunk in county(firms, seed, today):
        for name, rows in chunk.tables():
            for row in rows:
                yield name, dict(zip(FIELDS[name], row, strict=True))
