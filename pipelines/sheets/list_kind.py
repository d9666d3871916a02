"""What a kind of list is made of."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from pipelines.sheets.columns import Column, Scope
from pipelines.sheets.titles import folded_title, plain_title

Said = tuple[str, str]  # a field, a sentence about it


class Settled(NamedTuple):
    """What a row comes to: values as models hold them; with faults it is not taken over."""

    values: Mapping[str, Any]
    faults: tuple[Said, ...] = ()
    doubts: tuple[Said, ...] = ()


@dataclass(frozen=True)
class ListKind:
    """name: identifier of the part of a firm (PART_LABELS, events); label: what the officer calls one such thing.

    telling: the fields that must all be among the titles for a sheet to be of this kind.
    stored: the fields of the model; a column that is not among them is only looked at by `settle`.
    key: what makes two rows the same thing; None when the row does not say it.
    settle: what the row states, the thing as it is known (None: a new one) and the firm's other things of the kind →
        what is to be kept.
    lived: days that cannot lie ahead; the caller knows which day it is.
    above: what the headings above the table say of every row.
    shares: the scope of a ledger's columns that it uses as well; where a ledger says anything else, the sheet is a
        ledger.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    telling: tuple[str, ...]
    stored: tuple[str, ...]
    key: Callable[[Mapping[str, Any]], Hashable | None]
    settle: Callable[[Mapping[str, Any], Mapping[str, Any] | None, Sequence[Mapping[str, Any]]], Settled]
    lived: tuple[str, ...] = ()
    above: Callable[[Sequence[str]], Mapping[str, Any]] = lambda _texts: {}
    shares: Scope | None = None

    def column_of(self, title: str) -> Column | None:
        return self._by_spelling.get(plain_title(title))

    def fields_of(self, plain_titles: Iterable[str]) -> set[str]:
        return {self._by_spelling[title].field for title in plain_titles if title in self._by_spelling}

    def is_told_by(self, fields: Iterable[str]) -> bool:
        return set(self.telling).issubset(fields)

    def may_stand_beside(self, scopes: Collection[Scope]) -> bool:
        """Whether a heading alone may tell it, though a ledger's columns of these scopes stand there."""
        return all(scope == self.shares for scope in scopes)

    def title_of(self, field: str) -> str:
        return next(column.title for column in self.columns if column.field == field)

    @cached_property
    def _by_spelling(self) -> dict[str, Column]:
        return {folded_title(each): column for column in self.columns for each in (column.title, *column.aliases)}
