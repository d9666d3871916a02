"""Campaigns: their windows, how far their candidacies are, what has changed since the list was frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.extensions import db
from crm.models import Application, Campaign, Candidacy, Firm, FrozenCandidate, Recognition
from crm.queries.parameters import LARGEST_ID
from pipelines.funnel.stages import OPEN
from pipelines.vocabulary import ApplicationResult, Stage

_SHOWN = 100

# 国科发火〔2016〕32号 第十二条: what an application for 高企 consists of; a ? marks what not every firm has.
HIGH_TECH_MATERIALS = (
    "认定申请书", "营业执照等注册登记证件", "知识产权证明", "科研项目立项证明（RD）", "科技成果转化证明",
    "研究开发组织管理证明", "高新技术产品（服务）关键技术指标和质检报告（PS）",
    "生产批文、认证证书（有行业准入要求的）?", "职工和科技人员情况说明",
    "近三年研发费用和近一年高品收入专项审计报告", "近三年财务会计报告", "近三年企业所得税年度纳税申报表",
    "承诺书", "参与制定标准的证明?",
)  # fmt: skip


@dataclass(frozen=True)
class CampaignState:
    """How many candidacies are in it, still open, and recognised."""

    campaign: Campaign
    total: int
    open: int
    recognized: int


@dataclass(frozen=True)
class Drift:
    """What has changed since the freeze: names of firms that came in, and that went."""

    came: Sequence[str]
    gone: Sequence[str]


def campaign_states() -> list[CampaignState]:
    """The newest first."""
    newest = sa.select(Campaign).options(selectinload(Campaign.windows))
    campaigns = db.session.scalars(newest.order_by(Campaign.year.desc(), Campaign.programme, Campaign.id.desc())).all()
    counts = stage_counts()
    return [_state(campaign, counts.get(campaign.id, {})) for campaign in campaigns]


def stage_counts(campaign_id: int | None = None) -> dict[int, dict[Stage, int]]:
    counted = sa.select(Candidacy.campaign_id, Candidacy.stage, sa.func.count()).join(
        Firm, Firm.id == Candidacy.firm_id
    )
    counted = counted.where(Candidacy.campaign_id.is_not(None), Firm.archived_at.is_(None))
    if campaign_id:
        counted = counted.where(Candidacy.campaign_id == campaign_id)
    counts: dict[int, dict[Stage, int]] = {}
    for campaign, stage, number in db.session.execute(counted.group_by(Candidacy.campaign_id, Candidacy.stage)):
        counts.setdefault(campaign or 0, {})[stage] = number
    return counts


def find_campaign(campaign_id: int) -> Campaign | None:
    return db.session.get(Campaign, campaign_id) if 0 < campaign_id <= LARGEST_ID else None


def campaign_pairs() -> list[tuple[object, str]]:
    newest = sa.select(Campaign).order_by(Campaign.year.desc(), Campaign.programme, Campaign.id.desc())
    return [(campaign.id, campaign.name) for campaign in db.session.scalars(newest)]


def drift(campaign: Campaign) -> Drift:
    frozen = set(db.session.scalars(sa.select(FrozenCandidate.firm_id).filter_by(campaign_id=campaign.id)))
    now = set(db.session.scalars(sa.select(Candidacy.firm_id).filter_by(campaign_id=campaign.id, closed_on=None)))
    names = sa.select(Firm.id, Firm.name).where(Firm.id.in_(frozen ^ now)).order_by(Firm.id)
    told = db.session.execute(names).all()
    return Drift([name for key, name in told if key in now], [name for key, name in told if key in frozen])


def left_behind(campaign: Campaign) -> Sequence[Any]:
    """Candidacies that are still open although an official list has told their end since they were opened."""
    given = sa.exists().where(
        Recognition.firm_id == Candidacy.firm_id,
        Recognition.title == Candidacy.target,
        Recognition.recognized_on >= Candidacy.opened_on,
    )
    decided = sa.exists().where(
        Application.firm_id == Candidacy.firm_id,
        Application.programme == Candidacy.target,
        Application.year == campaign.year,
        Application.result.in_((ApplicationResult.PASSED, ApplicationResult.FAILED)),
        sa.or_(Application.result == ApplicationResult.FAILED, Candidacy.stage != Stage.PUBLICIZED),
    )
    told = sa.select(Candidacy.id, Candidacy.stage, Firm.name).join(Firm, Firm.id == Candidacy.firm_id)
    told = told.where(Candidacy.campaign_id == campaign.id, Candidacy.closed_on.is_(None), Firm.archived_at.is_(None))
    return db.session.execute(told.where(sa.or_(given, decided)).order_by(Firm.name).limit(_SHOWN)).all()


def _state(campaign: Campaign, counts: Mapping[Stage, int]) -> CampaignState:
    still_open = sum(number for stage, number in counts.items() if stage in OPEN)
    return CampaignState(campaign, sum(counts.values()), still_open, counts.get(Stage.RECOGNIZED, 0))
