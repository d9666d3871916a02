"""The rows of a list against what firms have: each thing is new, changed, as it was, or said twice."""

from collections.abc import Collection, Hashable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from pipelines.names import normalised_name
from pipelines.sheets.columns import Column
from pipelines.sheets.known import KnownFirm, KnownFirms
from pipelines.sheets.ledger import Ledger
from pipelines.sheets.list_kind import ListKind, Said
from pipelines.sheets.matching import ALL_ROWS, NEW, SAME, SKIP, Match, namesakes, shown_candidates
from pipelines.sheets.planned import Difference, PlannedItem, PlannedRow, RowError
from pipelines.vocabulary import RowOutcome


class _Before(NamedTuple):
    row: int
    stated: Mapping[str, Any]


# what a thing is → where the file said it first
SaidBefore = dict[tuple[str, Hashable, Hashable], _Before]
_UNKNOWN_FIRM = "企业库里没有这家企业：请先新增企业或导入台账，再导入清单"


def plan_list(
    ledger: Ledger,
    kind: ListKind,
    known: KnownFirms,
    created: Collection[str],
    answers: Mapping[str, str],
    said: SaidBefore,
) -> Iterator[PlannedRow]:
    """created: codes of the firms that ledgers of the same file bring; said is filled on the way."""
    for place, number in enumerate(ledger.table.numbers):
        key = f"{ledger.table.sheet}!{number}"
        match = _owner(ledger, place, known, created, answers.get(key), answers.get(ALL_ROWS))
        yield _row(PlannedRow(key, *_named(ledger, place, match)), ledger, kind, place, match, said)


def _named(ledger: Ledger, place: int, match: Match) -> tuple[str, int, RowOutcome, int | None, str, str]:
    firm = match.firm
    name = firm.name if firm else ledger.names[place] or ""
    code = (firm.uscc if firm else ledger.usccs[place]) or ""
    sheet, number = ledger.table.sheet, ledger.table.numbers[place]
    return sheet, number, RowOutcome.FAULTY, firm.id if firm else None, name, code


def _owner(
    ledger: Ledger, place: int, known: KnownFirms, created: Collection[str], answer: str | None, for_all: str | None
) -> Match:
    """By the code; else by the name, when only one firm bears it. A list never makes, renames or recodes a firm."""
    uscc, name = ledger.usccs[place], ledger.names[place]
    if firm := known.by_uscc.get(uscc or ""):
        return Match(firm, doubts=tuple(_other_name(ledger, place, firm)))
    if uscc and uscc in created:
        return Match()
    candidates = namesakes(name, known)
    if not uscc and len(candidates) == 1:
        return Match(candidates[0])
    if answer is None and for_all == SAME and len(candidates) == 1:
        return Match(candidates[0])
    if answer == SKIP:
        return Match(skipped=True)
    if chosen := next((firm for firm in candidates if str(firm.id) == answer), None):
        return Match(chosen)
    if candidates and answer != NEW:
        return Match(candidates=shown_candidates(candidates))
    return Match(errors=(ledger.error(place, "uscc" if uscc else "name", uscc or name or "", _UNKNOWN_FIRM),))


def _other_name(ledger: Ledger, place: int, firm: KnownFirm) -> Iterator[RowError]:
    name = ledger.names[place]
    if name and normalised_name(name) not in map(normalised_name, (firm.name, *firm.former_names)):
        yield ledger.error(place, "name", name, f"与库中名称“{firm.name}”不同，按信用代码认定，名称没有改动")


def _row(row: PlannedRow, ledger: Ledger, kind: ListKind, place: int, match: Match, said: SaidBefore) -> PlannedRow:
    row = row._replace(doubts=(*ledger.doubts.get(place, ()), *match.doubts))
    if errors := (*ledger.errors.get(place, ()), *match.errors):
        return row._replace(errors=errors)
    if match.skipped:
        skipped = RowError(row.row, "", "", "按您的选择跳过")
        return row._replace(outcome=RowOutcome.UNCHANGED, doubts=(*row.doubts, skipped))
    if match.candidates:
        return row._replace(outcome=RowOutcome.QUESTION, candidates=match.candidates)
    in_row = {
        column.field: _as_kept(column, values[place]) for column, values in ledger.items if values[place] is not None
    }
    stated = {**ledger.table.said, **in_row}
    thing = kind.key(stated)
    if thing is None:
        missing = "、".join(kind.title_of(field) for field in kind.telling if field not in stated)
        return row._replace(errors=(RowError(row.row, missing, "", f"请填写{missing}"),))
    if before := said.get((kind.name, row.firm_id or row.uscc, thing)):
        return _again(row, kind, stated, before)
    said[kind.name, row.firm_id or row.uscc, thing] = _Before(row.row, stated)
    return _compared(row, kind, stated, thing, match.firm)


def _as_kept(column: Column, value: Any) -> Any:
    """Money is read in fen; a thing keeps it in yuan."""
    return Decimal(value) / 100 if column.cell == "money" else value


def _again(row: PlannedRow, kind: ListKind, stated: Mapping[str, Any], before: _Before) -> PlannedRow:
    other = [kind.title_of(field) for field, value in stated.items() if before.stated.get(field, value) != value]
    more = f"，{'、'.join(other)}不同，以前者为准" if other else ""
    told = RowError(row.row, "", "", f"与第 {before.row} 行是同一件{more}")
    return row._replace(outcome=RowOutcome.DUPLICATE, doubts=(*row.doubts, told))


def _compared(
    row: PlannedRow, kind: ListKind, stated: Mapping[str, Any], thing: Hashable, firm: KnownFirm | None
) -> PlannedRow:
    items = firm.items.get(kind.name, ()) if firm else ()
    held = next((each for each in items if kind.key(each.values) == thing), None)
    others = [each.values for each in items if each is not held]
    settled = kind.settle(stated, held.values if held else None, others)
    row = row._replace(doubts=(*row.doubts, *_told(row, kind, settled.doubts)))
    if settled.faults:
        return row._replace(errors=tuple(_told(row, kind, settled.faults)))
    old = held.values if held else {}
    changed = {
        field: value for field, value in settled.values.items() if value is not None and _differs(old.get(field), value)
    }
    if not changed:
        return row._replace(outcome=RowOutcome.UNCHANGED)
    return row._replace(
        outcome=RowOutcome.UPDATE if held else RowOutcome.CREATE,
        item=PlannedItem(kind.name, held.id if held else None, changed),
        differences=tuple(
            Difference(f"{kind.name}.{field}", None, old.get(field), value) for field, value in changed.items()
        ),
    )


def _differs(old: Any, new: Any) -> bool:
    """A sheet keeps lines and spaces as it likes: they alone change nothing."""
    if isinstance(old, str) and isinstance(new, str):
        return old.split() != new.split()
    return bool(old != new)


def _told(row: PlannedRow, kind: ListKind, said: tuple[Said, ...]) -> Iterator[RowError]:
    return (RowError(row.row, kind.title_of(field), "", sentence) for field, sentence in said)
