"""Research projects of the invented county over six years, each walked along the stages of its programme."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from pipelines.projects import DAY_OF, RUNNING, path_of
from pipelines.vocabulary import ProjectProgramme, ProjectStage
from seeds.draws import Chance, picked, stream

_MOST = 150
_BACK = 6 * 365
_WAN = 10_000
_PROGRAMMES = tuple(ProjectProgramme)
_WEIGHTS = (42, 10, 14, 3, 81)  # in the order of the programmes: most are the firms' own
_SMALLEST_AND_RANGE = {  # total budget in 万元
    ProjectProgramme.COUNTY: (60, 200), ProjectProgramme.VANGUARD: (800, 2200),
    ProjectProgramme.LEADING_GOOSE: (600, 1800), ProjectProgramme.NATIONAL: (1500, 4000),
    ProjectProgramme.OWN: (40, 300),
}  # fmt: skip
_SUBSIDY = {  # share of the total
    ProjectProgramme.COUNTY: Decimal("0.2"), ProjectProgramme.VANGUARD: Decimal("0.2"),
    ProjectProgramme.LEADING_GOOSE: Decimal("0.2"), ProjectProgramme.NATIONAL: Decimal("0.3"),
    ProjectProgramme.OWN: Decimal(0),
}  # fmt: skip
_STEP = {  # days in a stage, at least; twice as long at most
    ProjectStage.APPROVED: 15, ProjectStage.CONTRACTED: 10, ProjectStage.UNDERWAY: 260, ProjectStage.MIDTERM: 220,
    ProjectStage.ACCEPTANCE: 25, ProjectStage.ACCEPTED: 200,
}  # fmt: skip
_USUAL_STEP = 12
_SUBJECTS = (
    "高效节能",
    "在线检测",
    "柔性装配",
    "轻量化",
    "低噪声",
    "智能控制",
    "耐腐蚀",
    "高精度",
    "可降解",
    "远程运维",
)
_THINGS = (
    "电机",
    "传感器",
    "涂层材料",
    "注塑装备",
    "光电器件",
    "纺织助剂",
    "液压系统",
    "包装材料",
    "数控机床",
    "软件平台",
)
_KINDS = ("关键技术研究", "工艺开发", "成套装备研制", "产业化应用")
_OUTSIDE = ("某高校机械学院（模拟）", "某研究所（模拟）", "某大学材料学院（模拟）")


class SeededMove(NamedTuple):
    """since: the day it had come to the stage it left."""

    since: date
    from_stage: ProjectStage
    to_stage: ProjectStage
    moved_on: date


class SeededProject(NamedTuple):
    """moves: the way to where it stands now, oldest first."""

    firm_id: int
    programme: ProjectProgramme
    title: str
    number: str | None
    partners: str | None
    stage: ProjectStage
    stage_since: date
    owner_id: int | None
    budget_total: Decimal
    budget_subsidy: Decimal
    budget_own: Decimal
    applied_on: date | None
    approved_on: date | None
    starts_on: date | None
    ends_on: date | None
    acceptance_due_on: date | None
    accepted_on: date | None
    moves: tuple[SeededMove, ...]


def projects(firms: Sequence[tuple[int, str, int | None]], seed: int, today: date) -> list[SeededProject]:
    """firms: number, name and owner of those that may have one. Titles are all different."""
    chance = stream(seed, "projects")
    if not firms:
        return []
    programmes = picked(chance, _WEIGHTS, _MOST).tolist()
    leaders = chance.randint(0, len(firms), _MOST).tolist()
    others = chance.randint(0, len(firms), _MOST).tolist()
    return [
        _project(number, _PROGRAMMES[programme], firms[leader], firms[other], chance, today)
        for number, (programme, leader, other) in enumerate(zip(programmes, leaders, others, strict=True))
    ]


def _project(
    number: int, programme: ProjectProgramme, leader: tuple[int, str, int | None],
    other: tuple[int, str, int | None], chance: Chance, today: date,
) -> SeededProject:  # fmt: skip
    draws = chance.randint(0, 1000, 4).tolist()
    begun = today - timedelta(days=int(chance.randint(10, _BACK)))
    way = _walked(programme, begun, chance, today)
    days = {DAY_OF[stage]: on for stage, on in way if stage in DAY_OF}
    approved, (stage, since) = days.get("approved_on"), way[-1]
    smallest, more = _SMALLEST_AND_RANGE[programme]
    total = Decimal((smallest + draws[0] * more // 1000) * _WAN)
    subsidy = total * _SUBSIDY[programme]
    ends = approved + timedelta(days=730) if approved else None
    return SeededProject(
        firm_id=leader[0], programme=programme, title=_title(number), stage=stage, stage_since=since,
        number=f"M{approved.year}{number:04d}" if approved else None,
        partners=_partners(leader, other, draws), owner_id=leader[2],
        budget_total=total, budget_subsidy=subsidy, budget_own=total - subsidy,
        applied_on=days.get("applied_on"), approved_on=approved, starts_on=approved, ends_on=ends,
        acceptance_due_on=ends + timedelta(days=90) if ends else None, accepted_on=days.get("accepted_on"),
        moves=tuple(
            SeededMove(since, before, after, on) for (before, since), (after, on) in zip(way, way[1:], strict=False)
        ),
    )  # fmt: skip


def _title(number: int) -> str:
    subject, rest = _SUBJECTS[number % len(_SUBJECTS)], number // len(_SUBJECTS)
    thing, kind = _THINGS[(number + rest) % len(_THINGS)], _KINDS[rest % len(_KINDS)]
    return f"{subject}{thing}{kind}{rest // len(_KINDS) + 1}号（模拟）"


def _partners(leader: tuple[int, str, int | None], other: tuple[int, str, int | None], draws: list[int]) -> str | None:
    lines = [_OUTSIDE[draws[1] % len(_OUTSIDE)]] if draws[2] < 400 else []
    lines += [other[1]] if draws[3] < 250 and other[0] != leader[0] else []
    return "\n".join(lines) or None


def _walked(programme: ProjectProgramme, begun: date, chance: Chance, today: date) -> list[tuple[ProjectStage, date]]:
    """Stage by stage until today; one in twelve of those under way comes to an early end."""
    way, on = [], begun
    for stage in path_of(programme):
        if on > today:
            break
        way.append((stage, on))
        step = _STEP.get(stage, _USUAL_STEP)
        on += timedelta(days=step + int(chance.randint(0, step)))
    stage, since = way[-1]
    if chance.randint(0, 12) == 0 and stage in RUNNING and since < today:
        way.append((ProjectStage.TERMINATED, since + timedelta(days=1)))
    return way
