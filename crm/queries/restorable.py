"""A value that stood before a deed, as it could be put back: what the event says it was, and what stands now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import AnnualFigures, Event, Firm, Industry, TechField, User
from crm.queries.firm_choices import choosable_township_pairs, owner_pairs
from crm.queries.merged import entries_of
from crm.queries.scope import visible_townships
from crm.queries.spoken import REFERENCES, field_label, spoken
from pipelines.refusals import Refusal
from pipelines.sheets.columns import FIGURE_COLUMNS, FIRM_COLUMNS
from pipelines.vocabulary import EventKind, FirmStatus, LevyMode

KINDS = (EventKind.FIRM_UPDATED, EventKind.FIGURES_UPDATED)
_MAY_NOT_BE_EMPTY = frozenset({"name", "uscc", "status"})
_FIGURES = {each.field: each.cell for each in FIGURE_COLUMNS}
_FIRM = {each.field: each.cell for each in FIRM_COLUMNS if each.field != "former_names"}


@dataclass(frozen=True)
class Restorable:
    """field, year: what is put back (no year: of the firm itself); before, after: the change in words."""

    event: Event
    field: str
    year: int | None
    label: str
    old: Any
    before: str
    after: str

    def value(self, firm: Firm, viewer: User) -> Any:
        """The old value as the deed takes it; a sentence where it cannot stand any more."""
        if self.old is None and self.field in _MAY_NOT_BE_EMPTY:
            raise Refusal(f"{self.label}不能为空，不能恢复为空白。")
        read = _READERS.get(_FIGURES.get(self.field) or _FIRM[self.field], str)
        if self.field == "township_id":
            return _township(self.old, viewer)
        if self.field == "owner_id":
            return None if self.old is None else _named(owner_pairs(firm.owner_id), self.old, "责任人")
        return None if self.old is None else read(self.old)


def can_be_restored(kind: EventKind, field: str) -> bool:
    return kind in KINDS and (field in _FIGURES or REFERENCES.get(field, field) in _FIRM)


def find_restorable(firm_id: int, event_id: int, place: int) -> Restorable | None:
    """The change at a place of an event of this firm, if it is one that can be put back."""
    event = db.session.get(Event, event_id)
    if event is None or event.firm_id not in entries_of(firm_id):
        return None
    changes = event.particulars.get("changes", ())
    if not 0 <= place < len(changes) or not can_be_restored(event.kind, changes[place]["field"]):
        return None
    change = changes[place]
    told, year = change["field"], change.get("year")
    return Restorable(
        event=event,
        field=REFERENCES.get(told, told),
        year=year,
        label=field_label(event.kind, told, year),
        old=change.get("old"),
        before=spoken(event.kind, told, change.get("old")),
        after=spoken(event.kind, told, change.get("new")),
    )


def standing_value(firm: Firm, which: Restorable) -> Any:
    if which.year is None:
        return getattr(firm, which.field)
    kept = sa.select(AnnualFigures).where(AnnualFigures.firm_id == firm.id, AnnualFigures.year == which.year)
    return getattr(db.session.scalar(kept), which.field, None)


def standing_words(firm: Firm, which: Restorable, value: Any) -> str:
    """What stands now as the timeline would say it: a reference by its name."""
    told = {key: name for name, key in REFERENCES.items()}.get(which.field)
    if told:
        return getattr(getattr(firm, told), "name", None) or "—"
    return spoken(which.event.kind, which.field, value)


def _township(name: str | None, viewer: User) -> int | None:
    if name is None:
        if visible_townships(viewer) is not None:
            raise Refusal("镇街恢复为空白后，这家企业就不在负责范围内了，未作修改。")
        return None
    # An area is offered under its township: 魏塘街道 › 智能产业片.
    offered = [(key, label.rpartition(" › ")[2]) for key, label in choosable_township_pairs(viewer)]
    return _named(offered, name, "镇街")


def _named(offered: list[tuple[Any, str]], name: str, what: str) -> Any:
    found = [key for key, label in offered if label == name]
    if len(found) != 1:
        raise Refusal(f"{what}“{name}”现在不能选（可能已停用、已改名或不在负责范围内），请在“编辑”里另选。")
    return found[0]


def _coded(model: type[Industry] | type[TechField]) -> Callable[[str], str]:
    def code_of(name: str) -> str:
        codes = list(db.session.scalars(sa.select(model.code).where(model.name == name)))
        if len(codes) != 1:
            raise Refusal(f"“{name}”对应不到唯一的一项，请在“编辑”里另选。")
        return codes[0]

    return code_of


_READERS: dict[str, Callable[[Any], Any]] = {
    "money": Decimal, "people": Decimal, "count": int, "date": date.fromisoformat, "yes_no": bool,
    "status": FirmStatus, "levy_mode": LevyMode, "industry": _coded(Industry), "tech_field": _coded(TechField),
}  # fmt: skip
