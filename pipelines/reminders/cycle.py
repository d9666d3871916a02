"""The year of the section as data: which filings and applications end when, unless the office has typed the day.

Days that stand in a document are fixed; the others are those of former years and wait for the office's confirmation.

One file for all years, not one a year: a year differs from the usual one only by the days of its notices, which reach
the office, not the program. They are typed on a page and kept as rows with their history (crm/models/call_date.py), as
are whom a year's call concerns; a file a year would be a second place for the same days, and older than the first.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from pipelines.vocabulary import CallAudience, CallSide

_FILE = Path(__file__).with_name("cycle.yaml")


@dataclass(frozen=True)
class Call:
    """day: MM-DD of a usual year. side: whose deadline it is. fixed: stands in a document, not in a yearly notice."""

    id: str
    label: str
    day: str
    side: CallSide
    days_before: tuple[int, ...]
    audience: CallAudience
    reference: str
    fixed: bool = False

    def usual_day(self, year: int) -> date:
        return date.fromisoformat(f"{year}-{self.day}")


@cache
def calls() -> tuple[Call, ...]:
    rows = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506 - a safe loader
    return tuple(
        Call(
            **row
            | {
                "side": CallSide(row["side"]),
                "audience": CallAudience(row["audience"]),
                "days_before": tuple(row["days_before"]),
            }
        )
        for row in rows
    )


def call(call_id: str) -> Call | None:
    return next((each for each in calls() if each.id == call_id), None)
