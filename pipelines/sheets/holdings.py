"""What the register holds, laid beside a table: for each column, what is known of the firm in each row."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from operator import attrgetter, methodcaller
from typing import Any

from pipelines.sheets.known import KnownContact, KnownFirm, KnownRecognition
from pipelines.sheets.tables import Binding

_NOTHING: Mapping[str, Any] = {}


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
        if bound.column.field == "name":
            return [firm.name if firm else None for firm in self._firms]
        return list(map(methodcaller("get", bound.column.field), self._values))

    @cached_property
    def _values(self) -> list[Mapping[str, Any]]:
        return [firm.values if firm else _NOTHING for firm in self._firms]

    def _of_year(self, bound: Binding) -> list[Any]:
        if bound.year not in self._figures:
            years = [bound.year] * len(self._firms) if bound.year else self._years
            self._figures[bound.year] = [
                firm.figures.get(year or 0, _NOTHING) if firm else _NOTHING
                for firm, year in zip(self._firms, years, strict=True)
            ]
        return list(map(methodcaller("get", bound.column.field), self._figures[bound.year]))

    def _of_contact(self, bound: Binding) -> list[Any]:
        field = bound.column.field
        value = attrgetter(field)
        return [value(contact) if contact else None for contact in self._contacts]

    @cached_property
    def _contacts(self) -> list[KnownContact | None]:
        """The first contact of each: a ledger has room for one."""
        return [firm.contacts[0] if firm and firm.contacts else None for firm in self._firms]

    def _of_recognition(self, bound: Binding) -> list[Any]:
        word, value = bound.column.word, attrgetter(bound.column.attribute)
        return [value(titles[word]) if word in titles else None for titles in self._latest]

    @cached_property
    def _latest(self) -> list[dict[str, KnownRecognition]]:
        """The latest recognition of each title, firm by firm."""
        return [_by_title(firm.recognitions) if firm and firm.recognitions else {} for firm in self._firms]


def _by_title(recognitions: Sequence[KnownRecognition]) -> dict[str, KnownRecognition]:
    if len(recognitions) > 1:
        recognitions = sorted(recognitions, key=attrgetter("recognized_on"))
    return {each.title: each for each in recognitions}


_LAYERS: dict[str, Callable[[Holdings, Binding], list[Any]]] = {
    "firm": Holdings._of_firm,
    "figures": Holdings._of_year,
    "contact": Holdings._of_contact,
    "recognition": Holdings._of_recognition,
}
