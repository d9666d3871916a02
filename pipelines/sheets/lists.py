"""Sheets that list what belongs to firms: a row is a thing, not a firm. Each kind is told by its columns.

To add a kind: a module beside ip_rights.py with its columns and rules, and a line in KINDS here.
"""

from collections.abc import Collection, Iterable, Sequence

from pipelines.sheets.applications import APPLICATIONS
from pipelines.sheets.columns import Scope
from pipelines.sheets.institutions import INSTITUTIONS
from pipelines.sheets.ip_rights import IP_RIGHTS
from pipelines.sheets.list_kind import ListKind
from pipelines.sheets.people import PEOPLE
from pipelines.sheets.projects import PROJECTS
from pipelines.sheets.recognitions import RECOGNITIONS
from pipelines.sheets.titles import plain_title
from pipelines.sheets.visits import VISITS

KINDS: tuple[ListKind, ...] = (IP_RIGHTS, APPLICATIONS, RECOGNITIONS, VISITS, INSTITUTIONS, PROJECTS, PEOPLE)


def list_kind(titles: Iterable[str], above: Sequence[str] = (), beside: Collection[Scope] = ()) -> ListKind | None:
    """The kind whose telling columns all stand there, or are said above; of several the one understood best.

    beside: of what a ledger says of its firms these scopes stand there, too.
    """
    plain = [plain_title(title) for title in titles]
    told = []
    for kind in KINDS:
        is_alone = kind.may_stand_beside(beside)
        understood = kind.fields_of(plain)
        if (is_alone or not kind.shares) and kind.is_told_by({*understood, *(kind.above(above) if is_alone else ())}):
            told.append((len(understood), kind))
    return max(told, key=lambda pair: pair[0])[1] if told else None
