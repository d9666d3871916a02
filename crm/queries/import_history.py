"""The imports so far: one's own, or everybody's for who oversees them. What a batch says of itself holds no rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.extensions import db
from crm.models import ImportBatch, User
from crm.queries.pages import Page
from crm.queries.parameters import LARGEST_ID
from pipelines.vocabulary import ImportKind, ImportStatus

_SIZES = (20, 50, 100)


@dataclass(frozen=True)
class HistoryFilter:
    """What the address asks for; what makes no sense is passed over."""

    kind: ImportKind | None = None
    status: ImportStatus | None = None
    number: int = 1
    size: int = 20

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "HistoryFilter":
        page = args.get("page", "")
        return cls(
            kind=next((word for word in ImportKind if word.value == args.get("kind")), None),
            status=next((word for word in ImportStatus if word.value == args.get("status")), None),
            number=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 10 else 1,
            size=next((size for size in _SIZES if str(size) == args.get("size")), _SIZES[0]),
        )

    def to_args(self) -> dict[str, Any]:
        chosen = {"kind": self.kind and self.kind.value, "status": self.status and self.status.value}
        return {name: value for name, value in chosen.items() if value} | {"size": self.size}


def import_history(asked: HistoryFilter, viewer: User, of_all: bool) -> Page:
    own = [] if of_all else [ImportBatch.created_by_id == viewer.id]
    conditions = [*own, *_conditions(asked)]
    total = db.session.scalar(sa.select(sa.func.count()).select_from(ImportBatch).where(*conditions)) or 0
    newest = sa.select(ImportBatch).options(joinedload(ImportBatch.created_by)).where(*conditions)
    return Page.of(
        total,
        asked.number,
        asked.size,
        lambda passed, taken: db.session.scalars(
            newest.order_by(ImportBatch.id.desc()).offset(passed).limit(taken)
        ).all(),
    )


def seen_batch(batch_id: int, viewer: User, of_all: bool) -> ImportBatch | None:
    """A batch whose name, counts and end the viewer may see; its rows are for its owner alone (imports.batch_of)."""
    batch = db.session.get(ImportBatch, batch_id) if 0 < batch_id <= LARGEST_ID else None
    return batch if batch and (of_all or batch.created_by_id == viewer.id) else None


def _conditions(asked: HistoryFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if asked.kind:
        conditions.append(ImportBatch.kind == asked.kind)
    if asked.status:
        conditions.append(ImportBatch.status == asked.status)
    return conditions
