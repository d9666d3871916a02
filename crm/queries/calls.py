"""The yearly calls with the day that counts: typed by the office, or fixed by a document, or that of usual years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from crm.extensions import db
from crm.models import CallDate
from pipelines.reminders.cycle import Call, calls
from pipelines.reminders.workdays import is_workday, workday_on_or_before


@dataclass(frozen=True)
class DatedCall:
    """is_confirmed: typed in, or fixed by a document. history: the newest first, empty where nobody typed anything."""

    call: Call
    year: int
    on: date
    is_confirmed: bool
    history: Sequence[CallDate]

    @property
    def hour(self) -> str | None:
        return self.history[0].hour if self.history else None

    @property
    def last_workday(self) -> date | None:
        """The last working day before it, where the day itself is none: notices do not move by themselves."""
        return None if is_workday(self.on) else workday_on_or_before(self.on)

    @property
    def words(self) -> str:
        hour = f" {self.hour}" if self.hour else ""
        doubt = "" if self.is_confirmed else "（往年日期，待局里确认）"
        return f"{self.call.label} {self.on}{hour} 截止{doubt}"


def dated_calls(year: int) -> list[DatedCall]:
    typed = _typed(year)
    found = [_dated(each, year, typed.get(each.id, ())) for each in calls()]
    return sorted(found, key=lambda each: each.on)


def _typed(year: int) -> Mapping[str, list[CallDate]]:
    by_call: dict[str, list[CallDate]] = {}
    rows = sa.select(CallDate).filter_by(year=year).order_by(CallDate.id.desc())
    for row in db.session.scalars(rows):
        by_call.setdefault(row.call_id, []).append(row)
    return by_call


def _dated(meant: Call, year: int, history: Sequence[CallDate]) -> DatedCall:
    on = history[0].closes_on if history else meant.usual_day(year)
    return DatedCall(meant, year, on, bool(history) or meant.fixed, history)
