"""What the lists of the daily work are narrowed by: whose, where, which of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from crm.models import User
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, matching, one_of, understood, whole_number
from crm.queries.scope import areas_within, visible_townships


@dataclass(frozen=True)
class WorkFilter:
    """owner: an id, mine or none; which: one of the list's own kinds; None: its first."""

    which: str | None = None
    owner: str | None = None
    township: int | None = None
    page: int = 1
    size: int = 50
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str], kinds: Mapping[str, str]) -> "WorkFilter":
        values, senseless = understood(
            args,
            {
                "which": Parameter(one_of(list(kinds))),
                "owner": Parameter(matching(r"mine|none|[0-9]{1,9}")),
                "township": Parameter(whole_number(1, LARGEST_ID)),
                **PAGING,
            },
        )
        return cls(**values, ignored=tuple(f"没有用上看不懂的条件：{text}" for text in senseless))

    def to_args(self) -> dict[str, Any]:
        return {
            field.name: value
            for field in fields(self)
            if field.name not in ("page", "ignored") and (value := getattr(self, field.name)) != field.default
        }

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
