"""What the register holds, laid beside a table: for each column, what is known of the firm in each row."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from pipelines.sheets.known import KnownFirm, KnownRecognition
from pipelines.sheets.tables import Binding

_NO_FIGURES: Mapping[str, Any] = {}


def hundredths(value: Any) -> Any:
    """Known money as it is compared: whole fen, whichever way it came."""
    return int(value * 100) if isinstance(value, Decimal) else value


class Holdings:
    """firms: the firm of each row by its code, None where the register has none; years: of each row, if it says one."""

    def __init__(self, firms: Sequence[KnownFirm | None], years: Sequence[int | None]) -> None:
        self._firms = firms
        self._years = years
        self._figures: dict[int | None, list[Mapping[str, Any]]] = {}
        self._knows_any = any(firms)

    def beside(self, bound: Binding) -> list[Any] | None:
        """The known value of each row; None where there is nothing to lay beside."""
        column = bound.column
        lay = _LAYERS.get(column.scope)
        if not self._knows_any or lay is None or column.cell in ("names", "term"):
            return None
        olds = lay(self, bound)
        return [hundredths(old) for old in olds] if any(isinstance(old, Decimal) for old in olds[:50]) else olds

    def _of_firm(self, bound: Binding) -> list[Any]:
        field = bound.column.field
        if field in ("name", "uscc"):
            return [getattr(firm, field) if firm else None for firm in self._firms]
        return [firm.values.get(field) if firm else None for firm in self._firms]

    def _of_year(self, bound: Binding) -> list[Any]:
        if bound.year not in self._figures:
            years = [bound.year] * len(self._firms) if bound.year else self._years
            self._figures[bound.year] = [
                firm.figures.get(year or 0, _NO_FIGURES) if firm else _NO_FIGURES
                for firm, year in zip(self._firms, years, strict=True)
            ]
        field = bound.column.field
        return [held.get(field) for held in self._figures[bound.year]]

    def _of_contact(self, bound: Binding) -> list[Any]:
        """Of the first contact: a ledger has room for one."""
        field = bound.column.field
        return [getattr(firm.contacts[0], field) if firm and firm.contacts else None for firm in self._firms]

    def _of_recognition(self, bound: Binding) -> list[Any]:
        word, attribute = bound.column.word, bound.column.attribute
        return [getattr(titles.get(word), attribute, None) for titles in self._latest]

    @cached_property
    def _latest(self) -> list[dict[str, KnownRecognition]]:
        """The latest recognition of each title, firm by firm."""
        return [
            {each.title: each for each in sorted(firm.recognitions, key=_day)} if firm and firm.recognitions else {}
            for firm in self._firms
        ]


def _day(recognition: KnownRecognition) -> Any:
    return recognition.recognized_on


_LAYERS: dict[str, Callable[[Holdings, Binding], list[Any]]] = {
    "firm": Holdings._of_firm,
    "figures": Holdings._of_year,
    "contact": Holdings._of_contact,
    "recognition": Holdings._of_recognition,
}
