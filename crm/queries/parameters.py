"""How the parameters of an address are read and written: strictly, since anybody may type one."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.names import cleaned

_MANY_AT_MOST = 50
_TOLD_AT_MOST = 5
_TOLD_LENGTH = 20
_NOTES_OF_OURS = ("moved", "done")  # what was just done and can be taken back: no condition of a list
LARGEST_ID = 2**31 - 1


class SenselessError(ValueError):
    """A text that says nothing this parameter understands."""


@dataclass(frozen=True)
class Parameter:
    """read: text → value, or SenselessError; several values stand in one text, parted by commas."""

    read: Callable[[str], Any]
    is_many: bool = False
    most: int = _MANY_AT_MOST

    def value_of(self, texts: Collection[str]) -> tuple[Any, list[str]]:
        """What a parameter given once, or several times over, asks for (None: nothing), and the texts that said
        nothing: one column that is gone does not take the others with it."""
        if not self.is_many:
            return self._each([[*texts][-1].strip()], lambda values: values[0] if values else None)
        parts = [part.strip() for text in texts for part in text.split(",") if part.strip()]
        if len(parts) > self.most:
            return (), [f"{len(parts)} 个值（一次最多 {self.most} 个）"]
        return self._each(parts, lambda values: tuple(dict.fromkeys(values)))

    def _each(self, texts: list[str], joined: Callable[[list[Any]], Any]) -> tuple[Any, list[str]]:
        values, senseless = [], []
        for text in texts:
            try:
                values.append(self.read(text))
            except SenselessError:
                senseless.append(text)
        return joined(values), senseless

    def text_of(self, value: Any) -> str:
        return ",".join(map(str, value)) if self.is_many else str(value)


def understood(args: Mapping[str, str], parameters: Mapping[str, Parameter]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values asked for, and what was not understood, as it may be told on a page."""
    values: dict[str, Any] = {}
    senseless: list[str] = []
    for name, texts in _given(args):
        value, unread = parameters[name].value_of(texts) if name in parameters else (None, [texts[-1]])
        values |= {name: value} if value not in (None, "", ()) else {}
        senseless += [f"{cleaned(name)[:20]}={cleaned(text)[:_TOLD_LENGTH]}" for text in unread]
    return values, _told(senseless)


def _given(args: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Name and texts, without the empty ones a form sends; args of a request may hold a name several times."""
    texts_of: Callable[[str], list[str]] = getattr(args, "getlist", lambda name: [args[name]])
    for name in args:
        if name in _NOTES_OF_OURS:
            continue
        if texts := [text for text in texts_of(name) if text.strip()]:
            yield name, texts


def _told(senseless: list[str]) -> tuple[str, ...]:
    further = len(senseless) - _TOLD_AT_MOST
    return (*senseless[:_TOLD_AT_MOST], *([f"另有 {further} 项"] if further > 0 else []))


def one_of(choices: Collection[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise SenselessError
        return text

    return read


def matching(pattern: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise SenselessError
        return text

    return read


def whole_number(smallest: int, largest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,10}", text) or not smallest <= int(text) <= largest:
            raise SenselessError
        return int(text)

    return read


def amount(largest: int) -> Callable[[str], Decimal]:
    """A number with up to six decimals: 万元 to the fen, or a percentage."""

    def read(text: str) -> Decimal:
        if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,6})?", text) or Decimal(text) > largest:
            raise SenselessError
        return Decimal(text)

    return read


def day(text: str) -> date:
    try:
        return date.fromisoformat(matching(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")(text))
    except ValueError as error:
        raise SenselessError from error


# The page of a list that is asked for, and how many rows it holds.
PAGING = {
    "page": Parameter(whole_number(1, 10**9)),
    "size": Parameter(lambda text: int(one_of(["20", "50", "100"])(text))),
}
