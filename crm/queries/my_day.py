"""今日: what is overdue, due today and this week for one person; who is stuck, who has not been visited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.extensions import db
from crm.models import Candidacy, Firm, FollowUp, Mention, Standing, User, Visit
from crm.queries.candidacies import CandidacyFilter, candidacy_page
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import count_firms
from crm.queries.high_risk import HIGH, MINE, Risk, risks_for
from crm.queries.unvisited import Behind, behind_page
from crm.queries.work_filter import WorkFilter
from pipelines.vocabulary import Role

_DAYS_AHEAD = 7
_SHOWN = 50
_SHOWN_BESIDE = 8


@dataclass(frozen=True)
class Owed:
    """One thing to do: what, for which firm, why now."""

    follow_up: FollowUp
    why: str


@dataclass(frozen=True)
class MyDay:
    """groups: 逾期, 今天, 本周 → what is owed; more: how many are beyond those shown. due: candidacies with a day.
    awaited: what I asked of others and they have not answered; mentions: notes that name me, not yet seen. risks: what
    marks my firms, to the chief everybody's; risk_count: of firms."""

    groups: Mapping[str, Sequence[Owed]]
    awaited: Sequence[FollowUp]
    mentions: Sequence[Mention]
    total: int
    due: Sequence[Candidacy]
    stuck: Sequence[Any]
    stuck_count: int
    behind: Sequence[Behind]
    behind_count: int
    firms: int
    visits_this_month: int
    risks: Sequence[Risk]
    risk_count: int
    whose_risks: str


def my_day(viewer: User, today: date) -> MyDay:
    mine = sa.and_(FollowUp.owner_id == viewer.id, FollowUp.done_on.is_(None), FollowUp.due_on <= _until(today))
    owed = sa.select(FollowUp).join(Firm, Firm.id == FollowUp.firm_id).where(mine, Firm.archived_at.is_(None))
    shown = owed.options(joinedload(FollowUp.firm)).order_by(FollowUp.due_on, FollowUp.id).limit(_SHOWN)
    stuck = candidacy_page(CandidacyFilter(owner="mine", stale="yes", size=_SHOWN_BESIDE), viewer, today)
    whose = HIGH if viewer.role is Role.SECTION_CHIEF else MINE
    behind = behind_page(WorkFilter(owner="mine", size=20), viewer, today)
    return MyDay(
        groups=_grouped(db.session.scalars(shown).all(), today),
        total=db.session.scalar(sa.select(sa.func.count()).select_from(owed.subquery())) or 0,
        due=_due(viewer, today),
        awaited=_awaited(viewer),
        mentions=_mentions(viewer),
        stuck=stuck.rows,
        stuck_count=stuck.total,
        behind=behind.rows[:_SHOWN_BESIDE],
        behind_count=behind.total,
        firms=_count(sa.select(Standing.firm_id).where(Standing.owner_id == viewer.id, ~Standing.is_archived)),
        visits_this_month=_count(
            sa.select(Visit.id).where(Visit.by_id == viewer.id, Visit.visited_on >= today.replace(day=1))
        ),
        risks=risks_for(whose, viewer, today, _SHOWN_BESIDE),
        risk_count=count_firms(FirmFilter(risk=whose), viewer, today).number,
        whose_risks=whose,
    )


def _grouped(rows: Sequence[FollowUp], today: date) -> dict[str, list[Owed]]:
    groups: dict[str, list[Owed]] = {"逾期": [], "今天": [], "七天内": []}
    for row in rows:
        name = "逾期" if row.due_on < today else "今天" if row.due_on == today else "七天内"
        groups[name].append(Owed(row, _why(row, today)))
    return groups


def _why(row: FollowUp, today: date) -> str:
    late = (today - row.due_on).days
    kind = "企业诉求" if row.is_need else "跟进"
    return f"{kind}，逾期 {late} 天" if late > 0 else f"{kind}，{'今天' if late == 0 else f'还有 {-late} 天'}"


def _due(viewer: User, today: date) -> Sequence[Candidacy]:
    still_open = sa.select(Candidacy).options(joinedload(Candidacy.firm))
    still_open = still_open.where(Candidacy.owner_id == viewer.id, Candidacy.closed_on.is_(None))
    soon = still_open.where(Candidacy.due_on <= _until(today)).order_by(Candidacy.due_on).limit(_SHOWN_BESIDE)
    return db.session.scalars(soon).all()


def _awaited(viewer: User) -> Sequence[FollowUp]:
    asked = sa.select(FollowUp).options(joinedload(FollowUp.firm), joinedload(FollowUp.owner))
    asked = asked.where(FollowUp.by_id == viewer.id, FollowUp.done_on.is_(None), FollowUp.owner_id != viewer.id)
    return db.session.scalars(asked.order_by(FollowUp.due_on, FollowUp.id).limit(_SHOWN_BESIDE)).all()


def _mentions(viewer: User) -> Sequence[Mention]:
    named = sa.select(Mention).options(joinedload(Mention.firm)).filter_by(user_id=viewer.id, seen_at=None)
    return db.session.scalars(named.order_by(Mention.id.desc()).limit(_SHOWN_BESIDE)).all()


def _until(today: date) -> date:
    return today + timedelta(days=_DAYS_AHEAD)


def _count(ids: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(ids.subquery())) or 0
