"""The merges of the last weeks, and the other firm somebody means."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, Merge, User
from crm.queries.scope import within_scope
from pipelines.names import normalised_name

_SHOWN = 100


def merges_of(viewer: User) -> Sequence[Any]:
    """Newest first, of firms in the viewer's area."""
    rows: Any = sa.select(Merge).join(Firm, Firm.id == Merge.kept_id)
    rows = within_scope(rows, viewer, Firm.township_id)
    return db.session.scalars(rows.order_by(Merge.id.desc()).limit(_SHOWN)).all()


def merge_of(merge_id: int, viewer: User) -> Merge | None:
    """One whose two firms both lie in the viewer's area."""
    merge = db.session.get(Merge, merge_id)
    if merge is None:
        return None
    both = within_scope(sa.select(Firm.id).where(Firm.id.in_((merge.kept_id, merge.gone_id))), viewer, Firm.township_id)
    return merge if len(db.session.scalars(both).all()) == len({merge.kept_id, merge.gone_id}) else None


def firms_meant(words: str, viewer: User, leave_out: int) -> Sequence[Firm]:
    """By code, or by the name as two sheets would agree on it."""
    meant = sa.or_(Firm.uscc == words.strip().upper(), Firm.normalised_name == normalised_name(words))
    rows = sa.select(Firm).where(meant, Firm.id != leave_out, Firm.archived_at.is_(None))
    return db.session.scalars(within_scope(rows, viewer, Firm.township_id).limit(8)).all()
