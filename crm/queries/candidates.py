"""候选名单: candidates in the model's order, the rules beside it; and how many certificates a list brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from crm.extensions import db
from crm.models import (
    Campaign,
    Candidacy,
    Firm,
    LatestEvaluation,
    ModelVersion,
    Prediction,
    Township,
    User,
)
from crm.queries.parameters import LARGEST_ID, Parameter, one_of, understood, whole_number
from crm.queries.scope import areas_within, within_scope
from pipelines.vocabulary import PotentialTier, Programme, ShortlistTier, Title

TARGET = 100  # 新认定 100 家 a year: the county plan's number
_BARS = {PotentialTier.A: 0.45, PotentialTier.B: 0.30, PotentialTier.C: 0.15, PotentialTier.D: 0.0}
_PARAMETERS = {
    "tier": Parameter(one_of([each.value for each in PotentialTier])),
    "shortlist": Parameter(one_of([each.value for each in ShortlistTier])),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "campaign": Parameter(whole_number(1, LARGEST_ID)),
    "target": Parameter(whole_number(1, 5000)),
    "page": Parameter(whole_number(1, 10**9)),
    "size": Parameter(lambda text: int(one_of(["20", "50", "100"])(text))),
}
_READ = (
    Firm.id, Firm.name, Firm.uscc, Township.name.label("township"), User.name.label("owner"), Prediction.p_pass,
    Prediction.low, Prediction.high, Prediction.p_apply, Prediction.potential, Prediction.reasons,
    LatestEvaluation.verdict, LatestEvaluation.shortlist, LatestEvaluation.gap_words, LatestEvaluation.missed_count,
    LatestEvaluation.open_count, LatestEvaluation.data_ratio, Candidacy.id.label("candidacy_id"), Candidacy.stage,
)  # fmt: skip


@dataclass(frozen=True)
class CandidateFilter:
    """campaign: whose candidates the planner counts; target: how many certificates are wanted."""

    tier: str | None = None
    shortlist: str | None = None
    township: int | None = None
    campaign: int | None = None
    target: int = TARGET
    page: int = 1
    size: int = 50
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "CandidateFilter":
        values, senseless = understood(args, _PARAMETERS)
        return cls(**values, ignored=tuple(f"没有用上看不懂的条件：{text}" for text in senseless))

    def to_args(self) -> dict[str, Any]:
        return {
            field.name: value
            for field in fields(self)
            if field.name not in ("page", "ignored") and (value := getattr(self, field.name)) != field.default
        }


@dataclass(frozen=True)
class CandidatePage:
    rows: Sequence[Any]
    counts: Mapping[PotentialTier, int]
    total: int
    number: int
    size: int
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class Plan:
    """picked: candidacies of the campaign with what they will bring; ready: of all candidates the likeliest first, how
    many must apply for nine chances in ten; more: how many beyond those picked."""

    campaign: Campaign | None
    picked: Any
    needed: int | None
    more: int | None


def live_version() -> ModelVersion | None:
    return db.session.scalar(sa.select(ModelVersion).filter_by(is_live=True))


def newest_version() -> ModelVersion | None:
    return db.session.scalar(sa.select(ModelVersion).order_by(ModelVersion.id.desc()).limit(1))


def versions() -> Sequence[ModelVersion]:
    return db.session.scalars(sa.select(ModelVersion).order_by(ModelVersion.id.desc()).limit(20)).all()


def tier_of(potential: float) -> PotentialTier:
    return next(tier for tier, bar in _BARS.items() if potential >= bar)


def candidate_page(asked: CandidateFilter, version: ModelVersion, viewer: User | None) -> CandidatePage:
    every = _of_version(asked, version, viewer)
    ranks = sa.case(*((Prediction.potential >= bar, tier.value) for tier, bar in _BARS.items()))
    counted: Any = db.session.execute(
        every.with_only_columns(ranks, sa.func.count()).order_by(None).group_by(ranks)
    ).all()
    counts = {PotentialTier(tier): number for tier, number in counted}
    rows = candidate_rows(asked, version, viewer)
    total = sum(number for tier, number in counts.items() if asked.tier in (None, tier.value))
    number = min(asked.page, max(1, -(-total // asked.size)))
    shown = db.session.execute(rows.limit(asked.size).offset((number - 1) * asked.size)).all()
    return CandidatePage(shown, {tier: counts.get(tier, 0) for tier in PotentialTier}, total, number, asked.size)


def candidate_rows(asked: CandidateFilter, version: ModelVersion, viewer: User | None) -> sa.Select[Any]:
    """The most promising first."""
    every = _of_version(asked, version, viewer)
    if asked.tier:
        tiers = list(_BARS)
        bar = _BARS[PotentialTier(asked.tier)]
        above = [_BARS[tier] for tier in tiers[: tiers.index(PotentialTier(asked.tier))]]
        every = every.where(Prediction.potential >= bar)
        every = every.where(Prediction.potential < min(above)) if above else every
    return every


def plan(asked: CandidateFilter, version: ModelVersion) -> Plan:
    """Over the whole county, whoever looks: the target is the county's."""
    from pipelines.classifier.quota import needed, outlook  # slow import

    campaign = db.session.get(Campaign, asked.campaign) if asked.campaign else _newest_campaign()
    scored = sa.select(Prediction.firm_id, Prediction.p_pass, Prediction.potential).where(*_as_scored(version))
    rows: Any = db.session.execute(scored.order_by(Prediction.potential.desc())).all()
    members = _members(campaign) if campaign else set()
    picked = [row.p_pass for row in rows if row.firm_id in members]
    ordered = [*picked, *(row.p_pass for row in rows if row.firm_id not in members)]
    wanted = _needed(ordered, len(picked), asked.target)
    more = None if wanted is None else max(0, wanted - len(picked))
    return Plan(campaign, outlook(picked, asked.target), needed([row.p_pass for row in rows], asked.target), more)


def _needed(ordered: list[float], picked: int, target: int) -> int | None:
    """How many must apply when those picked are in it anyway and the most promising are won next."""
    from pipelines.classifier.quota import outlook

    low, high = picked, len(ordered)
    if outlook(ordered, target).sure < 0.9:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if outlook(ordered[:middle], target).sure >= 0.9 else (middle + 1, high)
    return low


def _members(campaign: Campaign) -> set[int]:
    still = sa.select(Candidacy.firm_id).where(Candidacy.campaign_id == campaign.id, Candidacy.closed_on.is_(None))
    return set(db.session.scalars(still.where(~Candidacy.is_renewal)))


def _newest_campaign() -> Campaign | None:
    newest = (
        sa.select(Campaign)
        .where(Campaign.programme == Title.HIGH_TECH)
        .order_by(Campaign.year.desc(), Campaign.id.desc())
    )
    return db.session.scalar(newest.limit(1))


def _as_scored(version: ModelVersion) -> tuple[sa.ColumnElement[bool], ...]:
    return Prediction.version_id == version.id, Prediction.as_of == version.scored_on


def _of_version(asked: CandidateFilter, version: ModelVersion, viewer: User | None) -> sa.Select[Any]:
    judged = sa.and_(LatestEvaluation.firm_id == Firm.id, LatestEvaluation.programme == Programme.HIGH_TECH)
    open_one = sa.and_(Candidacy.firm_id == Firm.id, Candidacy.target == Title.HIGH_TECH, Candidacy.closed_on.is_(None))
    rows: Any = sa.select(*_READ).select_from(Prediction).join(Firm, Firm.id == Prediction.firm_id)
    rows = rows.outerjoin(Township, Township.id == Firm.township_id).outerjoin(User, User.id == Firm.owner_id)
    rows = rows.outerjoin(LatestEvaluation, judged).outerjoin(Candidacy, open_one)
    rows = rows.where(*_as_scored(version), Firm.archived_at.is_(None))
    if asked.shortlist:
        rows = rows.where(LatestEvaluation.shortlist == ShortlistTier(asked.shortlist))
    if asked.township:
        rows = rows.where(Firm.township_id.in_(areas_within({asked.township})))
    return within_scope(rows, viewer, Firm.township_id).order_by(Prediction.potential.desc(), Firm.id)


def visible_firms(firm_ids: Sequence[int], viewer: User | None) -> list[int]:
    wanted: Any = sa.select(Firm.id).where(Firm.id.in_(firm_ids))
    return list(db.session.scalars(within_scope(wanted, viewer, Firm.township_id).order_by(Firm.id)))


def steps(p_pass: float, low: float, high: float) -> str:
    """65%（55–75）: in steps of five, for more would be false precision."""
    told, bottom, top = (round(share * 20) * 5 for share in (p_pass, low, high))
    return f"{told}%（{bottom}–{top}）"
