"""Firms that one single condition keeps out, and what must be collected of the others: lists over the county."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, LatestEvaluation, Township, User
from crm.queries.askings import said
from crm.queries.gap_filter import GapFilter
from crm.queries.policies import known_policies
from crm.queries.scope import areas_within, within_scope
from pipelines.vocabulary import Programme

_READ = (
    Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), LatestEvaluation.only_missed,
    LatestEvaluation.gap_words, LatestEvaluation.open_count, LatestEvaluation.shortlist, LatestEvaluation.lacking,
    LatestEvaluation.doubts,
)  # fmt: skip

Counts = Sequence[tuple[str, str, int]]


@dataclass(frozen=True)
class GapPage:
    """by_condition: condition, its label, how many firms it alone keeps out; of all pages, whatever is chosen."""

    rows: Sequence[Any]
    labels: dict[str, str]
    by_condition: Counts
    total: int
    number: int
    size: int
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def single_gap_rows(asked: GapFilter, viewer: User | None) -> sa.Select[Any]:
    """The smallest gap of a condition first; a gap that is no number comes last."""
    wanted = _judged(asked, viewer).where(LatestEvaluation.only_missed.is_not(None))
    if asked.criterion:
        wanted = wanted.where(LatestEvaluation.only_missed == asked.criterion)
    has_no_amount = LatestEvaluation.gap_amount.is_(None)
    return wanted.order_by(LatestEvaluation.only_missed, has_no_amount, LatestEvaluation.gap_amount, Firm.id)


def missing_figure_rows(asked: GapFilter, viewer: User | None) -> sa.Select[Any]:
    """Firms without a missed condition that something is still unknown of: the fewest unknowns first."""
    wanted = _judged(asked, viewer).where(LatestEvaluation.missed_count == 0, LatestEvaluation.open_count > 0)
    return wanted.order_by(LatestEvaluation.open_count, Firm.id)


def doubtful_rows(asked: GapFilter, viewer: User | None) -> sa.Select[Any]:
    """Firms whose figures contradict one another, the most doubts first; doubts are of the firm, not of a programme."""
    wanted = _judged(replace(asked, programme=Programme.TECH_SME), viewer).where(LatestEvaluation.doubt_count > 0)
    return wanted.order_by(LatestEvaluation.doubt_count.desc(), Firm.id)


def doubtful_firms(asked: GapFilter, viewer: User | None) -> GapPage:
    return _page(asked, doubtful_rows(asked, viewer), {}, (), count_doubtful(asked, viewer))


def count_doubtful(asked: GapFilter, viewer: User | None) -> int:
    counted: Any = doubtful_rows(asked, viewer).order_by(None).with_only_columns(sa.func.count(Firm.id))
    return db.session.scalar(counted) or 0


def single_gaps(asked: GapFilter, viewer: User | None, today: date) -> GapPage:
    labels = condition_labels(asked.programme, today)
    every = single_gap_rows(replace(asked, criterion=None), viewer).order_by(None)
    counted = every.with_only_columns(LatestEvaluation.only_missed, sa.func.count())
    counts = db.session.execute(counted.group_by(LatestEvaluation.only_missed)).all()
    by_condition = [(str(name), labels.get(str(name), str(name)), number) for name, number in counts]
    by_condition.sort(key=lambda each: (-each[2], each[0]))
    total = sum(number for name, _, number in by_condition if asked.criterion in (None, name))
    return _page(asked, single_gap_rows(asked, viewer), labels, by_condition, total)


def missing_figures(asked: GapFilter, viewer: User | None, today: date) -> GapPage:
    rows = missing_figure_rows(asked, viewer)
    lists = db.session.scalars(rows.order_by(None).with_only_columns(LatestEvaluation.lacking)).all()
    lacking = Counter((item["name"], said(item)) for items in lists for item in items)
    by_field = [(name, label, number) for (name, label), number in lacking.most_common()]
    return _page(asked, rows, condition_labels(asked.programme, today), by_field, len(lists))


def condition_labels(programme: Programme, today: date) -> dict[str, str]:
    policy = known_policies().in_force(programme, today)
    return {criterion.id: criterion.label for criterion in policy.criteria} if policy else {}


def _judged(asked: GapFilter, viewer: User | None) -> sa.Select[Any]:
    statement = sa.select(*_READ).join(Firm, Firm.id == LatestEvaluation.firm_id)
    statement = statement.outerjoin(Township, Township.id == Firm.township_id)
    statement = statement.where(LatestEvaluation.programme == asked.programme, Firm.archived_at.is_(None))
    if asked.programme is Programme.HIGH_TECH:  # a certificate that holds beyond this year leaves nothing to do
        statement = statement.where(LatestEvaluation.shortlist.is_not(None))
    if asked.tier:
        statement = statement.where(LatestEvaluation.shortlist == asked.tier)
    if asked.township:
        statement = statement.where(Firm.township_id.in_(areas_within({asked.township})))
    return within_scope(statement, viewer, Firm.township_id)


def _page(
    asked: GapFilter,
    ordered: sa.Select[Any],
    labels: dict[str, str],
    counts: Counts,
    total: int,
) -> GapPage:
    number = min(asked.page, max(1, -(-total // asked.size)))
    rows = db.session.execute(ordered.limit(asked.size).offset((number - 1) * asked.size)).all()
    return GapPage(rows, labels, counts, total, number, asked.size)


def judging_programmes(today: date) -> tuple[Programme, ...]:
    """Those a list over judgements can be about."""
    in_force = ((programme, known_policies().in_force(programme, today)) for programme in Programme)
    return tuple(
        programme
        for programme, policy in in_force
        if programme is not Programme.TRI_COLOR and policy is not None and policy.judges
    )
