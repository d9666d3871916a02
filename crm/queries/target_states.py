"""How far the county plan is on a day: what is reached, what is under way, where the calendar and last year stood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Target, TargetActual, User
from crm.queries.candidacies import FIRST, LIST, CandidacyFilter, count_candidacies
from crm.queries.candidate_plan import campaign_outlook
from crm.queries.institutions import InstitutionFilter, new_institutions
from crm.queries.ladder_tallies import Tallies
from crm.queries.models import live_scoring
from crm.queries.projects import ProjectFilter, projects_started
from crm.queries.scope import visible_townships
from crm.queries.targets import STOCK_OF, actuals_on, targets_of
from pipelines.vocabulary import ChangeKind, Measure, ProjectProgramme, Tier, Title

_GIVEN = {
    Measure.HIGH_TECH_FIRST: (ChangeKind.FIRST, "first"),
    Measure.HIGH_TECH_GRANTED: (ChangeKind.GRANTED, "granted"),
}
_RATES = ("%",)  # a share does not grow with the days of the year


class Expected(NamedTuple):
    """What the planner expects of this year's applications, with its interval of 80 %."""

    firms: float
    lo: int
    hi: int


@dataclass(frozen=True)
class TargetState:
    """Values in the target's unit; None is not known.

    aim: the county's, or what the viewer's area is to bring of it (None: it was not shared out). due: where an even
    pace would be by the day; year_ago: where last year was on it. told_on, source: of a figure that was typed in.
    open: applications under way, open_args: their list. list_args: the list of just what is counted, at list_endpoint;
    None for what is typed in.
    """

    target: Target
    aim: Decimal | None
    actual: Decimal | None
    due: Decimal | None
    year_ago: Decimal | None
    told_on: date | None = None
    source: str = ""
    open: int | None = None
    open_args: Mapping[str, Any] | None = None
    expected: Expected | None = None
    list_args: Mapping[str, Any] | None = None
    list_endpoint: str = "funnel.show"

    @property
    def gap(self) -> Decimal | None:
        return None if self.actual is None or self.aim is None else max(self.aim - self.actual, Decimal(0))

    @property
    def reached(self) -> float | None:
        """1.0 is all of it."""
        return None if self.actual is None or not self.aim else float(self.actual / self.aim)

    @property
    def is_behind(self) -> bool:
        return self.actual is not None and self.due is not None and self.actual < self.due

    @property
    def bar(self) -> dict[str, float]:
        """Where things stand on a line of 100 parts, which ends where the largest of them lies."""
        known = {"actual": self.actual, "due": self.due, "year_ago": self.year_ago, "aim": self.aim}
        longest = max([Decimal(1), *(value for value in known.values() if value is not None)])
        return {name: max(0.0, float(value / longest * 100)) for name, value in known.items() if value is not None}


def target_states(on: date, today: date, viewer: User | None, now: Tallies, year_ago: Tallies) -> list[TargetState]:
    """What is under way and expected is told of today alone: of a past day nobody kept it."""
    targets, before = targets_of(on.year), year_ago.on
    area = visible_townships(viewer)
    typed = actuals_on([target.code for target in targets if target.counts is None], [on, before])
    states = []
    for target in targets:
        aim = _aim(target, area)
        if target.counts is None:
            states.append(_typed(target, aim, on, typed.get((target.code, on)), typed.get((target.code, before))))
        elif target.counts in STOCK_OF:
            states.append(_stock(target, aim, STOCK_OF[target.counts], on, now, year_ago))
        elif target.counts in _LEDGERS:
            states.append(_of_ledger(target, aim, _LEDGERS[target.counts], on, before, viewer))
        else:
            ahead = _ahead(target.counts, viewer, today) if on == today else {}
            states.append(_given(target, aim, *_GIVEN[target.counts], on, now, year_ago, ahead))
    return states


def _aim(target: Target, area: frozenset[int] | None) -> Decimal | None:
    if area is None:
        return target.value
    shares = [share.value for share in target.shares if share.township_id in area]
    return sum(shares, Decimal(0)) if shares else None


def _typed(
    target: Target, aim: Decimal | None, on: date, told: TargetActual | None, year_ago: TargetActual | None
) -> TargetState:
    due = None if target.unit in _RATES else _even_pace(Decimal(0), aim, on)
    before = year_ago.value if year_ago else None
    if told is None:
        return TargetState(target, aim, None, due, before)
    return TargetState(target, aim, told.value, due, before, told.reached_on, told.source)


def _stock(target: Target, aim: Decimal | None, tier: Tier, on: date, now: Tallies, year_ago: Tallies) -> TargetState:
    opening = Decimal(now.holders_at_opening(tier))
    return TargetState(
        target,
        aim,
        Decimal(now.holders(tier)),
        _even_pace(opening, aim, on),
        Decimal(year_ago.holders(tier)),
        list_args=_stretch(on) | {"tier": tier.value, "part": "holders"},
    )


def _given(
    target: Target, aim: Decimal | None, kind: ChangeKind, part: str, on: date, now: Tallies, year_ago: Tallies,
    ahead: Mapping[str, Any],
) -> TargetState:  # fmt: skip
    return TargetState(
        target,
        aim,
        Decimal(now.counted(kind, Tier.HIGH_TECH)),
        _even_pace(Decimal(0), aim, on),
        Decimal(year_ago.counted(kind, Tier.HIGH_TECH)),
        list_args=_stretch(on) | {"tier": Tier.HIGH_TECH.value, "part": part},
        **ahead,
    )


def _of_ledger(
    target: Target, aim: Decimal | None, ledger: "Ledger", on: date, before: date, viewer: User | None
) -> TargetState:
    return TargetState(
        target,
        aim,
        Decimal(_length(ledger.ids(on, viewer))),
        _even_pace(Decimal(0), aim, on),
        Decimal(_length(ledger.ids(before, viewer))),
        list_args=ledger.args(on),
        list_endpoint=ledger.endpoint,
    )


def _length(ids: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(ids.subquery())) or 0


class Ledger(NamedTuple):
    """A list of the section's own, begun anew each year: what of it counts by a day, and the list that shows it."""

    endpoint: str
    ids: Callable[[date, User | None], sa.Select[Any]]
    args: Callable[[date], dict[str, Any]]


def _projects(programmes: tuple[ProjectProgramme, ...]) -> Ledger:
    some = () if programmes == tuple(ProjectProgramme) else tuple(each.value for each in programmes)
    return Ledger(
        "projects.index",
        lambda on, viewer: projects_started(on.year, on, programmes, viewer),
        lambda on: ProjectFilter(programme=some, started=on.year, on=on).to_args(),
    )


_LEDGERS = {
    Measure.INSTITUTIONS_NEW: Ledger(
        "institutions.index",
        lambda on, viewer: new_institutions(on.year, on, viewer),
        lambda on: InstitutionFilter(approved=on.year, on=on).to_args(),
    ),
    Measure.PROJECTS_STARTED: _projects(tuple(ProjectProgramme)),
    Measure.KEY_PROJECTS_STARTED: _projects((ProjectProgramme.VANGUARD, ProjectProgramme.LEADING_GOOSE)),
}


def _ahead(counts: Measure, viewer: User | None, today: date) -> dict[str, Any]:
    """The applications under way, and of first ones what the planner expects of them."""
    is_first = counts is Measure.HIGH_TECH_FIRST
    asked = CandidacyFilter(face=LIST, target=Title.HIGH_TECH.value, round=FIRST if is_first else None)
    scoring = live_scoring() if is_first else None
    seen = campaign_outlook(scoring) if scoring else None
    return {
        "open": count_candidacies(asked, viewer, today),
        "open_args": asked.to_args(),
        "expected": seen and Expected(seen.expected, seen.lo, seen.hi),
    }


def _stretch(on: date) -> dict[str, str]:
    return {"first": date(on.year, 1, 1).isoformat(), "last": on.isoformat()}


def _even_pace(opening: Decimal, aim: Decimal | None, on: date) -> Decimal | None:
    """To a tenth; the year's last day is due all of it."""
    if aim is None:
        return None
    begins, ends = date(on.year, 1, 1), date(on.year, 12, 31)
    passed = Decimal((on - begins).days + 1) / Decimal((ends - begins).days + 1)
    return (opening + (aim - opening) * passed).quantize(Decimal("0.1"))
