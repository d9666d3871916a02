"""What was handed over lately, by names."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.extensions import db
from crm.models import Reassignment, User

_SHOWN = 20


def recent_reassignments() -> Sequence[Any]:
    giver, taker = aliased(User), aliased(User)
    newest = sa.select(Reassignment, giver.name.label("giver"), taker.name.label("taker"))
    newest = newest.join(giver, giver.id == Reassignment.from_id).join(taker, taker.id == Reassignment.to_id)
    return db.session.execute(newest.order_by(Reassignment.id.desc()).limit(_SHOWN)).all()
