"""Rows × known firms → what an import would do. Pure, so the page shown before the import is the plan itself."""

import gc
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipelines.sheets.cells import Directories
from pipelines.sheets.comparing import Changes, changes_of, new_firm, with_belongings
from pipelines.sheets.holdings import hundredths
from pipelines.sheets.items import SaidBefore, plan_list
from pipelines.sheets.known import KnownFirm, KnownFirms, Places
from pipelines.sheets.ledger import Ledger, Statement, read_ledger
from pipelines.sheets.matching import ALL_ROWS, Match, match_row
from pipelines.sheets.newcomers import newcomers
from pipelines.sheets.planned import (
    Candidate,
    Difference,
    ImportPlan,
    PlannedContact,
    PlannedItem,
    PlannedRecognition,
    PlannedRow,
    RowError,
)
from pipelines.sheets.plausibility import contradictions, leaps, suspects, wrong_shares
from pipelines.sheets.repeats import Earlier, addition, first_said, repeated_codes
from pipelines.sheets.tables import SheetReading
from pipelines.vocabulary import RowOutcome

__all__ = [
    "Candidate",
    "Difference",
    "ImportPlan",
    "PlannedContact",
    "PlannedItem",
    "PlannedRecognition",
    "PlannedRow",
    "RowError",
    "plan_import",
]


@dataclass
class _Work:
    """What planning one file needs at every row."""

    known: KnownFirms
    answers: Mapping[str, str]
    directories: Directories
    repeated: set[str]
    rows: list[PlannedRow] = field(default_factory=list)
    earlier: dict[str, Earlier] = field(default_factory=dict)
    listed: SaidBefore = field(default_factory=dict)


def plan_import(reading: SheetReading, known: KnownFirms, answers: Mapping[str, str], places: Places) -> ImportPlan:
    """Plan every row; answers: row key → firm id, "new" or "skip" for the rows that had a question."""
    with _collector_at_rest():
        directories = Directories(places)
        ledgers = [read_ledger(table, known.by_uscc, directories) for table in reading.tables]
        work = _Work(known, answers, directories, repeated_codes(each for each in ledgers if each.table.kind is None))
        for ledger in ledgers:
            if ledger.table.kind:
                created = {row.uscc for row in work.rows if row.makes_firm}
                work.rows += plan_list(ledger, ledger.table.kind, known, created, answers, work.listed)
            else:
                _plan_ledger(ledger, work)
        rows = tuple(work.rows)
        return ImportPlan(
            rows,
            (*reading.notes, *_notes_on_bare_years(ledgers), *_notes_on_sales(ledgers)),
            tuple(title for table in reading.tables for title in table.unknown_titles),
            Counter(row.outcome for row in rows),
            _digest(reading, places, rows),
        )


def _notes_on_bare_years(ledgers: Sequence[Ledger]) -> Iterator[str]:
    """A day that is no more than its year is kept as the year's first; once a column is enough to say so."""
    for ledger in ledgers:
        for bound, values in ledger.recognition_days:
            if any(day and day.month == 1 and day.day == 1 for day in values):
                yield f"“{bound.title}”列中只写了年份的，按当年1月1日登记"


def _notes_on_sales(ledgers: Sequence[Ledger]) -> Iterator[str]:
    """Most ledgers of other offices hold 营业收入 alone; that the list then misses the sales is told before it does."""
    for ledger in ledgers:
        fields = {column.field for column, *_ in ledger.figures}
        if "operating_revenue" in fields and "sales_revenue" not in fields:
            yield (
                "表中有“营业收入”，没有“销售收入”。列表、高企和科技型中小企业的判断用销售收入"
                "（主营业务收入＋其他业务收入，企业所得税口径），不拿营业收入代替，这些企业仍缺销售收入；"
                "如果填表时就是这个口径，请把列名改成“销售收入”再导入"
            )


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A plan is some 300,000 objects that all stay: looking through them for garbage would take a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _digest(reading: SheetReading, places: Places, rows: Sequence[PlannedRow]) -> str:
    """What a row writes follows from the file, the places and the differences; so they are all it takes."""
    decided = [f"{row.key}|{row.outcome}|{row.firm_id}|{row.differences or ''}" for row in rows]
    return hashlib.sha256("\n".join([reading.sha256, repr(places), *decided]).encode()).hexdigest()


def _plan_ledger(ledger: Ledger, work: _Work) -> None:
    """Rows that say nothing new were seen while reading; only the others are looked at one by one."""
    sheet = ledger.table.sheet
    busy = ledger.differing.union(ledger.errors)
    some_new = None in ledger.firms
    new = newcomers(ledger, work.known, work.repeated, _second_looks(ledger)) if some_new else {}
    for place, (number, code, firm) in enumerate(zip(ledger.table.numbers, ledger.usccs, ledger.firms, strict=True)):
        if place in new:
            row = new[place]
        elif firm is None or place in busy or code in work.repeated:
            row = _row(ledger, place, work)
        else:
            doubts = tuple(ledger.doubts[place]) if place in ledger.doubts else ()
            key = f"{sheet}!{number}"
            row = PlannedRow(key, sheet, number, RowOutcome.UNCHANGED, firm.id, firm.name, firm.uscc, doubts=doubts)
        work.rows.append(row)


def _second_looks(ledger: Ledger) -> set[int]:
    shares = {place for _, _, values in ledger.shares for place, share in enumerate(values) if share is not None}
    return suspects(ledger.figures) | shares


def _row(ledger: Ledger, place: int, work: _Work) -> PlannedRow:
    key = f"{ledger.table.sheet}!{ledger.table.numbers[place]}"
    if ledger.firms[place] is None and ledger.usccs[place] in work.earlier:
        match = Match()  # a row before creates this firm
    else:
        match = match_row(ledger, place, work.known, work.answers.get(key), work.answers.get(ALL_ROWS))
    errors = (*ledger.errors.get(place, ()), *match.errors)
    row = PlannedRow(
        key,
        ledger.table.sheet,
        ledger.table.numbers[place],
        RowOutcome.FAULTY,
        match.firm.id if match.firm else None,
        ledger.names[place] or (match.firm.name if match.firm else ""),
        (match.firm.uscc if match.firm and not match.recoded else ledger.usccs[place]) or "",
        doubts=(*ledger.doubts.get(place, ()), *match.doubts),
    )
    if errors:
        return row._replace(errors=errors)
    if match.skipped:
        skipped = RowError(row.row, "", "", "按您的选择跳过")
        return row._replace(outcome=RowOutcome.UNCHANGED, doubts=(*row.doubts, skipped))
    if match.candidates:
        return row._replace(outcome=RowOutcome.QUESTION, candidates=match.candidates)
    return _decided(row, ledger, place, match, work)


def _decided(row: PlannedRow, ledger: Ledger, place: int, match: Match, work: _Work) -> PlannedRow:
    statement = ledger.statement(place)
    code = match.firm.uscc if match.firm else row.uscc
    if earlier := work.earlier.get(code):
        more = addition(earlier, ledger, place, statement, work.directories)
        row = row._replace(doubts=(*row.doubts, *more.doubts))
        if more.statement is None:
            return row._replace(outcome=RowOutcome.DUPLICATE)
        if more.belongings:
            first = work.rows[earlier.place_in_plan]
            work.rows[earlier.place_in_plan] = with_belongings(first, more.belongings, match.firm)
        if not more.statement.says_anything():
            return row._replace(outcome=RowOutcome.UNCHANGED)
        statement = more.statement
    elif code in work.repeated:
        work.earlier[code] = first_said(len(work.rows), ledger, place, statement)
    return _written(row, ledger, place, match, statement, work, is_first=earlier is None)


def _written(
    row: PlannedRow, ledger: Ledger, place: int, match: Match, statement: Statement, work: _Work, is_first: bool
) -> PlannedRow:
    firm = match.firm
    if firm is None:
        changes = new_firm(statement)
        outcome = RowOutcome.CREATE if is_first else RowOutcome.UPDATE
    else:
        changes = changes_of(firm, statement, work.directories)
        changes = _renamed(changes, firm, row, match) if is_first else changes
        outcome = RowOutcome.UPDATE if changes.differences else RowOutcome.UNCHANGED
    told = (
        [*changes.doubts, *_implausible(ledger, place, statement, firm)] if outcome is not RowOutcome.UNCHANGED else []
    )
    return row._replace(
        outcome=outcome,
        firm=changes.firm,
        figures=changes.figures,
        contact=changes.contact,
        recognitions=changes.recognitions,
        former_names=changes.former_names,
        differences=changes.differences,
        doubts=(*row.doubts, *(RowError(row.row, title, "", sentence) for title, sentence in told)),
    )


def _renamed(changes: Changes, firm: KnownFirm, row: PlannedRow, match: Match) -> Changes:
    """Another name makes the old one a former name; another code comes only by an officer's answer."""
    identity = {}
    if match.renamed:
        identity["name"] = (firm.name, row.name)
    if match.recoded:
        identity["uscc"] = (firm.uscc, row.uscc)
    if not identity:
        return changes
    return changes._replace(
        firm={**changes.firm, **{name: new for name, (_, new) in identity.items()}},
        former_names=(*changes.former_names, firm.name) if match.renamed else changes.former_names,
        differences=(
            *(Difference(name, None, old, new) for name, (old, new) in identity.items()),
            *changes.differences,
        ),
    )


def _implausible(ledger: Ledger, place: int, statement: Statement, firm: KnownFirm | None) -> Iterator[tuple[str, str]]:
    if not statement.figures:
        return
    known = firm.figures if firm else {}
    held = {year: {name: hundredths(value) for name, value in known[year].items()} for year in known}
    years = (
        {year: {**held.get(year, {}), **stated} for year, stated in statement.figures.items()}
        if held
        else statement.figures
    )
    yield from contradictions(years)
    yield from leaps(statement.figures, held)
    yield from wrong_shares([(name, year, values[place]) for name, year, values in ledger.shares], years)
