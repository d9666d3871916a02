"""The county on a day, as a leader asks for it: every number is one of a list, and a past day's stays what it was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Campaign, CampaignWindow, Township, User
from crm.models.ladder_change import NOWHERE
from crm.queries.candidacies import LIST, CandidacyFilter, count_candidacies
from crm.queries.colours import colour_counts
from crm.queries.firm_filter import FirmFilter
from crm.queries.firms import count_firms
from crm.queries.follow_ups import OVERDUE, count_follow_ups
from crm.queries.gap_filter import GapFilter
from crm.queries.gaps import count_doubtful
from crm.queries.ladder import Rung, rungs
from crm.queries.ladder_tallies import Flows, MonthFlows, Tallies, given, held, same_day_last_year
from crm.queries.target_states import TargetState, target_states
from crm.queries.unvisited import count_behind
from crm.queries.work_filter import WorkFilter
from pipelines.vocabulary import ChangeKind, Tier, TriColor

_SOON = timedelta(days=14)
_EXPIRING_DAYS = 90
_NOWHERE_NAME = "（未填）"


class TownshipLine(NamedTuple):
    """place: as the ladder's lists take it. rank: by firms that hold 高企, 1 the most; of equals the same."""

    name: str
    place: str
    tech_sme: int
    high_tech: int
    first: int
    rank: int


class Attention(NamedTuple):
    """One sentence: so many of these wait, in this list. is_capped: the counting stopped there."""

    words: str
    number: int
    endpoint: str
    args: Mapping[str, Any]
    is_capped: bool = False


@dataclass(frozen=True)
class Dashboard:
    """attention and colours: of today alone, None for a past day, since nobody kept them then."""

    on: date
    targets: Sequence[TargetState]
    rungs: Sequence[Rung]
    flows: Flows
    months: Sequence[MonthFlows]
    townships: Sequence[TownshipLine]
    attention: Sequence[Attention] | None
    colours: Mapping[TriColor, int] | None


def dashboard(on: date, viewer: User | None, today: date) -> Dashboard:
    now, year_ago = Tallies(on, viewer), Tallies(same_day_last_year(on), viewer)
    is_today = on == today
    return Dashboard(
        on=on,
        targets=target_states(on, today, viewer, now, year_ago),
        rungs=rungs(now.positions(), {tier: now.holders(tier) for tier in Tier}, on.year),
        flows=now.flows(),
        months=list(now.months()),
        townships=_townships(now),
        attention=list(_attention(viewer, today)) if is_today else None,
        colours=colour_counts(viewer, today) if is_today else None,
    )


def _townships(now: Tallies) -> list[TownshipLine]:
    """In the order of the office; those without any title are left out."""
    rows = now.by_township()
    named: Any = sa.select(Township.id, Township.name).where(Township.id.in_(rows))
    names = dict(tuple(row) for row in db.session.execute(named.order_by(Township.position, Township.id)))
    high_tech = {town: held(rows[town], Tier.HIGH_TECH) for town in rows}
    ranked = sorted(high_tech.values(), reverse=True)
    order = [*names, *([NOWHERE] if NOWHERE in rows else [])]
    return [
        TownshipLine(
            name=names.get(town, _NOWHERE_NAME),
            place=str(town) if town != NOWHERE else "none",
            tech_sme=held(rows[town], Tier.TECH_SME),
            high_tech=high_tech[town],
            first=given(rows[town], ChangeKind.FIRST, Tier.HIGH_TECH),
            rank=ranked.index(high_tech[town]) + 1,
        )
        for town in order
    ]


def _attention(viewer: User | None, today: date) -> Iterator[Attention]:
    """What waits, in the order in which it hurts; what does not wait is not said."""
    late, stale = WorkFilter(which=OVERDUE), CandidacyFilter(face=LIST, stale="yes")
    expiring, behind, doubtful = FirmFilter(expiring_days=_EXPIRING_DAYS), WorkFilter(), GapFilter()
    firms, is_capped = count_firms(expiring, viewer, today)
    told = (
        Attention("个申报批次两周内截止", _closing(today), "campaigns.index", {}),
        Attention("件跟进逾期", count_follow_ups(late, viewer, today), "follow_ups.index", late.to_args()),
        Attention(f"家企业有资质在 {_EXPIRING_DAYS} 天内到期", firms, "firms.index", expiring.to_args(), is_capped),
        Attention("个培育对象停留过久", count_candidacies(stale, viewer, today), "candidacies.index", stale.to_args()),
        Attention("家企业该走访而没有走访", count_behind(behind, viewer, today), "visits.behind", behind.to_args()),
        Attention("家企业数据存疑", count_doubtful(doubtful, viewer), "doubts.index", doubtful.to_args()),
    )
    return (each for each in told if each.number)


def _closing(today: date) -> int:
    """Campaigns whose firms' deadline, as the newest window has it, lies in the next two weeks."""
    newest: Any = sa.select(sa.func.max(CampaignWindow.id)).group_by(CampaignWindow.campaign_id)
    closing = sa.select(sa.func.count(Campaign.id)).join(CampaignWindow, CampaignWindow.campaign_id == Campaign.id)
    soon = CampaignWindow.firm_closes_on.between(today, today + _SOON)
    return db.session.scalar(closing.where(CampaignWindow.id.in_(newest), soon)) or 0
