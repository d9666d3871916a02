"""Two people on one thing: what only one of them changed is kept, what both changed is asked.

A form carries the values it was opened with. Comparing those with what is typed and with what stands now tells more
than a version number: who touched which field. The writer's lock makes compare and write one step; the version column
of firms and figures stays as a second lock behind it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeVar

from crm import clock
from crm.actions.evaluations import evaluate_firms
from crm.actions.events import Author, record_event
from crm.actions.standings import refresh_standings
from crm.extensions import Base, begin_exclusive, db
from crm.models import Contact, Firm, Flag, Institution, IpRight, Recognition, Visit
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind

Plain = str | int | bool | None
Changes = tuple[dict[str, Any], ...]
Part = TypeVar("Part", Contact, Flag, Institution, IpRight, Recognition, Visit)
Row = TypeVar("Row", bound=Base)
Side = Literal["yours", "now"]
_NOT_SHOWN = object()


def plain(value: Any) -> Plain:
    """A value as events keep it and forms carry it: money in yuan as text, dates ISO, words by their identifier."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


@dataclass(frozen=True)
class Opened:
    """What a form showed when it was opened, and what was chosen where somebody else saved meanwhile.

    A choice was made against the value in `seen`; when that has moved again the choice is asked again.
    """

    values: Mapping[str, Plain] = field(default_factory=dict)
    seen: Mapping[str, Plain] = field(default_factory=dict)
    chosen: Mapping[str, Side] = field(default_factory=dict)

    def choice(self, name: str, now: Plain) -> Side | None:
        return self.chosen.get(name) if self.seen.get(name, _NOT_SHOWN) == now else None


@dataclass(frozen=True)
class Conflict:
    """One field that two people changed differently since the form was opened."""

    field: str
    opened: Plain
    yours: Plain
    now: Plain


@dataclass(frozen=True)
class Comparison:
    """mine: to be written; kept: changed by others only; conflicts: changed by both and not yet chosen."""

    mine: tuple[str, ...]
    kept: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True)
class Saving:
    """What became of a save. With conflicts nothing at all was written."""

    row: Any
    changes: Changes = ()
    kept: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def compare(opened: Opened, yours: Mapping[str, Plain], now: Mapping[str, Plain]) -> Comparison:
    mine, kept, conflicts = [], [], []
    for name, wanted in yours.items():
        current, shown = now[name], opened.values.get(name, _NOT_SHOWN)
        if wanted == current:
            continue
        if wanted == shown:
            kept.append(name)
        elif shown == current or opened.choice(name, current) == "yours":
            mine.append(name)
        elif opened.choice(name, current) is None:
            conflicts.append(Conflict(name, opened.values.get(name), wanted, current))
    return Comparison(tuple(mine), tuple(kept), tuple(conflicts))


def firm_for_change(firm_id: int) -> Firm:
    """First step of every deed on a firm: nobody else writes until we commit, and nothing read before is trusted."""
    begin_exclusive()
    db.session.expire_all()
    firm = db.session.get_one(Firm, firm_id)
    if firm.archived_at:
        raise Refusal("该企业已归档，请先恢复再修改。")
    return firm


def row_for_change(model: type[Row], key: Any, gone: str) -> Row:
    """The same for a row that belongs to no single firm; gone: what is said where it is there no more."""
    begin_exclusive()
    db.session.expire_all()
    row = db.session.get(model, key)
    if row is None:
        raise Refusal(gone)
    return row


def part_for_change(model: type[Part], firm_id: int, part_id: int) -> Part:
    """A contact, flag, title … of the firm, under the same lock; gone or another firm's is refused."""
    firm_for_change(firm_id)
    part = db.session.get(model, part_id)
    if part is None or part.firm_id != firm_id:
        raise Refusal("这条记录已被移除，未作修改。")
    return part


def compare_and_write(
    row: Any,
    values: Mapping[str, Any],
    opened: Opened,
    comparable: Callable[[str, Plain], Plain] = lambda _name, value: value,
) -> Saving:
    """Write what is ours to write, or nothing while a conflict waits for its answer. Neither trace nor commit."""
    yours = {name: comparable(name, plain(value)) for name, value in values.items()}
    now = {name: comparable(name, plain(getattr(row, name))) for name in values}
    comparison = compare(opened, yours, now)
    if comparison.conflicts:
        return Saving(row, kept=comparison.kept, conflicts=comparison.conflicts)
    return Saving(row, changes=write(row, {name: values[name] for name in comparison.mine}), kept=comparison.kept)


def write(row: Any, values: Mapping[str, Any]) -> Changes:
    """Set the fields and answer what changed, old → new, as events keep it."""
    changes = []
    for name, value in values.items():
        old, new = plain(getattr(row, name)), plain(value)
        if old != new:
            setattr(row, name, value)
            changes.append({"field": name, "old": old, "new": new})
    return tuple(changes)


def first_values(values: Mapping[str, Any]) -> Changes:
    """What a new row says, as changes from nothing."""
    return tuple(
        {"field": name, "old": None, "new": plain(value)} for name, value in values.items() if value is not None
    )


def last_values(row: Any, fields: Iterable[str]) -> Changes:
    """What a row said that is removed, as changes to nothing."""
    said = {name: plain(getattr(row, name)) for name in fields}
    return tuple({"field": name, "old": value, "new": None} for name, value in said.items() if value is not None)


def leave_trace(firm_id: int, kind: EventKind, by: Author, particulars: dict[str, Any]) -> None:
    """The event, the derived row and the judgements, in the deed's transaction; the deed commits."""
    record_event(kind, by, firm_id, particulars)
    db.session.flush()
    refresh_standings([firm_id], clock.today())
    evaluate_firms([firm_id], clock.today(), by.through)
