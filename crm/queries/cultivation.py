"""Graded cultivation (梯度培育): firms with an institution, the level that comes next, and what they still miss for it.

Nothing is judged here: verdicts and gaps are those of the latest evaluation under the edition of the next level.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Evaluation, Firm, Institution, LatestEvaluation, Township, User
from crm.queries.gaps import condition_labels
from crm.queries.institutions import is_standing
from crm.queries.list_filter import ListFilter
from crm.queries.pages import Page
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, one_of, whole_number
from crm.queries.policies import known_policies
from crm.queries.scope import areas_within, within_scope
from pipelines.funnel.institutions import next_level, programme_of
from pipelines.qualification.policy import Policy
from pipelines.vocabulary import InstitutionLevel, Programme, Verdict

NEAR = {"met": "没有未达标的条件", "one": "最多差一项", "judged": "有规则可比", "unjudged": "没有规则可比"}
_LEVELS = [level for level in InstitutionLevel if next_level(level)]
_RANKS = {level: rank for rank, level in enumerate(InstitutionLevel)}
LEVELS = {level.value: f"{level.label} → {(next_level(level) or level).label}" for level in _LEVELS}
_PARAMETERS = {
    "level": Parameter(one_of(LEVELS)),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "near": Parameter(one_of(NEAR)),
    **PAGING,
}


@dataclass(frozen=True)
class CultivationFilter(ListFilter):
    """level: the highest one a firm has."""

    parameters = _PARAMETERS

    level: str | None = None
    township: int | None = None
    near: str | None = None


@dataclass(frozen=True)
class Rise:
    """A firm and the level that comes next for it. policy: the edition that says what it asks for, None where none is
    known; verdict: None where it has not been judged by it; missed: each condition with its gap."""

    firm_id: int
    name: str
    uscc: str
    township: str | None
    institution: str
    level: InstitutionLevel
    next_level: InstitutionLevel
    policy: Policy | None
    verdict: Verdict | None
    missed: tuple[str, ...]
    open_count: int | None

    @property
    def standing(self) -> str:
        """In words, for a page and a workbook alike."""
        if self.policy is None:
            return "没有可比的规则"
        if not self.policy.judges:
            return "规则待局里填写"
        return self.verdict.label if self.verdict else "还没有判断"


def cultivation_page(asked: CultivationFilter, viewer: User | None, today: date) -> Page:
    page = Page.counted(_rows(asked, viewer, today), asked.page, asked.size)
    return Page([*_rises(page.rows, today)], page.total, page.number, page.size, page.total_is_capped)


def cultivated_firms(asked: CultivationFilter, viewer: User | None, today: date) -> Iterator[Rise]:
    return _rises(db.session.execute(_rows(asked, viewer, today)).all(), today)


def _rows(asked: CultivationFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    """Those with a known next level first, the fewest gaps first."""
    best = _highest(today)
    rows: Any = sa.select(
        Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), best.c.institution, best.c.level,
        LatestEvaluation.verdict, LatestEvaluation.missed_count, LatestEvaluation.open_count, Evaluation.missed,
    )  # fmt: skip
    rows = rows.join(best, best.c.firm_id == Firm.id).outerjoin(Township, Township.id == Firm.township_id)
    judged = sa.and_(LatestEvaluation.firm_id == Firm.id, LatestEvaluation.programme == _programme(best.c.level))
    rows = rows.outerjoin(LatestEvaluation, judged)
    rows = rows.outerjoin(Evaluation, Evaluation.id == LatestEvaluation.evaluation_id)
    rows = rows.where(Firm.archived_at.is_(None), best.c.place == 1, best.c.level.in_(_LEVELS))
    for condition in _conditions(asked, best.c.level):
        rows = rows.where(condition)
    unjudged = LatestEvaluation.missed_count.is_(None)
    order = (unjudged, LatestEvaluation.missed_count, LatestEvaluation.open_count, Firm.id)
    return within_scope(rows, viewer, Firm.township_id).order_by(*order)


def _highest(today: date) -> Any:
    """Every standing institution, with its place among its firm's: 1 is the highest, of equals the oldest."""
    rank = sa.case(_RANKS, value=Institution.level)
    order = (rank.desc(), Institution.approved_on, Institution.id)
    place = sa.func.row_number().over(partition_by=Institution.firm_id, order_by=order)
    name = Institution.name.label("institution")
    every = sa.select(Institution.firm_id, name, Institution.level, place.label("place"))
    return every.where(is_standing(today)).subquery()


def _programme(level: Any) -> Any:
    """Of the next level; a level without one is judged by nothing."""
    known = {each: programme for each in _LEVELS if (programme := _programme_after(each))}
    return sa.case(known, value=level)


def _programme_after(level: InstitutionLevel) -> Programme | None:
    following = next_level(level)
    return programme_of(following) if following else None


def _conditions(asked: CultivationFilter, level: Any) -> Iterator[sa.ColumnElement[bool]]:
    if asked.level:
        yield level == InstitutionLevel(asked.level)
    if asked.township:
        yield Firm.township_id.in_(areas_within({asked.township}))
    if asked.near == "met":
        yield LatestEvaluation.missed_count == 0
    elif asked.near == "one":
        yield LatestEvaluation.missed_count <= 1
    elif asked.near:
        yield LatestEvaluation.verdict.is_not(None) if asked.near == "judged" else LatestEvaluation.verdict.is_(None)


def _rises(rows: Sequence[Any], today: date) -> Iterator[Rise]:
    programmes = {level: _programme_after(level) for level in _LEVELS}
    known = {each for each in programmes.values() if each}
    policies = {each: known_policies().in_force(each, today) for each in known}
    labels = {each: condition_labels(each, today) for each in known}
    for row in rows:
        programme = programmes[row.level]
        missed = [_told(gap, labels[programme]) for gap in row.missed or ()] if programme else []
        yield Rise(
            firm_id=row.id, name=row.name, uscc=row.uscc, township=row.township, institution=row.institution,
            level=row.level, next_level=next_level(row.level) or row.level,
            policy=policies[programme] if programme else None, verdict=row.verdict, missed=tuple(missed),
            open_count=row.open_count,
        )  # fmt: skip


def _told(gap: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    label, words = labels.get(gap["id"], gap["id"]), gap.get("words")
    return f"{label}：{words}" if words else label
