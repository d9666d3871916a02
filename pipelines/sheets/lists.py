"""Sheets that list what belongs to firms: a row is a thing, not a firm. Each kind is told by its columns.

To add a kind: a module beside ip_rights.py with its columns and rules, and a line in KINDS here.
"""

from collections.abc import Iterable

from pipelines.sheets.applications import APPLICATIONS
from pipelines.sheets.ip_rights import IP_RIGHTS
from pipelines.sheets.list_kind import ListKind
from pipelines.sheets.titles import plain_title

KINDS: tuple[ListKind, ...] = (IP_RIGHTS, APPLICATIONS)


def list_kind(titles: Iterable[str]) -> ListKind | None:
    """The kind whose telling columns all stand there; of several the one of which most is understood."""
    plain = [plain_title(title) for title in titles]
    told = [(len(understood), kind) for kind in KINDS if kind.is_told_by(understood := kind.fields_of(plain))]
    return max(told, key=lambda pair: pair[0])[1] if told else None
