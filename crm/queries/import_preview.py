"""The pages of a plan: its rows, filtered by what becomes of them, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm.models import ImportBatch
from crm.queries.import_differences import References, differences_of, references
from crm.queries.spoken import UNKNOWN, field_label, spoken
from pipelines.sheets.faulty_rows import LEFT_OUT
from pipelines.sheets.plan import Candidate, Difference, ImportPlan, PlannedRow, RowError
from pipelines.vocabulary import EventKind, RowOutcome

_SIZES = (20, 50, 100)
_SIZE = 50
CONFLICTS = "conflict"  # asked for like an outcome
# What needs a person stands first; a page opens on the first of these that has rows.
_ORDER = (
    RowOutcome.QUESTION, RowOutcome.FAULTY, RowOutcome.UPDATE, RowOutcome.CREATE, RowOutcome.DUPLICATE,
    RowOutcome.UNCHANGED,
)  # fmt: skip


@dataclass(frozen=True)
class ToldDifference:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class ToldConflict:
    """A figure of the register that came from a better source, and what the file says."""

    told: ToldDifference
    better: str
    is_taken: bool


@dataclass(frozen=True)
class ToldRow:
    """One row of the preview; place is where it stands in the file."""

    key: str
    place: str
    outcome: RowOutcome
    firm_id: int | None
    name: str
    uscc: str
    differences: tuple[ToldDifference, ...]
    errors: tuple[RowError, ...]
    doubts: tuple[RowError, ...]
    candidates: tuple[Candidate, ...]
    answer: str
    conflicts: tuple[ToldConflict, ...] = ()
    conflict_answer: str = ""


@dataclass(frozen=True)
class PreviewPage:
    """A page of the rows of one outcome, or of those with conflicts, shaped like the pages of a list."""

    outcome: RowOutcome | None
    shows_conflicts: bool
    rows: tuple[ToldRow, ...]
    number: int
    pages: int
    total: int
    size: int
    total_is_capped: bool = False


@dataclass(frozen=True)
class Summary:
    """The figures that a preview leads with, and what its button repeats."""

    counts: Mapping[RowOutcome, int]

    @property
    def changing(self) -> int:
        return self.counts.get(RowOutcome.CREATE, 0) + self.counts.get(RowOutcome.UPDATE, 0)

    @property
    def left_out(self) -> int:
        """Rows that a download hands back for correction."""
        return sum(self.counts.get(outcome, 0) for outcome in LEFT_OUT)

    @property
    def confirmation(self) -> str:
        """确认导入 186 条（新增 12，更新 174）"""
        parts = [
            f"{outcome.label} {self.counts[outcome]:,}"
            for outcome in (RowOutcome.CREATE, RowOutcome.UPDATE)
            if self.counts.get(outcome)
        ]
        return f"确认导入 {self.changing:,} 条（{'，'.join(parts)}）"


def preview_page(plan: ImportPlan, batch: ImportBatch, args: Mapping[str, str]) -> PreviewPage:
    """args may hold outcome, page and size; what makes no sense is passed over."""
    outcome = _outcome(plan, args.get("outcome", ""))
    shows_conflicts = args.get("outcome") == CONFLICTS and any(row.conflicts for row in plan.rows)
    rows = [row for row in plan.rows if (row.conflicts if shows_conflicts else row.outcome is outcome)]
    size = next((size for size in _SIZES if str(size) == args.get("size")), _SIZE)
    pages = max(1, -(-len(rows) // size))
    number = min(_page_number(args.get("page", "")), pages)
    names = references()
    several_sheets = len({row.sheet for row in plan.rows}) > 1
    shown = rows[(number - 1) * size : number * size]
    told = tuple(_told(row, names, batch.answers, several_sheets) for row in shown)
    return PreviewPage(outcome, shows_conflicts, told, number, pages, len(rows), size)


def conflict_count(plan: ImportPlan) -> int:
    return sum(bool(row.conflicts) for row in plan.rows)


def _outcome(plan: ImportPlan, wanted: str) -> RowOutcome | None:
    asked = next((outcome for outcome in RowOutcome if outcome.value == wanted), None)
    return asked or next((outcome for outcome in _ORDER if plan.counts.get(outcome)), None)


def _page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _told(row: PlannedRow, names: References, answers: Mapping[str, str], several_sheets: bool) -> ToldRow:
    return ToldRow(
        key=row.key,
        place=f"{row.sheet} 第 {row.row} 行" if several_sheets else f"第 {row.row} 行",
        outcome=row.outcome,
        firm_id=row.firm_id,
        name=row.name,
        uscc=row.uscc,
        differences=tuple(
            _told_difference(each) for each in differences_of(row, names) if _is_worth_telling(row, each)
        ),
        errors=row.errors,
        doubts=row.doubts,
        candidates=row.candidates,
        answer=answers.get(row.key, ""),
        conflicts=tuple(
            ToldConflict(_told_difference(each.difference), each.better, each.is_taken) for each in row.conflicts
        ),
        conflict_answer=answers.get(f"conflict:{row.key}", ""),
    )


def _is_worth_telling(row: PlannedRow, difference: Difference) -> bool:
    """The name and the code of a new firm stand at the head of its row already."""
    return not row.makes_firm or difference.field not in ("uscc", "name")


def _told_difference(difference: Difference) -> ToldDifference:
    field, year, old, new = difference
    kind = EventKind.FIRM_UPDATED
    return ToldDifference(field_label(kind, field, year), _value(field, old), _value(field, new))


def _value(field: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        return "、".join(value) or UNKNOWN
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    return spoken(EventKind.FIRM_UPDATED, field, value)
