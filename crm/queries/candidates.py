"""候选名单: candidates in the model's order, the rules beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.extensions import db
from crm.models import (
    Campaign,
    Candidacy,
    Evaluation,
    Firm,
    LatestEvaluation,
    Prediction,
    Scoring,
    Standing,
    Township,
    User,
    Visit,
)
from crm.queries.candidate_filter import LISTS, CandidateFilter
from crm.queries.firm_conditions import conditions_of
from crm.queries.scope import within_scope
from crm.queries.search import firms_with
from pipelines.classifier.bars import BARS, UNCLEAR_GATES, tier_of
from pipelines.vocabulary import PotentialTier, Programme, ShortlistTier, Stage, Title, Verdict

_FIXABLE = (ShortlistTier.PAPERS_MISSING, ShortlistTier.ONE_GAP)
# The eight conditions of 32号 第十一条: sign, name, and the conditions of the edition that it holds together.
GATES = (
    ("年", "成立满一年", ("age",)),
    ("权", "知识产权", ("ip", "ip_supports_products")),
    ("域", "技术领域", ("tech_field",)),
    ("人", "科技人员占比", ("tech_staff_ratio",)),
    ("研", "研发费用占比", ("rd_ratio", "domestic_rd_ratio")),
    ("品", "高新收入占比", ("high_tech_ratio", "main_product_ratio")),
    ("分", "创新能力评分", ("innovation_score",)),
    ("法", "无重大事故和违法", ("no_serious_violation",)),
)
_WORST_FIRST = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.TO_CONFIRM, Verdict.MET)


class Gate(NamedTuple):
    """One of the eight dots: its sign, its name, and how it stands."""

    sign: str
    name: str
    verdict: Verdict


@dataclass(frozen=True)
class CandidatePage:
    """counts: firms a tier of potential; lists: firms a view of the list."""

    rows: Sequence[Any]
    counts: Mapping[PotentialTier, int]
    lists: Mapping[str, int]
    total: int
    number: int
    size: int
    total_is_capped: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def tier_words(row: Any) -> str:
    """B（C–A）: the tier, and what it would be if the exponent nobody can know were 1, or a quarter."""
    tier, low, high = (tier_of(share) for share in (row.potential, row.potential_low, row.potential_high))
    letters = [each.label.split()[0] for each in (low, high)]
    return tier.label if letters[0] == letters[1] else f"{tier.label}（{letters[0]}–{letters[1]}）"


def chance_words(row: Any, tells: bool) -> str:
    """65%（55–75）: in steps of five, for more would be false precision; only of a firm that applies."""
    if not tells or not is_decided_to_apply(row):
        return "—"
    told, bottom, top = (round(share * 20) * 5 for share in (row.p_pass, row.low, row.high))
    return f"{min(max(told, 5), 95)}%（{bottom}–{top}）"


# From here on a firm has said that it applies: the chance of applicants is its chance, too.
INTENDING = (
    Stage.INTENDED, Stage.COACHING, Stage.PREPARING, Stage.SUBMITTED, Stage.COUNTY_REVIEW, Stage.RECOMMENDED,
    Stage.PROVINCE_REVIEW, Stage.PUBLICIZED,
)  # fmt: skip


def is_decided_to_apply(row: Any) -> bool:
    return row.has_applied or row.stage in INTENDING


def gates_of(findings: Mapping[str, str] | None) -> list[Gate]:
    return [Gate(sign, name, _worst([(findings or {}).get(each) for each in ids])) for sign, name, ids in GATES]


def _worst(verdicts: Sequence[str | None]) -> Verdict:
    told = {verdict for verdict in verdicts if verdict}
    return next((each for each in _WORST_FIRST if each.value in told), Verdict.UNKNOWN)


def candidate_page(asked: CandidateFilter, scoring: Scoring, viewer: User | None, today: date) -> CandidatePage:
    every = _of_scoring(asked, scoring, viewer, today)
    rank = sa.case(*((Prediction.potential >= bar, tier.value) for tier, bar in BARS.items()))
    campaign_id = chosen_campaign(asked)
    views = {name: sa.func.sum(sa.case((_view(name, campaign_id), 1), else_=0)) for name in LISTS}
    counted: Any = db.session.execute(
        every.with_only_columns(rank, sa.func.count(), *views.values()).order_by(None).group_by(rank)
    ).all()
    lists = {name: sum(int(row[2 + place] or 0) for row in counted) for place, name in enumerate(views)}
    narrowed = every.where(_view(asked.list, campaign_id)) if asked.list else every
    tiers: Any = db.session.execute(
        narrowed.with_only_columns(rank, sa.func.count()).order_by(None).group_by(rank)
    ).all()
    counts = dict.fromkeys(PotentialTier, 0) | {PotentialTier(value): number for value, number in _labelled(tiers)}
    total = sum(number for tier, number in counts.items() if asked.potential in (None, tier.value))
    number = min(asked.page, max(1, -(-total // asked.size)))
    shown = candidate_rows(asked, scoring, viewer, today).limit(asked.size).offset((number - 1) * asked.size)
    return CandidatePage(db.session.execute(shown).all(), counts, lists, total, number, asked.size)


def _labelled(rows: Sequence[Any]) -> list[tuple[Any, int]]:
    words = {tier.value: tier for tier in PotentialTier}
    return [(words[value], number) for value, number in rows]


def candidate_rows(asked: CandidateFilter, scoring: Scoring, viewer: User | None, today: date) -> sa.Select[Any]:
    """The most promising first."""
    rows = _of_scoring(asked, scoring, viewer, today)
    if asked.list:
        rows = rows.where(_view(asked.list, chosen_campaign(asked)))
    if asked.potential:
        rows = rows.where(*_between(asked.potential))
    return rows


def _between(tier: str) -> list[sa.ColumnElement[bool]]:
    values = [each.value for each in BARS]
    place = values.index(tier)
    bars = list(BARS.values())
    above = [Prediction.potential < bars[place - 1]] if place else []
    return [Prediction.potential >= bars[place], *above]


def _view(name: str, campaign_id: int | None) -> sa.ColumnElement[bool]:
    """campaign_id: whose picked firms are meant.

    A known failing gate keeps a firm out of 建议直接申报, whatever the model says: the rule decides.
    """
    missed = sa.func.coalesce(LatestEvaluation.missed_count, 0)
    return {
        "ready": sa.and_(missed == 0, Prediction.potential >= BARS[PotentialTier.B],
                         Prediction.unknown_gates < UNCLEAR_GATES),
        "one_gap": LatestEvaluation.missed_count == 1,
        "fixable": LatestEvaluation.shortlist.in_(_FIXABLE),
        "borderline": Prediction.is_borderline.is_(True),
        "unclear": Prediction.unknown_gates >= UNCLEAR_GATES,
        "doubtful": Prediction.question_count > 0,
        "explored": Prediction.explores.is_(True),
        "picked": sa.and_(Candidacy.campaign_id == campaign_id, ~Candidacy.is_renewal),
    }[name]  # fmt: skip


_READ = (
    Firm.id, Firm.name, Firm.uscc, Firm.township_id, Township.name.label("township"), User.name.label("owner"),
    Prediction.p_pass, Prediction.low, Prediction.high, Prediction.potential, Prediction.potential_low,
    Prediction.potential_high, Prediction.unknown_gates, Prediction.has_applied, Prediction.is_borderline,
    Prediction.explores, LatestEvaluation.shortlist, LatestEvaluation.gap_words, LatestEvaluation.missed_count,
    LatestEvaluation.open_count, LatestEvaluation.data_ratio, Evaluation.findings, Evaluation.missed,
    Candidacy.id.label("candidacy_id"), Candidacy.stage, Candidacy.campaign_id,
)  # fmt: skip


def _last_visit() -> Any:
    visited = sa.select(sa.func.max(Visit.visited_on)).where(Visit.firm_id == Firm.id)
    return visited.correlate(Firm).scalar_subquery().label("last_visit")


def _of_scoring(asked: CandidateFilter, scoring: Scoring, viewer: User | None, today: date) -> sa.Select[Any]:
    judged = sa.and_(LatestEvaluation.firm_id == Firm.id, LatestEvaluation.programme == Programme.HIGH_TECH)
    open_one = sa.and_(Candidacy.firm_id == Firm.id, Candidacy.target == Title.HIGH_TECH, Candidacy.closed_on.is_(None))
    rows: Any = sa.select(*_READ, _last_visit()).select_from(Prediction).join(Firm, Firm.id == Prediction.firm_id)
    rows = rows.join(Standing, Standing.firm_id == Firm.id)
    rows = rows.outerjoin(Township, Township.id == Firm.township_id).outerjoin(User, User.id == Firm.owner_id)
    rows = rows.outerjoin(LatestEvaluation, judged).outerjoin(Candidacy, open_one)
    rows = rows.outerjoin(Evaluation, Evaluation.id == LatestEvaluation.evaluation_id)
    rows = rows.where(Prediction.scoring_id == scoring.id)
    rows = rows.where(*(condition.hidden() for condition in conditions_of(asked.firms, viewer, today)))
    if asked.firms.q:
        rows = rows.where(Firm.id.in_(firms_with(asked.firms.q)))
    return within_scope(rows, viewer, Firm.township_id).order_by(Prediction.potential.desc(), Firm.id)


def biggest_gap(row: Any) -> str:
    """The one condition that keeps the firm out, or the first of several with how many more."""
    if row.gap_words:
        return row.gap_words
    missed = [each.get("words") for each in row.missed or () if each.get("words")]
    if not missed:
        return "—"
    return missed[0] if len(missed) == 1 else f"{missed[0]}；另有 {len(missed) - 1} 项未达标"


def visible_firms(firm_ids: Sequence[int], viewer: User | None) -> list[int]:
    wanted: Any = sa.select(Firm.id).where(Firm.id.in_(firm_ids))
    return list(db.session.scalars(within_scope(wanted, viewer, Firm.township_id).order_by(Firm.id)))


def best_unpicked(asked: CandidateFilter, scoring: Scoring, viewer: User | None, today: date, count: int) -> list[int]:
    """The first so many of the filtered list that stand in no open candidacy."""
    rows = candidate_rows(asked, scoring, viewer, today).where(Candidacy.id.is_(None))
    return [row.id for row in db.session.execute(rows.limit(count))]


def chosen_campaign(asked: CandidateFilter) -> int | None:
    if asked.campaign:
        return asked.campaign
    newest = newest_campaign()
    return newest.id if newest else None


def newest_campaign() -> Campaign | None:
    newest = sa.select(Campaign).where(Campaign.programme == Title.HIGH_TECH)
    return db.session.scalar(newest.order_by(Campaign.year.desc(), Campaign.id.desc()).limit(1))
