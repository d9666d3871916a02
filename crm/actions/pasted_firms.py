"""A pasted list of firms, a name or a code a line: who is meant joins, what is not clear stays out and is told."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from crm.models import User
from crm.queries.firms_meant import firms_meant


@dataclass(frozen=True)
class Noted:
    """How many came in, how many stood there already; the lines that were not clear, each with the reason."""

    added: int
    known: int
    unclear: Sequence[tuple[str, str]]


def note_firms(lines: Sequence[str], there: Collection[int], viewer: User | None, join: Callable[[int], None]) -> Noted:
    """In the running transaction. there: firms that stand in the list; join is called once for each that comes in."""
    joined, known, unclear = set(there), 0, []
    before = len(joined)
    for line, meant in firms_meant(lines, viewer).items():
        if len(meant) != 1:
            unclear.append((line, "有几家同名企业，请改填信用代码" if meant else "企业库里没有找到"))
        elif meant[0] in joined:
            known += 1
        else:
            join(meant[0])
            joined.add(meant[0])
    return Noted(len(joined) - before, known, unclear)
