"""What people have in hand, and what was handed over lately, by names."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.extensions import db
from crm.models import Candidacy, Firm, FollowUp, Reassignment, User
from crm.queries.firm_choices import Pairs, owner_pairs

_SHOWN = 20
# What somebody has: the rows that are still in hand.
HELD: dict[str, tuple[Any, Callable[[], sa.ColumnElement[bool]]]] = {
    "firms": (Firm, lambda: Firm.archived_at.is_(None)),
    "candidacies": (Candidacy, lambda: Candidacy.closed_on.is_(None)),
    "follow_ups": (FollowUp, lambda: FollowUp.done_on.is_(None)),
}


def held_by(user_id: int) -> dict[str, int]:
    """How much of each somebody has in hand, by the names of HELD."""
    counts = [
        sa.select(sa.func.count()).where(model.owner_id == user_id, still()).scalar_subquery()
        for model, still in HELD.values()
    ]
    return dict(zip(HELD, db.session.execute(sa.select(*counts)).one(), strict=True))


def giver_pairs() -> Pairs:
    """Who follows firms, and whoever still has something though he does not any more."""
    offered = owner_pairs(None)
    has_something = sa.or_(*(User.id.in_(sa.select(model.owner_id).where(still())) for model, still in HELD.values()))
    others = sa.select(User.id, User.name, User.active).where(
        has_something, User.id.not_in([key for key, _ in offered])
    )
    rows = db.session.execute(others.order_by(User.id))
    return offered + [(key, name if active else f"{name}（已停用）") for key, name, active in rows]


def recent_reassignments() -> Sequence[Any]:
    giver, taker = aliased(User), aliased(User)
    newest = sa.select(Reassignment, giver.name.label("giver"), taker.name.label("taker"))
    newest = newest.join(giver, giver.id == Reassignment.from_id).join(taker, taker.id == Reassignment.to_id)
    return db.session.execute(newest.order_by(Reassignment.id.desc()).limit(_SHOWN)).all()
