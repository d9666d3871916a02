"""A form that remembers the values it was opened with, so that the deed can tell whose change is whose."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from wtforms import Field, HiddenField

from crm.actions.changes import Conflict, Opened, Plain, Saving, Side, plain
from crm.forms.fields import ChineseForm
from crm.queries.spoken import spoken_value
from crm.queries.timeline import last_writers

_LONGEST_MEMORY = 100_000


@dataclass(frozen=True)
class ConflictRow:
    """A conflict in words: 您填的, 现在的值, 打开时的值, who and when; `take` is the name of its two choices."""

    field: str
    label: str
    opened: str
    yours: str
    now: str
    by_name: str | None
    at: datetime | None
    chosen: Side | None

    @property
    def take(self) -> str:
        return f"take-{self.field}"


def memory_of(values: Mapping[str, Plain]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def remembered(text: str | None) -> dict[str, Plain]:
    """What a hidden field carries; rubbish is nothing remembered, so every difference will be asked."""
    try:
        values = json.loads(text or "{}") if len(text or "") <= _LONGEST_MEMORY else {}
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def chosen_sides() -> dict[str, Side]:
    sides: dict[str, Side] = {"yours": "yours", "now": "now"}
    return {
        name.removeprefix("take-"): sides[value]
        for name, value in request.form.items()
        if name.startswith("take-") and value in sides
    }


def conflict_rows(
    firm_id: int,
    conflicts: tuple[Conflict, ...],
    label: Callable[[str], str],
    text: Callable[[str, Plain], str],
    subject_id: int | None = None,
) -> list[ConflictRow]:
    writers = last_writers(firm_id, [conflict.field for conflict in conflicts], subject_id)
    chosen = chosen_sides()
    rows = []
    for each in conflicts:
        writer = writers.get(each.field)
        rows.append(
            ConflictRow(
                field=each.field,
                label=label(each.field),
                opened=text(each.field, each.opened),
                yours=text(each.field, each.yours),
                now=text(each.field, each.now),
                by_name=writer.by_name if writer else None,
                at=writer.at if writer else None,
                chosen=chosen.get(each.field),
            )
        )
    return rows


class OpenedForm(ChineseForm):
    """Give `values_now` to open it; after a conflict `ask(saving, …)` keeps what was typed and shows the choices."""

    opened = HiddenField()
    seen = HiddenField()
    part = "firm"
    conflicts: list[ConflictRow] = []  # noqa: RUF012 - replaced, never changed

    @classmethod
    def opened_with(cls, row: Any, **kwargs: Any) -> "OpenedForm":
        form = cls(obj=row, **kwargs)
        if not form.is_submitted():
            form.opened.data = memory_of({name: form.comparable(row, name) for name in form.remembered_fields()})
        return form

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name not in ("opened", "seen")}

    @property
    def memory(self) -> Opened:
        return Opened(remembered(self.opened.data), remembered(self.seen.data), chosen_sides())

    def comparable(self, row: Any, name: str) -> Plain:
        """The value now, as the deed compares it."""
        return plain(getattr(row, name))

    def saves(self, deed: Callable[[], Saving], firm_id: int, subject_id: int | None = None) -> bool:
        """Run a save. False when it was refused, or when two people's changes wait for a choice."""
        if not self.performs(deed):
            return False
        if self.outcome.conflicts:
            self.ask(self.outcome, firm_id, subject_id)
        return not self.outcome.conflicts

    @property
    def told(self) -> str:
        """What became of the save, in a sentence."""
        return ("已保存。" if self.outcome.changes else "内容没有变化，未作修改。") + self.kept

    @property
    def kept(self) -> str:
        """What only others changed since the form was opened, in a sentence."""
        return told_kept(self.outcome, self.label_of)

    def ask(self, saving: Saving, firm_id: int, subject_id: int | None = None) -> None:
        """Show the conflicts. What only others changed is taken over; from now on it counts as opened with."""
        asked = {conflict.field: conflict for conflict in saving.conflicts}
        memory = {name: self.comparable(saving.row, name) for name in self.remembered_fields()}
        self.opened.data = memory_of(
            {name: asked[name].opened if name in asked else value for name, value in memory.items()}
        )
        self.seen.data = memory_of({name: conflict.now for name, conflict in asked.items()})
        for name in saving.kept:
            self.take_over(name, saving.row)
        self.conflicts = conflict_rows(firm_id, saving.conflicts, self.label_of, self.said, subject_id)
        self._refused_with = 409

    def remembered_fields(self) -> tuple[str, ...]:
        return tuple(self.values)

    def take_over(self, name: str, row: Any) -> None:
        self[name].raw_data = None
        self[name].process_data(getattr(row, name))

    def label_of(self, name: str) -> str:
        return self[name].label.text

    def said(self, name: str, value: Plain) -> str:
        """A plain value as the form's own entry says it, else in the words of the timeline."""
        return _entry_label(self[name], value) or spoken_value(self.part, name, value)


def told_kept(saving: Saving | None, label: Callable[[str], str]) -> str:
    labels = "、".join(label(name) for name in saving.kept) if saving else ""
    return f"您打开之后他人改动了“{labels}”，已一并保留。" if labels else ""


def _entry_label(field: Field, value: Plain) -> str | None:
    if value is None or isinstance(value, bool):
        return None if value is None else ("是" if value else "否")
    entries = getattr(field, "choices", None) or ()
    return next((entry.label for entry in entries if str(entry.value) == str(value)), None) or None
