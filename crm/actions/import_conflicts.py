"""Figures that came from a better source than the file: they stay, unless the officer takes those of the file."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import AnnualFigures, ImportBatch
from crm.queries.figure_sources import better_sources, source_of
from pipelines.sheets.plan import Difference, ImportPlan, PlannedRow
from pipelines.sheets.planned import Conflict
from pipelines.vocabulary import FiguresSource, RowOutcome

CONFLICT = "conflict:"  # with the key of a row: what was decided for its conflicts; with ALL: for all of them
ALL, TAKE, KEEP = "*", "take", "keep"
_IDS_A_QUERY = 500
_TELLING = (
    (FiguresSource.TAX_RETURN, ("汇算清缴", "A107012", "加计扣除", "纳税申报")),
    (FiguresSource.AUDIT, ("审计",)),
    (FiguresSource.STATISTICS, ("统计", "规上", "科技活动")),
    (FiguresSource.ESTIMATE, ("摸底", "预计", "预估", "估计")),
)

Sources = Mapping[tuple[int, int], Mapping[str, str]]  # firm, year → field → where its value came from


def with_conflicts(plan: ImportPlan, source: FiguresSource | None, answers: Mapping[str, str]) -> ImportPlan:
    better = better_sources(source or FiguresSource.REPORTED)
    if not better:
        return plan
    sources = _sources({row.firm_id for row in plan.rows if row.firm_id and any(map(_replaces, row.differences))})
    for_all = answers.get(f"{CONFLICT}{ALL}", KEEP)
    rows = tuple(
        _decided(row, sources, better, answers.get(f"{CONFLICT}{row.key}", for_all) == TAKE) for row in plan.rows
    )
    told = [f"{row.key}{row.conflicts}" for row in rows if row.conflicts]
    if not told:
        return plan
    digest = hashlib.sha256("\n".join([plan.digest, *told]).encode()).hexdigest()
    return replace(plan, rows=rows, counts=Counter(row.outcome for row in rows), digest=digest)


def _replaces(difference: Difference) -> bool:
    return difference.year is not None and difference.old is not None


def _sources(firm_ids: Iterable[int]) -> Sources:
    found: dict[tuple[int, int], dict[str, str]] = {}
    ordered = sorted(firm_ids)
    for start in range(0, len(ordered), _IDS_A_QUERY):
        some = AnnualFigures.firm_id.in_(ordered[start : start + _IDS_A_QUERY])
        columns = sa.select(AnnualFigures.firm_id, AnnualFigures.year, AnnualFigures.sources).where(some)
        for firm_id, year, sources in db.session.execute(columns):
            found[firm_id, year] = sources
    return found


def _decided(row: PlannedRow, sources: Sources, better: Mapping[str, str], is_taken: bool) -> PlannedRow:
    if row.outcome is not RowOutcome.UPDATE or row.firm_id is None:
        return row
    conflicts = tuple(
        Conflict(difference, better[came_from], is_taken)
        for difference in row.differences
        if _replaces(difference)
        and (came_from := source_of(sources.get((row.firm_id, difference.year or 0), {}), difference.field)) in better
    )
    if not conflicts:
        return row
    return row._replace(conflicts=conflicts) if is_taken else _without(row, conflicts)


def _without(row: PlannedRow, conflicts: Sequence[Conflict]) -> PlannedRow:
    """What is left of a row whose conflicting figures stay as they are."""
    stays = {(conflict.difference.year, conflict.difference.field) for conflict in conflicts}
    figures: dict[int, Mapping[str, Any]] = {}
    for year, values in row.figures.items():
        if left := {field: value for field, value in values.items() if (year, field) not in stays}:
            figures[year] = left
    differences = tuple(each for each in row.differences if (each.year, each.field) not in stays)
    outcome = RowOutcome.UPDATE if differences else RowOutcome.UNCHANGED
    return row._replace(figures=figures, differences=differences, outcome=outcome, conflicts=tuple(conflicts))


def guessed_source(batch: ImportBatch, sheets: Iterable[str]) -> FiguresSource | None:
    """What the name of the file or of a sheet says of where its figures come from; the officer may say otherwise."""
    text = " ".join([batch.file_name, *sheets])
    return next((source for source, words in _TELLING if any(word in text for word in words)), None)
