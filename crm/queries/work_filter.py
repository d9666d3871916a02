"""What the lists of the daily work are narrowed by: whose, where, which of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.models import User
from crm.queries.list_filter import ListFilter
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, matching, one_of, whole_number
from crm.queries.scope import areas_within, visible_townships

_PARAMETERS = {
    "owner": Parameter(matching(r"mine|none|[0-9]{1,9}")),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    **PAGING,
}


@dataclass(frozen=True)
class WorkFilter(ListFilter):
    """owner: an id, mine or none; which: one of the list's own kinds; None: its first."""

    parameters = _PARAMETERS

    which: str | None = None
    owner: str | None = None
    township: int | None = None

    @classmethod
    def of(cls, args: Mapping[str, str], kinds: Mapping[str, str]) -> "WorkFilter":
        """kinds: those of the list that is asked for."""
        return cls._read(args, cls.parameters | {"which": Parameter(one_of(kinds))})

    def conditions(self, viewer: User | None, owner: Any, township: Any) -> Iterator[sa.ColumnElement[bool]]:
        """On the columns that hold whose it is and where it lies; the viewer's own area is always among them."""
        if self.owner == "none":
            yield owner.is_(None)
        elif self.owner:
            yield owner == ((viewer.id if viewer else 0) if self.owner == "mine" else int(self.owner))
        if self.township:
            yield township.in_(areas_within({self.township}))
        if (townships := visible_townships(viewer)) is not None:
            yield township.in_(townships)
