"""What the demo county's officers work on: campaigns and candidacies, visits and what is owed."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.bulk import catch_up_sequence, first_free_id, insert_rows
from crm.extensions import db
from crm.models import (
    Campaign,
    CampaignWindow,
    Candidacy,
    Firm,
    FollowUp,
    MaterialItem,
    StageMove,
    Standing,
    User,
    Visit,
)
from crm.queries.campaigns import HIGH_TECH_MATERIALS
from pipelines.funnel.stages import ENDED
from pipelines.vocabulary import Stage, Tier, Title

_BY = "演示数据"
_FIELDS = (
    "id", "firm_id", "target", "campaign_id", "stage", "stage_since", "active_on", "owner_id", "is_renewal",
    "opened_on", "closed_on", "reason", "created_at",
)  # fmt: skip
_MOVE_FIELDS = ("candidacy_id", "from_stage", "to_stage", "moved_on", "reason", "deed", "made_at", "by_name")


def write_candidacies(seed: int, today: date) -> int:
    """In the transaction of load_demo; answers how many there are."""
    from seeds.candidacies import candidates  # slow import: NumPy

    campaigns = [_campaign(year) for year in (today.year, today.year + 1)]
    rows: Any = db.session.execute(sa.select(Firm.id, Firm.owner_id)).all()
    owners: dict[int, int | None] = dict(rows)
    below = Standing.tier.in_((Tier.PROSPECT, Tier.TECH_SME))
    firm_ids = list(db.session.scalars(sa.select(Standing.firm_id).where(below).order_by(Standing.firm_id)))
    chosen = candidates(firm_ids, seed, today)
    first, now = first_free_id(Candidacy), clock.now()
    insert_rows(Candidacy, _FIELDS, (
        [first + place, each.firm_id, Title.HIGH_TECH, campaigns[each.is_next_year].id, each.stage, each.since,
         each.since, owners.get(each.firm_id), False, each.since, each.since if each.stage in ENDED else None,
         each.reason, now]
        for place, each in enumerate(chosen)
    ))  # fmt: skip
    insert_rows(StageMove, _MOVE_FIELDS, (
        [first + place, None if each.stage is Stage.CULTIVATING else Stage.CULTIVATING, each.stage, each.since,
         each.reason, f"demo-{place}", now, _BY]
        for place, each in enumerate(chosen)
    ))  # fmt: skip
    catch_up_sequence(Candidacy)
    return len(chosen)


def write_visits(seed: int, today: date) -> int:
    """In the transaction of load_demo; answers how many there are."""
    from seeds.visits import visits  # slow import: NumPy

    owned = sa.select(Firm.id, Firm.owner_id).where(Firm.owner_id.is_not(None)).order_by(Firm.id)
    rows: Any = db.session.execute(owned).all()
    chosen = visits([tuple(row) for row in rows], seed, today)
    people: Any = db.session.execute(sa.select(User.id, User.name)).all()
    names, first, now = dict(people), first_free_id(Visit), clock.now()
    fields = ("id", "firm_id", "visited_on", "kind", "people", "found", "by_id", "by_name", "noted_at")
    insert_rows(Visit, fields, (
        [first + place, each.firm_id, each.visited_on, each.kind, each.people, each.found, each.owner_id,
         names[each.owner_id], now]
        for place, each in enumerate(chosen)
    ))  # fmt: skip
    owed = (
        "firm_id", "visit_id", "is_need", "what", "owner_id", "due_on", "done_on", "outcome", "created_at", "by_name",
    )  # fmt: skip
    insert_rows(FollowUp, owed, (
        [each.firm_id, first + place, each.need is not None, each.need or "回访", each.owner_id, each.due_on,
         each.done_on, "已答复" if each.done_on else None, now, names[each.owner_id]]
        for place, each in enumerate(chosen)
        if each.due_on
    ))  # fmt: skip
    catch_up_sequence(Visit)
    return len(chosen)


def _campaign(year: int) -> Campaign:
    """Days as POLICY §1.11 proposes them until the office types its own."""
    campaign = Campaign(programme=Title.HIGH_TECH, year=year, round="第一批", target_number=100)
    campaign.windows = [
        CampaignWindow(
            opens_on=date(year, 3, 1), firm_closes_on=date(year, 6, 30), hour="17:00",
            authority_closes_on=date(year, 8, 31), by_name=_BY,
        )
    ]  # fmt: skip
    campaign.items = [
        MaterialItem(label=line.rstrip("?"), is_required=not line.endswith("?"), position=position)
        for position, line in enumerate(HIGH_TECH_MATERIALS, start=1)
    ]
    db.session.add(campaign)
    db.session.flush()
    return campaign
