"""What is owed: one thing, and the list of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.extensions import db
from crm.models import Firm, FollowUp, User
from crm.queries.pages import Page
from crm.queries.parameters import LARGEST_ID
from crm.queries.scope import within_scope
from crm.queries.work_filter import WorkFilter

OPEN, OVERDUE, WEEK, NEEDS, DONE = "open", "overdue", "week", "needs", "done"
WHICH = {OPEN: "未办结", OVERDUE: "逾期", WEEK: "七天内", NEEDS: "未办结的企业诉求", DONE: "已办结"}
_WEEK = timedelta(days=7)


def find_follow_up(follow_up_id: int, viewer: User | None) -> FollowUp | None:
    if not 0 < follow_up_id <= LARGEST_ID:
        return None
    wanted = sa.select(FollowUp).join(Firm, Firm.id == FollowUp.firm_id).where(FollowUp.id == follow_up_id)
    return db.session.scalar(within_scope(wanted, viewer, Firm.township_id))


def follow_up_page(asked: WorkFilter, viewer: User | None, today: date) -> Page:
    shown = _ordered(_wanted(asked, viewer, today), asked)
    total = count_follow_ups(asked, viewer, today)
    return Page.of(
        total, asked.page, asked.size, lambda first, most: db.session.scalars(shown.offset(first).limit(most)).all()
    )


def count_follow_ups(asked: WorkFilter, viewer: User | None, today: date) -> int:
    counted: Any = _wanted(asked, viewer, today).with_only_columns(sa.func.count(FollowUp.id))
    return db.session.scalar(counted) or 0


def follow_ups(asked: WorkFilter, viewer: User | None, today: date) -> Sequence[FollowUp]:
    """All that the filter finds, as the page orders them."""
    return db.session.scalars(_ordered(_wanted(asked, viewer, today), asked)).all()


def _wanted(asked: WorkFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    kinds: dict[str, list[Any]] = {
        OPEN: [FollowUp.done_on.is_(None)],
        OVERDUE: [FollowUp.done_on.is_(None), FollowUp.due_on < today],
        WEEK: [FollowUp.done_on.is_(None), FollowUp.due_on <= today + _WEEK],
        NEEDS: [FollowUp.done_on.is_(None), FollowUp.is_need],
        DONE: [FollowUp.done_on.is_not(None)],
    }
    wanted = (
        sa.select(FollowUp)
        .join(Firm, Firm.id == FollowUp.firm_id)
        .where(Firm.archived_at.is_(None), *kinds[asked.which or OPEN])
    )
    return wanted.where(*asked.conditions(viewer, FollowUp.owner_id, Firm.township_id))


def _ordered(wanted: sa.Select[Any], asked: WorkFilter) -> sa.Select[Any]:
    """What is due first; what was done last."""
    newest = asked.which == DONE
    order: tuple[Any, ...] = (FollowUp.due_on, FollowUp.id)
    if newest:
        order = (FollowUp.done_on.desc(), FollowUp.id.desc())
    return wanted.options(joinedload(FollowUp.firm), joinedload(FollowUp.owner)).order_by(*order)
