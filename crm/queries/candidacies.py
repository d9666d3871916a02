"""Candidacies as a board and as a list: two faces of one filter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Campaign, Candidacy, Firm, LatestEvaluation, Material, StageMove, Township, User
from crm.queries.parameters import LARGEST_ID, Parameter, matching, one_of, understood, whole_number
from crm.queries.scope import areas_within, visible_townships
from pipelines.funnel.stages import ENDED, OPEN, STALE_AFTER, Situation
from pipelines.vocabulary import MaterialState, Programme, Stage, Title

BOARD, LIST = "board", "list"
STATES = {"open": "未结束", "ended": "已结束", "all": "全部"}
TARGETS = (Title.HIGH_TECH, Title.TECH_SME, Title.NATIONAL_TECH_SME, Title.LITTLE_GIANT, Title.LEADING)
_CARDS_A_STAGE = 20
_PARAMETERS = {
    "face": Parameter(one_of([BOARD, LIST])),
    "campaign": Parameter(whole_number(1, LARGEST_ID)),
    "target": Parameter(one_of([each.value for each in TARGETS])),
    "stage": Parameter(one_of([each.value for each in Stage])),
    "state": Parameter(one_of(STATES)),
    "owner": Parameter(matching(r"mine|none|[0-9]{1,9}")),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "stale": Parameter(one_of(["yes"])),
    "page": Parameter(whole_number(1, 10**9)),
    "size": Parameter(lambda text: int(one_of(["20", "50", "100"])(text))),
}
_READ = (
    Candidacy.id, Candidacy.firm_id, Candidacy.target, Candidacy.stage, Candidacy.stage_since, Candidacy.active_on,
    Candidacy.due_on, Candidacy.is_renewal, Candidacy.closed_on, Candidacy.reason, Firm.name, Firm.uscc,
    Township.name.label("township"), User.name.label("owner"), Campaign.year.label("campaign_year"),
    Campaign.round.label("campaign_round"), LatestEvaluation.gap_words, LatestEvaluation.shortlist,
)  # fmt: skip


@dataclass(frozen=True)
class CandidacyFilter:
    face: str = BOARD
    campaign: int | None = None
    target: str | None = None
    stage: str | None = None
    state: str = "open"
    owner: str | None = None
    township: int | None = None
    stale: str | None = None
    page: int = 1
    size: int = 50
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "CandidacyFilter":
        values, senseless = understood(args, _PARAMETERS)
        return cls(**values, ignored=tuple(f"没有用上看不懂的条件：{text}" for text in senseless))

    def to_args(self) -> dict[str, Any]:
        return {
            field.name: value
            for field in fields(self)
            if field.name not in ("page", "ignored") and (value := getattr(self, field.name)) != field.default
        }


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


@dataclass(frozen=True)
class CandidacyPage:
    rows: Sequence[Any]
    total: int
    number: int
    size: int
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def board(asked: CandidacyFilter, viewer: User | None, today: date) -> tuple[Column, ...]:
    """Every open stage, in the same number of queries whatever stands on it."""
    conditions = [*_conditions(asked, viewer, today), Candidacy.stage.in_(OPEN)]
    counts, stale = _counts(conditions), _counts([*conditions, _is_stale(today)])
    net = _net(asked, viewer, today)
    cards: dict[Stage, list[Any]] = {stage: [] for stage in OPEN}
    for row in db.session.execute(_cards(conditions)):
        cards[row.stage].append(row)
    return tuple(
        Column(stage, counts.get(stage, 0), stale.get(stage, 0), net.get(stage, 0), cards[stage]) for stage in OPEN
    )


def candidacy_page(asked: CandidacyFilter, viewer: User | None, today: date) -> CandidacyPage:
    conditions = _conditions(asked, viewer, today)
    counted = _with_firm(sa.func.count()).where(*conditions)
    total = db.session.scalar(counted) or 0
    number = min(asked.page, max(1, -(-total // asked.size)))
    rows = candidacy_rows(asked, viewer, today).limit(asked.size).offset((number - 1) * asked.size)
    return CandidacyPage(db.session.execute(rows).all(), total, number, asked.size)


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
    shown: Any = _with_firm(*_READ)
    shown = shown.outerjoin(Township, Township.id == Firm.township_id).outerjoin(User, User.id == Candidacy.owner_id)
    return shown.outerjoin(Campaign, Campaign.id == Candidacy.campaign_id).outerjoin(LatestEvaluation, judged)


def _cards(conditions: Sequence[sa.ColumnElement[bool]]) -> Any:
    """The longest standing of each stage: as many small looks into the index as there are stages, in one statement."""
    first = [
        _with_firm(Candidacy.id)
        .where(*conditions, Candidacy.stage == stage)
        .order_by(Candidacy.active_on, Candidacy.id)
        .limit(_CARDS_A_STAGE)
        .subquery()
        for stage in OPEN
    ]
    ids = sa.union_all(*(sa.select(each.c.id) for each in first)).subquery()
    return _shown().where(Candidacy.id.in_(sa.select(ids.c.id))).order_by(Candidacy.active_on, Candidacy.id)


def _with_firm(*columns: Any) -> Any:
    return sa.select(*columns).select_from(Candidacy).join(Firm, Firm.id == Candidacy.firm_id)


def _conditions(asked: CandidacyFilter, viewer: User | None, today: date) -> list[sa.ColumnElement[bool]]:
    return [Firm.archived_at.is_(None), *_asked(asked, viewer, today)]


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
        yield Firm.township_id.in_(areas_within({asked.township}))
    if asked.stale:
        yield _is_stale(today)
    if (townships := visible_townships(viewer)) is not None:
        yield Firm.township_id.in_(townships)


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


def _counts(conditions: Sequence[sa.ColumnElement[bool]]) -> dict[Stage, int]:
    counted = _with_firm(Candidacy.stage, sa.func.count())
    rows = db.session.execute(counted.where(*conditions).group_by(Candidacy.stage))
    return dict(tuple(row) for row in rows)


def _net(asked: CandidacyFilter, viewer: User | None, today: date) -> dict[Stage, int]:
    """This month's moves into a stage less those out of it, of the candidacies the filter is about."""
    about = _conditions(replace(asked, stage=None, state="all", stale=None), viewer, today)
    moved: Any = sa.select(StageMove.from_stage, StageMove.to_stage, sa.func.count()).select_from(StageMove)
    moved = moved.join(Candidacy, Candidacy.id == StageMove.candidacy_id).join(Firm, Firm.id == Candidacy.firm_id)
    moved = moved.where(StageMove.moved_on >= today.replace(day=1), StageMove.undone_at.is_(None), *about)
    net: dict[Stage, int] = {}
    for before, after, number in db.session.execute(moved.group_by(StageMove.from_stage, StageMove.to_stage)):
        net[after] = net.get(after, 0) + number
        if before:
            net[before] = net.get(before, 0) - number
    return net
