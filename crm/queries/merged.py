"""Firms that were found to be one: which entries a firm has taken in, and where a former entry leads."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm


def entries_of(firm_id: int) -> Sequence[int]:
    """The firm itself and the entries merged into it: their events and judgements are read together."""
    merged = db.session.scalars(sa.select(Firm.id).where(Firm.merged_into_id == firm_id)).all()
    return [firm_id, *merged]
