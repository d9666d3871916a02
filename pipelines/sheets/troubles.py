"""What a cell reader answers when a cell does not simply hold a value."""

from typing import Any, NamedTuple


class Fault(NamedTuple):
    """The cell is wrong and its row cannot be taken over."""

    message: str


class Doubt(NamedTuple):
    """The cell was read as value (None: not known); the officer is told why."""

    value: Any
    message: str


Trouble = (Fault, Doubt)
