"""Research projects over the county: the ledger with its totals, those of a firm, those started in a year."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Attachment, Firm, Project, ProjectPartner, Township, User
from crm.queries.list_filter import ListFilter
from crm.queries.pages import Page
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, day, matching, one_of, whole_number
from crm.queries.scope import areas_within, visible_townships, within_scope
from pipelines.projects import APPLYING, CALLING, ENDED_EARLY, FINISHED, RUNNING, STAGES, ProjectSituation
from pipelines.vocabulary import AttachedTo, ProjectProgramme, ProjectStage

ARCHIVED = "archived"
PHASES = {
    "applying": "申报中", "running": "在研", "finished": "已验收、结题", "ended": "未立项、终止、撤销",
    ARCHIVED: "已归档",
}  # fmt: skip
DUES = {"overdue": "验收已逾期", "soon": "90 天内应验收"}
PROVINCIAL = (ProjectProgramme.VANGUARD, ProjectProgramme.LEADING_GOOSE)
_STAGES_OF = {
    "applying": (*CALLING, *APPLYING), "running": RUNNING, "finished": FINISHED, "ended": ENDED_EARLY,
}  # fmt: skip
_SOON = timedelta(days=90)
_LONGEST_SEARCH = 100
_READ = (
    Project.id, Project.firm_id, Project.programme, Project.title, Project.number, Project.partners, Project.stage,
    Project.stage_since, Project.budget_total, Project.budget_subsidy, Project.budget_own, Project.applied_on,
    Project.approved_on, Project.starts_on, Project.ends_on, Project.acceptance_due_on, Project.accepted_on,
    Project.note, Firm.name.label("firm"), Firm.uscc, Township.name.label("township"), User.name.label("owner"),
)  # fmt: skip
_RANKS = {stage: rank for rank, stage in enumerate(ProjectStage)}
_SORTS: dict[str, Any] = {
    "title": Project.title,
    "firm": Firm.name,
    "stage": sa.case(_RANKS, value=Project.stage),
    "budget": Project.budget_total,
    "subsidy": Project.budget_subsidy,
    "approved_on": Project.approved_on,
    "acceptance_due_on": Project.acceptance_due_on,
}
_PARAMETERS = {
    "q": Parameter(lambda text: text[:_LONGEST_SEARCH]),
    "programme": Parameter(one_of([each.value for each in ProjectProgramme]), is_many=True),
    "stage": Parameter(one_of([each.value for each in STAGES])),
    "phase": Parameter(one_of(PHASES)),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "owner": Parameter(matching(r"mine|none|[0-9]{1,9}")),
    "started": Parameter(whole_number(1990, 2100)),
    "on": Parameter(day),
    "due": Parameter(one_of(DUES)),
    "sort": Parameter(one_of([sign + key for key in _SORTS for sign in ("", "-")])),
    **PAGING,
}


@dataclass(frozen=True)
class ProjectFilter(ListFilter):
    """q: any piece of the title, the number, the partners or the firm's name. started: the year of 立项; on: only what
    had been started by that day. sort: a key, with - from the largest down."""

    parameters = _PARAMETERS

    q: str | None = None
    programme: tuple[str, ...] = ()
    stage: str | None = None
    phase: str | None = None
    township: int | None = None
    owner: str | None = None
    started: int | None = None
    on: date | None = None
    due: str | None = None
    sort: str = "-approved_on"


@dataclass(frozen=True)
class Totals:
    """Of all that a filter finds, whatever page is shown; a budget nobody knows adds nothing."""

    count: int
    total: Decimal
    subsidy: Decimal
    own: Decimal


@dataclass(frozen=True)
class FirmProject:
    """A project on the page of a firm that leads it, or takes part. may_open: the leading firm is in reach."""

    row: Any
    leads: bool
    may_open: bool


def project_page(asked: ProjectFilter, viewer: User | None, today: date) -> Page:
    return Page.counted(project_rows(asked, viewer, today), asked.page, asked.size)


def project_totals(asked: ProjectFilter, viewer: User | None, today: date) -> Totals:
    of_rows = project_rows(asked, viewer, today).order_by(None)
    summed = (sa.func.sum(each) for each in (Project.budget_total, Project.budget_subsidy, Project.budget_own))
    count, *sums = db.session.execute(of_rows.with_only_columns(sa.func.count(), *summed)).one()
    return Totals(count, *(each or Decimal(0) for each in sums))


def project_rows(asked: ProjectFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    rows: Any = sa.select(*_READ)
    rows = _with_firms(rows).outerjoin(Township, Township.id == Firm.township_id)
    rows = rows.outerjoin(User, User.id == Project.owner_id)
    for condition in _conditions(asked, viewer, today):
        rows = rows.where(condition)
    return within_scope(rows, viewer, Firm.township_id).order_by(*_order(asked.sort))


def projects_started(
    year: int,
    as_of: date,
    programmes: Collection[ProjectProgramme] = tuple(ProjectProgramme),
    viewer: User | None = None,
) -> sa.Select[Any]:
    """The ids of projects whose 立项 fell into the year, up to the day: counted by it, whatever became of them."""
    ids: Any = sa.select(Project.id)
    ids = _with_firms(ids).where(*_started(year, as_of), Project.archived_at.is_(None))
    return within_scope(ids.where(Project.programme.in_(programmes)), viewer, Firm.township_id)


def find_project(project_id: int, viewer: User | None) -> Project | None:
    """The project, unless there is none or its leading firm lies outside the viewer's area."""
    if not 0 < project_id <= LARGEST_ID:
        return None
    wanted = sa.select(Project).join(Firm, Firm.id == Project.firm_id).where(Project.id == project_id)
    return db.session.scalar(within_scope(wanted, viewer, Firm.township_id))


def projects_of(firm_id: int, viewer: User | None) -> Sequence[FirmProject]:
    """Those the firm leads and those it takes part in, the newest first."""
    takes_part = sa.select(ProjectPartner.project_id).where(ProjectPartner.firm_id == firm_id)
    rows: Any = sa.select(*_READ, Firm.township_id)
    rows = rows.join(Firm, Firm.id == Project.firm_id).outerjoin(Township, Township.id == Firm.township_id)
    rows = rows.outerjoin(User, User.id == Project.owner_id).where(
        Project.archived_at.is_(None), sa.or_(Project.firm_id == firm_id, Project.id.in_(takes_part))
    )
    reach = visible_townships(viewer)
    return [
        FirmProject(row, row.firm_id == firm_id, reach is None or row.township_id in reach)
        for row in db.session.execute(rows.order_by(*_order("-approved_on")))
    ]


def documents_of(project: Project) -> Sequence[Attachment]:
    kept = sa.select(Attachment).filter_by(
        firm_id=project.firm_id, about=AttachedTo.PROJECT, about_key=str(project.id), removed_at=None
    )
    return db.session.scalars(kept.order_by(Attachment.id)).all()


def start_years(viewer: User | None) -> list[int]:
    """The years that the ledger can be asked for, the newest first."""
    days: Any = sa.select(sa.func.min(Project.approved_on), sa.func.max(Project.approved_on))
    kept = _with_firms(days).where(Project.archived_at.is_(None))
    first, last = db.session.execute(within_scope(kept, viewer, Firm.township_id)).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


def situation_of(project: Project) -> ProjectSituation:
    return ProjectSituation(project.programme, project.stage, project.stage_since, project.acceptance_due_on)


def is_late(row: Any, today: date) -> bool:
    """What DUES["overdue"] finds, of one row."""
    return row.stage in RUNNING and row.acceptance_due_on is not None and row.acceptance_due_on < today


def _with_firms(rows: sa.Select[Any]) -> sa.Select[Any]:
    return rows.join(Firm, Firm.id == Project.firm_id).where(Firm.archived_at.is_(None))


def _started(year: int, as_of: date) -> tuple[sa.ColumnElement[bool], ...]:
    return Project.approved_on >= date(year, 1, 1), Project.approved_on <= min(date(year, 12, 31), as_of)


def _conditions(asked: ProjectFilter, viewer: User | None, today: date) -> Iterator[sa.ColumnElement[bool]]:
    is_away = Project.archived_at.is_not(None)
    yield is_away if asked.phase == ARCHIVED else ~is_away
    if asked.q:
        sought = (Project.title, Project.number, Project.partners, Firm.name)
        yield sa.or_(*(column.contains(asked.q, autoescape=True) for column in sought))
    if asked.programme:
        yield Project.programme.in_([ProjectProgramme(each) for each in asked.programme])
    if asked.stage:
        yield Project.stage == ProjectStage(asked.stage)
    if asked.phase in _STAGES_OF:
        yield Project.stage.in_(_STAGES_OF[asked.phase])
    if asked.township:
        yield Firm.township_id.in_(areas_within({asked.township}))
    if asked.owner == "none":
        yield Project.owner_id.is_(None)
    elif asked.owner:
        yield Project.owner_id == ((viewer.id if viewer else 0) if asked.owner == "mine" else int(asked.owner))
    if asked.started:
        yield from _started(asked.started, asked.on or date.max)
    elif asked.on:
        yield Project.approved_on <= asked.on
    if asked.due:
        yield from _due(asked.due, today)


def _due(due: str, today: date) -> Iterator[sa.ColumnElement[bool]]:
    yield Project.stage.in_(RUNNING)
    if due == "overdue":
        yield Project.acceptance_due_on < today
    else:
        yield Project.acceptance_due_on.between(today, today + _SOON)


def _order(sort: str) -> tuple[Any, ...]:
    """What is not known comes last, whichever way the list runs."""
    key = _SORTS[sort.removeprefix("-")]
    run = key.desc() if sort.startswith("-") else key.asc()
    return key.is_(None), run, Project.id.desc()
