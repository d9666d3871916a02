"""Who is on the way to a 高企 certificate in the invented county: this year's round under review, next year's begun."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pipelines.vocabulary import Stage
from seeds.draws import picked, stream

# stage → weight; this year's round has been handed in, next year's is being prepared.
_THIS_YEAR = {
    Stage.PREPARING: 6, Stage.SUBMITTED: 4, Stage.COUNTY_REVIEW: 6, Stage.RECOMMENDED: 8, Stage.PROVINCE_REVIEW: 46,
    Stage.PUBLICIZED: 14, Stage.REJECTED: 10, Stage.WITHDRAWN: 2, Stage.ABANDONED: 4,
}  # fmt: skip
_NEXT_YEAR = {
    Stage.CULTIVATING: 50, Stage.INTENDED: 24, Stage.COACHING: 14, Stage.PREPARING: 6, Stage.SHELVED: 3,
    Stage.ABANDONED: 3,
}  # fmt: skip
_REASONS = {
    Stage.REJECTED: ("专家评分未达 71 分", "研发费用归集不实", "知识产权与主要产品关联不足"),
    Stage.WITHDRAWN: ("企业申请撤回，明年再报",),
    Stage.ABANDONED: ("企业无申报意愿", "研发投入不足，暂不申报"),
    Stage.SHELVED: ("等待专利授权", "企业搬迁中"),
}
_IN_A_STAGE = 120  # days, at most
_SHARE = 0.13  # of the firms below 高企 are on the way


class Candidate(NamedTuple):
    firm_id: int
    is_next_year: bool
    stage: Stage
    since: date
    reason: str | None


def candidates(firm_ids: Sequence[int], seed: int, today: date) -> list[Candidate]:
    """firm_ids: those that stand below 高企."""
    chance = stream(seed, "candidacies")
    draws = chance.random_sample(len(firm_ids))
    chosen = [firm_id for firm_id, draw in zip(firm_ids, draws, strict=True) if draw < _SHARE]
    later = chance.random_sample(len(chosen)) < 0.5
    stages = [picked(chance, list(weights.values()), len(chosen)) for weights in (_THIS_YEAR, _NEXT_YEAR)]
    days = chance.randint(0, _IN_A_STAGE, len(chosen))
    reasons = chance.randint(0, 12, len(chosen))
    rows = []
    for place, firm_id in enumerate(chosen):
        weights = _NEXT_YEAR if later[place] else _THIS_YEAR
        stage = list(weights)[stages[int(later[place])][place]]
        offered = _REASONS.get(stage)
        reason = offered[reasons[place] % len(offered)] if offered else None
        rows.append(Candidate(firm_id, bool(later[place]), stage, today - timedelta(days=int(days[place])), reason))
    return rows
