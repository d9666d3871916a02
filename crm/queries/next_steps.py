"""What is owed to a firm next: of its open follow-ups the one that falls due first; and its tags, in one text."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.extensions import db
from crm.models import Firm, FirmTag, FollowUp, Tag

NextStep = aliased(FollowUp)
_OPEN = FollowUp.done_on.is_(None)
_FIRST = (FollowUp.due_on, FollowUp.id)
# For a statement over firms that has outer-joined NextStep by this condition.
IS_NEXT_STEP = (
    NextStep.id
    == (
        sa.select(FollowUp.id).where(FollowUp.firm_id == Firm.id, _OPEN).order_by(*_FIRST).limit(1).correlate(Firm)
    ).scalar_subquery()
)
WORKED: dict[str, Any] = {
    "next_step": NextStep.what,
    "next_on": NextStep.due_on,
    "tags": sa.select(sa.func.aggregate_strings(Tag.name, "、"))
    .join(FirmTag, FirmTag.tag_id == Tag.id)
    .where(FirmTag.firm_id == Firm.id)
    .correlate(Firm)
    .scalar_subquery(),
}


def next_step_of(firm_id: int) -> FollowUp | None:
    own = sa.select(FollowUp).where(FollowUp.firm_id == firm_id, _OPEN)
    return db.session.scalar(own.order_by(*_FIRST).limit(1))
