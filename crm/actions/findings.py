"""What a look at the house finds: how it stands, in words an officer understands, and what to do about it."""

from typing import NamedTuple

from pipelines.vocabulary import CheckState


class Finding(NamedTuple):
    state: CheckState
    found: str
    todo: str = ""


def fine(found: str) -> Finding:
    return Finding(CheckState.FINE, found)


def attention(found: str, todo: str) -> Finding:
    return Finding(CheckState.ATTENTION, found, todo)


def danger(found: str, todo: str) -> Finding:
    """Keeps the house from starting."""
    return Finding(CheckState.DANGER, found, todo)
