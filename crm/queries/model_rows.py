"""The rows a model is trained on and scores: firms as they looked on a day, without anything that came later."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.extensions import db
from crm.models import Application, Firm
from crm.queries.firm_facts import facts_of
from crm.queries.policies import known_policies
from pipelines.classifier.features import Case, Tried, features
from pipelines.qualification.assessment import qualify_with
from pipelines.qualification.policy import Policy
from pipelines.qualification.verdicts import NO_ANSWERS
from pipelines.vocabulary import ApplicationKind, ApplicationResult, FirmStatus, Programme, Title

_DECIDED = {ApplicationResult.PASSED: 1.0, ApplicationResult.FAILED: 0.0}
_FIRMS_A_ROUND = 500
MARCH = (3, 31)  # the day of a year from which its applications are foreseen


@dataclass(frozen=True)
class YearRows:
    """Candidates of one year: features, whether each applied for the first time, and its result (NaN: none)."""

    year: int
    firm_ids: list[int]
    rows: Any
    applied: Any
    passed: Any


def rows_of_years(years: Sequence[int]) -> list[YearRows]:
    """Of each year the firms that held no certificate on its day and whose certificate did not end in it."""
    import numpy as np  # slow import

    gathered: dict[int, list[tuple[int, list[float], float, float]]] = {year: [] for year in years}
    for firm, applications in _firms(active_only=False):
        for year in years:
            if (row := _row(firm, applications, date(year, *MARCH))) is not None:
                first = next((each for each in applications if each.year == year and _is_first(each)), None)
                outcome = _DECIDED.get(first.result, float("nan")) if first else float("nan")
                gathered[year].append((firm.id, row, float(first is not None), outcome))
    return [
        YearRows(
            year,
            [firm_id for firm_id, *_ in rows],
            np.array([row for _, row, *_ in rows], dtype=float),
            np.array([applied for *_, applied, _ in rows]),
            np.array([passed for *_, passed in rows]),
        )
        for year, rows in gathered.items()
        if rows
    ]


def candidates_on(day: date) -> Iterator[tuple[int, list[float]]]:
    """Firms in business that may apply for the first time: their ids and features."""
    for firm, applications in _firms(active_only=True):
        row = _row(firm, [each for each in applications if each.year < day.year], day)
        if row is not None:
            yield firm.id, row


def decided_years(before: int) -> dict[int, tuple[int, int]]:
    """Year → first-time applications with a result, and how many of them failed."""
    counted = sa.select(Application.year, Application.result, sa.func.count()).where(
        Application.programme == Title.HIGH_TECH, Application.kind == ApplicationKind.FIRST, Application.year < before,
        Application.result.in_(_DECIDED),
    )  # fmt: skip
    years: dict[int, tuple[int, int]] = {}
    for year, result, number in db.session.execute(counted.group_by(Application.year, Application.result)):
        decided, failed = years.get(year, (0, 0))
        years[year] = (decided + number, failed + (number if result is ApplicationResult.FAILED else 0))
    return dict(sorted(years.items()))


def _firms(*, active_only: bool) -> Iterator[tuple[Firm, list[Application]]]:
    wanted = sa.select(Firm.id).where(Firm.archived_at.is_(None)).order_by(Firm.id)
    if active_only:
        wanted = wanted.where(Firm.status == FirmStatus.ACTIVE)
    ids = list(db.session.scalars(wanted))
    parts = (Firm.annual_figures, Firm.ip_rights, Firm.recognitions, Firm.flags)
    for start in range(0, len(ids), _FIRMS_A_ROUND):
        some = ids[start : start + _FIRMS_A_ROUND]
        applications: dict[int, list[Application]] = defaultdict(list)
        of_some = sa.select(Application).where(Application.firm_id.in_(some), Application.programme == Title.HIGH_TECH)
        for application in db.session.scalars(of_some.order_by(Application.year)):
            applications[application.firm_id].append(application)
        firms = sa.select(Firm).where(Firm.id.in_(some)).order_by(Firm.id)
        for firm in db.session.scalars(firms.options(*(selectinload(part) for part in parts))):
            yield firm, applications[firm.id]
        db.session.expunge_all()


def _row(firm: Firm, applications: Sequence[Application], day: date) -> list[float] | None:
    """None: no candidate that year, or not founded yet."""
    held = [each for each in firm.recognitions if each.title is Title.HIGH_TECH and each.recognized_on <= day]
    if any(each.is_valid(day) or (each.valid_until and each.valid_until.year == day.year) for each in held):
        return None
    if firm.founded_on is None or firm.founded_on > day:
        return None
    before = [each for each in applications if each.year < day.year]
    facts = facts_of(firm, before, day, only_known_then=True)
    tried = [
        Tried(each.year, each.result is ApplicationResult.PASSED, each.expert_score)
        for each in before
        if each.result in _DECIDED
    ]
    policy = known_policies().in_force(Programme.HIGH_TECH, day)
    return features(Case(facts, tried, _rule_score(policy, facts)))


def _rule_score(policy: Policy | None, facts: Any) -> float | None:
    if policy is None or policy.score is None:
        return None
    score = qualify_with(facts, policy, NO_ANSWERS).score
    return None if score is None else (score.lo + score.hi) / 2


def _is_first(application: Application) -> bool:
    return application.kind is ApplicationKind.FIRST
