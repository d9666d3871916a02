"""指标规划: how many certificates the picked firms bring, how sure the target is, how many more must be won, and where.

Over the whole county, whoever looks: the target is the county's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import Campaign, Candidacy, Firm, Prediction, Scoring, Township, User
from crm.queries.candidate_filter import CandidateFilter
from crm.queries.candidates import INTENDING, newest_campaign
from crm.queries.scope import top_townships
from pipelines.vocabulary import Stage, Title

TARGET = 100  # 新认定 100 家 a year: the county plan's number
CONFIDENCE = 0.9
_NOBODY, _NOWHERE = "未分派", "未填镇街"


class Share(NamedTuple):
    """One township or officer: firms picked, what they bring, firms still to be won there."""

    name: str
    picked: int
    expected: float
    more: int


@dataclass(frozen=True)
class Plan:
    """outlook: see pipelines/classifier/quota.py. more: firms to be won besides, the most promising first; None: all
    are too few. naive: target ÷ mean chance, the number people reckon with. unscored: picked beside the picked ones,
    but no candidates of the scoring."""

    campaign: Campaign | None
    target: int
    picked: int
    passed: int
    unscored: int
    outlook: Any
    more: int | None
    naive: int | None
    tau: float
    townships: Sequence[Share]
    owners: Sequence[Share]

    @property
    def bar(self) -> dict[str, float]:
        """Where things stand on a line of 100 parts: the interval, the expectation, the target."""
        longest = 1.15 * max(self.target, self.outlook.hi, 1)
        places = {
            "lo": self.outlook.lo,
            "hi": self.outlook.hi,
            "expected": self.outlook.expected,
            "target": self.target,
        }
        scaled = {name: round(value / longest * 100, 1) for name, value in places.items()}
        return scaled | {"width": round(scaled["hi"] - scaled["lo"], 1)}


class _Firm(NamedTuple):
    id: int
    township: str
    owner: str
    chance: float


def plan(asked: CandidateFilter, scoring: Scoring) -> Plan:
    from pipelines.classifier.quota import outlook, still_needed  # slow import

    campaign = db.session.get(Campaign, asked.campaign) if asked.campaign else newest_campaign()
    target = asked.target or (campaign and campaign.target_number) or TARGET
    members = _members(campaign) if campaign else {}
    passed = sum(stage is Stage.RECOGNIZED for stage in members.values())
    still_open = {firm_id: stage for firm_id, stage in members.items() if stage is not Stage.RECOGNIZED}
    firms = _firms(scoring, still_open)
    picked = [firm for firm in firms if firm.id in still_open]
    waiting = [firm for firm in firms if firm.id not in members]
    tau = float(scoring.version.card["tau"])
    shift = int(asked.strictness or 0) * tau / 2
    chances, others = _chances(picked), _chances(waiting)
    more = still_needed(chances, others, target, CONFIDENCE, tau, shift, passed)
    won = waiting[: more or 0]
    mean = sum(chances) / len(chances) if len(chances) else 0.0
    return Plan(
        campaign=campaign,
        target=target,
        picked=len(picked),
        passed=passed,
        unscored=len(still_open) - len(picked),
        outlook=outlook(chances, target, tau, shift, passed),
        more=more,
        naive=round((target - passed) / mean) + passed if mean else None,
        tau=tau,
        townships=_shares(picked, won, "township"),
        owners=_shares(picked, won, "owner"),
    )


def campaign_outlook(scoring: Scoring) -> Any:
    """What the newest campaign is expected to bring, as the plan tells it; None without one or without members."""
    from pipelines.classifier.quota import outlook  # slow import

    campaign = newest_campaign()
    members = _members(campaign) if campaign else {}
    if campaign is None or not members:
        return None
    passed = sum(stage is Stage.RECOGNIZED for stage in members.values())
    still_open = {firm_id: stage for firm_id, stage in members.items() if stage is not Stage.RECOGNIZED}
    chances = _chances(_firms(scoring, still_open, among=list(still_open)))
    return outlook(chances, campaign.target_number or TARGET, float(scoring.version.card["tau"]), 0.0, passed)


def _members(campaign: Campaign) -> dict[int, Stage]:
    """Firms on their way to a first certificate in this campaign, and those that have it by now."""
    chosen = sa.select(Candidacy.firm_id, Candidacy.stage).where(
        Candidacy.campaign_id == campaign.id,
        Candidacy.target == Title.HIGH_TECH,
        ~Candidacy.is_renewal,
        sa.or_(Candidacy.closed_on.is_(None), Candidacy.stage == Stage.RECOGNIZED),
    )
    rows: Any = db.session.execute(chosen).all()
    return dict(rows)


def _firms(scoring: Scoring, stages: Mapping[int, Stage], among: Sequence[int] | None = None) -> list[_Firm]:
    """The most promising first. Who has said that it applies passes like an applicant, another by its potential.

    among: the firms looked at; None: every candidate.
    """
    rows: Any = sa.select(
        Prediction.firm_id, Prediction.p_pass, Prediction.potential, Prediction.has_applied, Firm.township_id, User.name
    )
    rows = rows.select_from(Prediction).join(Firm, Firm.id == Prediction.firm_id)
    rows = rows.outerjoin(User, User.id == Firm.owner_id)
    rows = rows.where(Prediction.scoring_id == scoring.id, Firm.archived_at.is_(None))
    if among is not None:
        rows = rows.where(Prediction.firm_id.in_(among))
    tops, names = top_townships(), _township_names()
    return [
        _Firm(
            firm_id,
            names.get(tops.get(township or 0, 0), _NOWHERE),
            owner or _NOBODY,
            p_pass if applied or stages.get(firm_id) in INTENDING else potential,
        )
        for firm_id, p_pass, potential, applied, township, owner in db.session.execute(
            rows.order_by(Prediction.potential.desc(), Prediction.firm_id)
        )
    ]


def _township_names() -> dict[int, str]:
    rows: Any = db.session.execute(sa.select(Township.id, Township.name)).all()
    return dict(rows)


def _chances(firms: Sequence[_Firm]) -> Any:
    import numpy as np  # slow import

    return np.array([firm.chance for firm in firms], dtype=float)


def _shares(picked: Sequence[_Firm], won: Sequence[_Firm], by: str) -> list[Share]:
    """The largest first; what is still to be won is told by where the most promising are."""
    names = {getattr(firm, by) for firm in (*picked, *won)}
    shares = [
        Share(
            name,
            sum(getattr(firm, by) == name for firm in picked),
            sum(firm.chance for firm in picked if getattr(firm, by) == name),
            sum(getattr(firm, by) == name for firm in won),
        )
        for name in names
    ]
    return sorted(shares, key=lambda share: (-share.picked, -share.more, share.name))
