"""One thing owed, as far as the viewer may see its firm."""

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Firm, FollowUp, User
from crm.queries.parameters import LARGEST_ID
from crm.queries.scope import within_scope


def find_follow_up(follow_up_id: int, viewer: User | None) -> FollowUp | None:
    if not 0 < follow_up_id <= LARGEST_ID:
        return None
    wanted = sa.select(FollowUp).join(Firm, Firm.id == FollowUp.firm_id).where(FollowUp.id == follow_up_id)
    return db.session.scalar(within_scope(wanted, viewer, Firm.township_id))
