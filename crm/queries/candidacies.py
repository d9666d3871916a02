"""Candidacies as a board and as a list: two faces of one filter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Campaign, Candidacy, Firm, LatestEvaluation, Material, StageMove, Township, User
from crm.queries.list_filter import ListFilter
from crm.queries.pages import Page
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, matching, one_of, whole_number
from crm.queries.scope import areas_within, visible_townships
from pipelines.funnel.stages import ENDED, OPEN, STALE_AFTER, Situation, is_stale
from pipelines.vocabulary import MaterialState, Programme, Stage, Title

BOARD, LIST = "board", "list"
STATES = {"open": "未结束", "ended": "已结束", "all": "全部"}
TARGETS = (Title.HIGH_TECH, Title.TECH_SME, Title.NATIONAL_TECH_SME, Title.LITTLE_GIANT, Title.LEADING)
_CARDS_A_STAGE = 20
FIRST, RENEWAL = "first", "renewal"
ROUNDS = {FIRST: "首次申报", RENEWAL: "重新认定"}
_PARAMETERS = {
    "face": Parameter(one_of([BOARD, LIST])),
    "campaign": Parameter(whole_number(1, LARGEST_ID)),
    "target": Parameter(one_of([each.value for each in TARGETS])),
    "stage": Parameter(one_of([each.value for each in Stage])),
    "state": Parameter(one_of(STATES)),
    "owner": Parameter(matching(r"mine|none|[0-9]{1,9}")),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "stale": Parameter(one_of(["yes"])),
    "round": Parameter(one_of(ROUNDS)),
    **PAGING,
}
_READ = (
    Candidacy.id, Candidacy.firm_id, Candidacy.target, Candidacy.stage, Candidacy.stage_since, Candidacy.active_on,
    Candidacy.due_on, Candidacy.is_renewal, Candidacy.closed_on, Candidacy.reason, Firm.name, Firm.uscc,
    Township.name.label("township"), User.name.label("owner"), Campaign.year.label("campaign_year"),
    Campaign.round.label("campaign_round"), LatestEvaluation.gap_words, LatestEvaluation.shortlist,
)  # fmt: skip


@dataclass(frozen=True)
class CandidacyFilter(ListFilter):
    parameters = _PARAMETERS

    face: str = BOARD
    campaign: int | None = None
    target: str | None = None
    stage: str | None = None
    state: str = "open"
    owner: str | None = None
    township: int | None = None
    stale: str | None = None
    round: str | None = None


@dataclass(frozen=True)
class Column:
    """A stage of the board. net: came in less went out, this month; more: those beyond the cards shown."""

    stage: Stage
    count: int
    stale: int
    net: int
    cards: Sequence[Any]

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


def board(asked: CandidacyFilter, viewer: User | None, today: date) -> tuple[Column, ...]:
    """Every open stage, in the same number of queries whatever stands on it."""
    conditions = [*_conditions(asked, viewer, today), Candidacy.stage.in_(OPEN)]
    counts, net = _counts(conditions, today), _net(asked, viewer, today)
    cards: dict[Stage, list[Any]] = {stage: [] for stage in OPEN}
    wanted = [(stage, 0, _CARDS_A_STAGE) for stage in OPEN if stage in counts]
    for row in _segments(_of_any_stage(asked, viewer, today), wanted):
        cards[row.stage].append(row)
    return tuple(Column(stage, *counts.get(stage, (0, 0)), net.get(stage, 0), cards[stage]) for stage in OPEN)


def candidacy_page(asked: CandidacyFilter, viewer: User | None, today: date) -> Page:
    """The counts of the stages say which of them the page lies in, and where: nothing before it is read."""
    conditions = _conditions(asked, viewer, today)
    counts = _counts(conditions, today)
    total = sum(number for number, _ in counts.values())
    return Page.of(total, asked.page, asked.size, lambda first, most: _rows(asked, viewer, today, counts, first, most))


def count_candidacies(asked: CandidacyFilter, viewer: User | None, today: date) -> int:
    """As many as the list holds."""
    wanted = sa.select(sa.func.count(Candidacy.id)).where(*_conditions(asked, viewer, today))
    return db.session.scalar(wanted) or 0


def _rows(
    asked: CandidacyFilter, viewer: User | None, today: date, counts: Mapping[Stage, tuple[int, int]], first: int,
    most: int,
) -> Sequence[Any]:  # fmt: skip
    segments = []
    for stage in reversed(Stage):
        there = counts.get(stage, (0, 0))[0]
        if taken := max(0, min(there - first, most)):
            segments.append((stage, first, taken))
        first, most = max(0, first - there), most - taken
    return _segments(_of_any_stage(asked, viewer, today), segments)


def candidacy_rows(asked: CandidacyFilter, viewer: User | None, today: date) -> sa.Select[Any]:
    """The furthest stage first, in a stage the longest standing first."""
    ranks = {stage.value: -rank for rank, stage in enumerate(Stage)}
    rank = sa.case(ranks, value=sa.type_coerce(Candidacy.stage, sa.String), else_=0)
    return _shown().where(*_conditions(asked, viewer, today)).order_by(rank, Candidacy.active_on, Candidacy.id)


def find_candidacy(candidacy_id: int, viewer: User | None) -> Candidacy | None:
    """None also outside the viewer's area: the two must look the same."""
    if not 0 < candidacy_id <= LARGEST_ID:
        return None
    wanted = sa.select(Candidacy).join(Firm, Firm.id == Candidacy.firm_id).where(Candidacy.id == candidacy_id)
    townships = visible_townships(viewer)
    return db.session.scalar(wanted if townships is None else wanted.where(Firm.township_id.in_(townships)))


def within_reach(candidacy_ids: Sequence[int], viewer: User | None) -> list[int]:
    """Those the viewer may see, in the order of their ids."""
    wanted = sa.select(Candidacy.id).join(Firm, Firm.id == Candidacy.firm_id).where(Candidacy.id.in_(candidacy_ids))
    townships = visible_townships(viewer)
    if townships is not None:
        wanted = wanted.where(Firm.township_id.in_(townships))
    return list(db.session.scalars(wanted.order_by(Candidacy.id)))


def candidacies_of(firm_id: int) -> Sequence[Any]:
    """Of one firm, the open ones first, then the newest."""
    shown = _shown().where(Candidacy.firm_id == firm_id)
    return db.session.execute(shown.order_by(Candidacy.closed_on.is_not(None), Candidacy.id.desc())).all()


def situation_of(candidacy: Candidacy) -> Situation:
    campaign = candidacy.campaign
    window = campaign.window if campaign else None
    return Situation(
        stage=candidacy.stage,
        since=candidacy.stage_since,
        has_campaign=campaign is not None,
        closes_on=window.firm_closes_on if window else None,
        lacking=[item.label for item, row in papers_of(candidacy) if item.is_required and not _is_checked(row)],
    )


def papers_of(candidacy: Candidacy) -> list[tuple[Any, Material | None]]:
    """Each paper of the campaign's list with how far it is; None: nothing was handed in."""
    if candidacy.campaign is None:
        return []
    known = {row.item_id: row for row in db.session.scalars(sa.select(Material).filter_by(candidacy_id=candidacy.id))}
    return [(item, known.get(item.id)) for item in candidacy.campaign.items]


def _is_checked(row: Material | None) -> bool:
    return row is not None and row.state is MaterialState.CHECKED


def _shown() -> sa.Select[Any]:
    judged = sa.and_(
        LatestEvaluation.firm_id == Candidacy.firm_id,
        LatestEvaluation.programme == Programme.HIGH_TECH,
        Candidacy.target == Title.HIGH_TECH,
    )
    shown: Any = sa.select(*_READ).select_from(Candidacy).join(Firm, Firm.id == Candidacy.firm_id)
    shown = shown.outerjoin(Township, Township.id == Firm.township_id).outerjoin(User, User.id == Candidacy.owner_id)
    return shown.outerjoin(Campaign, Campaign.id == Candidacy.campaign_id).outerjoin(LatestEvaluation, judged)


def _segments(conditions: Sequence[sa.ColumnElement[bool]], wanted: Sequence[tuple[Stage, int, int]]) -> Sequence[Any]:
    """wanted: stage, how many to pass over, how many to take, the longest standing first: as many small looks into
    the index as there are stages, in one statement. Answered in the order of wanted."""
    if not wanted:
        return ()
    parts = [
        sa.select(Candidacy.id, sa.literal(place).label("place"))
        .where(*conditions, Candidacy.stage == stage)
        .order_by(Candidacy.active_on, Candidacy.id)
        .limit(most)
        .offset(first)
        .subquery()
        for place, (stage, first, most) in enumerate(wanted)
    ]
    ids = sa.union_all(*(sa.select(each.c.id, each.c.place) for each in parts)).subquery()
    shown = _shown().join(ids, ids.c.id == Candidacy.id)
    return db.session.execute(shown.order_by(ids.c.place, Candidacy.active_on, Candidacy.id)).all()


def _conditions(asked: CandidacyFilter, viewer: User | None, today: date) -> list[sa.ColumnElement[bool]]:
    """On the candidacy alone: its index is walked, the firm is looked up only where a township is asked for."""
    return [Candidacy.is_archived.is_(False), *_asked(asked, viewer, today)]


def _of_any_stage(asked: CandidacyFilter, viewer: User | None, today: date) -> list[sa.ColumnElement[bool]]:
    """For who says the stage himself: beside a second word about it SQLite sorts what the index holds in order."""
    return _conditions(replace(asked, stage=None, state="all"), viewer, today)


def _asked(asked: CandidacyFilter, viewer: User | None, today: date) -> Iterator[sa.ColumnElement[bool]]:
    if asked.stage:
        yield Candidacy.stage == Stage(asked.stage)
    elif asked.state != "all":
        yield Candidacy.stage.in_(OPEN if asked.state == "open" else ENDED)
    if asked.campaign:
        yield Candidacy.campaign_id == asked.campaign
    if asked.target:
        yield Candidacy.target == Title(asked.target)
    if asked.owner:
        yield _owned(asked.owner, viewer)
    if asked.township:
        yield _lies_in(areas_within({asked.township}))
    if asked.stale:
        yield _is_stale(today)
    if asked.round:
        yield Candidacy.is_renewal.is_(asked.round == RENEWAL)
    if (townships := visible_townships(viewer)) is not None:
        yield _lies_in(townships)


def _lies_in(townships: frozenset[int]) -> sa.ColumnElement[bool]:
    return Candidacy.firm_id.in_(sa.select(Firm.id).where(Firm.township_id.in_(townships)))


def _owned(owner: str, viewer: User | None) -> sa.ColumnElement[bool]:
    if owner == "none":
        return Candidacy.owner_id.is_(None)
    return Candidacy.owner_id == ((viewer.id if viewer else 0) if owner == "mine" else int(owner))


def _is_stale(today: date) -> sa.ColumnElement[bool]:
    """As stages.is_stale tells it; a test compares."""
    return sa.or_(
        *(
            sa.and_(Candidacy.stage == stage, Candidacy.active_on < today - timedelta(days=days))
            for stage, days in STALE_AFTER.items()
        )
    )


def _counts(conditions: Sequence[sa.ColumnElement[bool]], today: date) -> dict[Stage, tuple[int, int]]:
    """Of each stage: how many, and how many of them have stood still for too long. Counted by day, which the index
    holds in order; what is stale is told by the domain alone."""
    by_day: Any = sa.select(Candidacy.stage, Candidacy.active_on, sa.func.count()).where(*conditions)
    counts: dict[Stage, tuple[int, int]] = {}
    for stage, day, number in db.session.execute(by_day.group_by(Candidacy.stage, Candidacy.active_on)):
        known, late = counts.get(stage, (0, 0))
        counts[stage] = (known + number, late + (number if is_stale(stage, day, today) else 0))
    return counts


def _net(asked: CandidacyFilter, viewer: User | None, today: date) -> dict[Stage, int]:
    """This month's moves into a stage less those out of it, of the candidacies the filter is about."""
    about = _of_any_stage(replace(asked, stale=None), viewer, today)
    moved: Any = sa.select(StageMove.from_stage, StageMove.to_stage, sa.func.count())
    meant = sa.exists().where(Candidacy.id == StageMove.candidacy_id, *about)  # a month's moves are few: they lead
    moved = moved.where(StageMove.moved_on >= today.replace(day=1), StageMove.undone_at.is_(None), meant)
    net: dict[Stage, int] = {}
    for before, after, number in db.session.execute(moved.group_by(StageMove.from_stage, StageMove.to_stage)):
        net[after] = net.get(after, 0) + number
        if before:
            net[before] = net.get(before, 0) - number
    return net
