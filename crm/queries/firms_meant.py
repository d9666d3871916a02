"""Which firms the lines of a pasted list mean."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, FormerName, User
from crm.queries.scope import within_scope
from pipelines.names import normalised_name


def firms_meant(lines: Sequence[str], viewer: User | None) -> dict[str, list[int]]:
    """Each line → the firms it may mean: by code, by present or former name; of the viewer's area."""
    meant: dict[str, list[int]] = {}
    for line in dict.fromkeys(filter(None, map(str.strip, lines))):
        plain = normalised_name(line)
        former = sa.select(FormerName.firm_id).where(FormerName.normalised_name == plain)
        by_name = sa.or_(Firm.normalised_name == plain, Firm.id.in_(former))
        wanted: Any = sa.select(Firm.id).where(Firm.archived_at.is_(None), sa.or_(Firm.uscc == line.upper(), by_name))
        meant[line] = list(db.session.scalars(within_scope(wanted, viewer, Firm.township_id)))
    return meant
