"""What the demo county's officers work on: campaigns and candidacies, visits and what is owed."""

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.bulk import catch_up_sequence, first_free_id, insert_rows
from crm.actions.project_partners import link_partners
from crm.extensions import db
from crm.models import (
    Alliance,
    AllianceMember,
    ApplicationPart,
    Attendance,
    Campaign,
    CampaignWindow,
    Candidacy,
    Firm,
    FollowUp,
    Institution,
    IpRight,
    MaterialItem,
    Project,
    ProjectMove,
    StageMove,
    Standing,
    Training,
    User,
    Visit,
)
from crm.queries.campaigns import HIGH_TECH_MATERIALS
from pipelines.funnel.stages import ENDED
from pipelines.projects import DAY_OF
from pipelines.vocabulary import AllianceKind, IpStatus, PartKind, Stage, Tier, Title

_BY = "演示数据"
_FIELDS = (
    "id", "firm_id", "target", "campaign_id", "stage", "stage_since", "active_on", "owner_id", "is_renewal",
    "opened_on", "closed_on", "reason", "is_archived", "created_at",
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
    archived = set(db.session.scalars(sa.select(Firm.id).where(Firm.archived_at.is_not(None))))
    chosen = candidates(firm_ids, seed, today)
    first, now = first_free_id(Candidacy), clock.now()
    insert_rows(Candidacy, _FIELDS, (
        [first + place, each.firm_id, Title.HIGH_TECH, campaigns[each.is_next_year].id, each.stage, each.since,
         each.since, owners.get(each.firm_id), False, each.since, each.since if each.stage in ENDED else None,
         each.reason, each.firm_id in archived, now]
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


def write_trainings(seed: int, today: date) -> int:
    """In the transaction of load_demo, after the candidacies; answers how many there are."""
    from seeds.trainings import trainings  # slow import: NumPy

    candidates = sa.select(Candidacy.firm_id).distinct().order_by(Candidacy.firm_id)
    held, now = trainings(list(db.session.scalars(candidates)), seed, today), clock.now()
    for each in held:
        training = Training(held_on=each.held_on, subject=each.subject, place=each.place, speaker=each.speaker)
        training.by_name = _BY
        db.session.add(training)
        db.session.flush()
        rows = ([training.id, firm_id, now, _BY] for firm_id in each.firm_ids)
        insert_rows(Attendance, ("training_id", "firm_id", "noted_at", "by_name"), rows)
    return len(held)


def write_institutions(seed: int, today: date) -> int:
    """In the transaction of load_demo; answers how many there are."""
    from seeds.institutions import SeededInstitution, institutions  # slow import: NumPy

    chosen = institutions([(key, name) for key, name, _ in _risen_firms()], seed, today)
    insert_rows(Institution, SeededInstitution._fields, chosen)
    return len(chosen)


def write_projects(seed: int, today: date) -> int:
    """In the transaction of load_demo; answers how many there are."""
    from seeds.projects import SeededProject, projects  # slow import: NumPy

    chosen = projects(_risen_firms(), seed, today)
    first, now = first_free_id(Project), clock.now()
    fields = SeededProject._fields[:-1]
    insert_rows(Project, ("id", *fields), ([first + place, *each[:-1]] for place, each in enumerate(chosen)))
    moved = ("project_id", "from_stage", "to_stage", "moved_on", "before", "made_at", "by_name")
    insert_rows(ProjectMove, moved, (
        [first + place, move.from_stage, move.to_stage, move.moved_on, _before(move), now, _BY]
        for place, each in enumerate(chosen) for move in each.moves
    ))  # fmt: skip
    catch_up_sequence(Project)
    link_partners(each.firm_id for each in chosen)
    return len(chosen)


def _before(move: Any) -> dict[str, Any]:
    """What taking the move back would restore."""
    not_yet = {DAY_OF[move.to_stage]: None} if move.to_stage in DAY_OF else {}
    return {"stage": move.from_stage.value, "stage_since": move.since.isoformat(), **not_yet}


def _risen_firms() -> list[tuple[int, str, int | None]]:
    """Firms with a title that are still kept, with their owner."""
    firms: Any = sa.select(Firm.id, Firm.name, Firm.owner_id).join(Standing, Standing.firm_id == Firm.id)
    firms = firms.where(Standing.tier != Tier.PROSPECT, Firm.archived_at.is_(None)).order_by(Firm.id)
    return [tuple(row) for row in db.session.execute(firms)]


def write_parts() -> int:
    """Research, rights and products of the candidate that has most to show; answers how many parts."""
    with_rights = sa.select(Candidacy.id, Candidacy.firm_id).join(IpRight, IpRight.firm_id == Candidacy.firm_id)
    with_rights = with_rights.where(Candidacy.closed_on.is_(None), IpRight.status == IpStatus.VALID)
    most = with_rights.group_by(Candidacy.id, Candidacy.firm_id).order_by(sa.func.count().desc(), Candidacy.id)
    found = db.session.execute(most.limit(1)).first()
    if found is None:
        return 0
    valid = sa.select(IpRight).filter_by(firm_id=found.firm_id, status=IpStatus.VALID).order_by(IpRight.id)
    rights = [right for right in db.session.scalars(valid) if right.kind.ip_class]
    projects = [
        ApplicationPart(candidacy_id=found.id, kind=PartKind.PROJECT, number=number, name=name, amount=Decimal(amount))
        for number, name, amount in (
            (1, "高效节能工艺研究（模拟）", 1_200_000),
            (2, "在线检测装置开发（模拟）", 850_000),
        )
    ]
    product = ApplicationPart(candidacy_id=found.id, kind=PartKind.PRODUCT, number=1, name="节能成套设备（模拟）")
    projects[0].rights, product.rights, product.projects = rights[:2], rights[:1], projects[:1]
    db.session.add_all([*projects, product])
    db.session.flush()
    return len(projects) + 1


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


def write_alliances(today: date) -> int:
    """Two invented ones, with firms that hold a high title; answers how many there are."""
    leading = sa.select(Standing.firm_id).where(Standing.tier.in_((Tier.LITTLE_GIANT, Tier.LEADING, Tier.HIGH_TECH)))
    firms = list(db.session.scalars(leading.order_by(Standing.firm_id).limit(8)))
    if not firms:
        return 0
    meant = (
        (AllianceKind.CONSORTIUM, "精密制造创新联合体（模拟）", firms[:6]),
        (AllianceKind.FOREIGN_CENTRE, "某外资企业研发中心（模拟）", firms[6:7]),
    )
    for kind, name, members in meant:
        alliance = Alliance(kind=kind, name=name, began_on=date(today.year - 1, 5, 1), note="演示数据")
        db.session.add(alliance)
        db.session.flush()
        rows = ([alliance.id, firm_id, firm_id == members[0]] for firm_id in members)
        insert_rows(AllianceMember, ("alliance_id", "firm_id", "is_leader"), rows)
    return len(meant)
