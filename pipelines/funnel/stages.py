"""The stages of a candidacy: which moves are allowed, why not, and when one has stood still for too long.

The stages are those of an application as the documents and the offices speak of them: preparing (培育库 … 材料准备),
under review (已提交 … 公示), ended. Preparing moves freely; the review goes one step at a time, as the authorities do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.refusals import Refusal
from pipelines.vocabulary import Stage

PREPARING = (Stage.CULTIVATING, Stage.INTENDED, Stage.COACHING, Stage.PREPARING)
REVIEW = (
    Stage.SUBMITTED, Stage.COUNTY_REVIEW, Stage.RECOMMENDED, Stage.PROVINCE_REVIEW, Stage.PUBLICIZED,
)  # fmt: skip
OPEN = (*PREPARING, *REVIEW)
EXITS = (Stage.ABANDONED, Stage.SHELVED, Stage.REJECTED, Stage.WITHDRAWN)
ENDED = (Stage.RECOGNIZED, *EXITS)

# Days in a stage after which it counts as stuck. Only a move, a visit and a finished follow-up set the clock back:
# looking at a firm, or editing its figures, moves no application on.
STALE_AFTER = {
    Stage.CULTIVATING: 180, Stage.INTENDED: 60, Stage.COACHING: 45, Stage.PREPARING: 30, Stage.SUBMITTED: 20,
    Stage.COUNTY_REVIEW: 15, Stage.RECOMMENDED: 30, Stage.PROVINCE_REVIEW: 90, Stage.PUBLICIZED: 30,
}  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """What a move is judged by. since: the day the present stage began; closes_on: the firms' deadline of the campaign,
    None without a campaign or a deadline; lacking: required materials that nobody has checked."""

    stage: Stage
    since: date
    has_campaign: bool = False
    closes_on: date | None = None
    lacking: Sequence[str] = ()


def moves_from(stage: Stage) -> tuple[Stage, ...]:
    """Where a candidacy may go from here, the likeliest first; whether it may now is for `check`."""
    if stage in PREPARING:
        forward = [each for each in PREPARING if OPEN.index(each) > OPEN.index(stage)]
        back = [each for each in PREPARING if OPEN.index(each) < OPEN.index(stage)]
        submitting = [Stage.SUBMITTED] if stage is Stage.PREPARING else []
        return (*forward, *submitting, *back, Stage.SHELVED, Stage.ABANDONED)
    if stage in REVIEW:
        following = (*OPEN, Stage.RECOGNIZED)[OPEN.index(stage) + 1]
        withdrawing = [] if stage is Stage.PUBLICIZED else [Stage.WITHDRAWN]
        returning = [Stage.PREPARING] if stage in (Stage.SUBMITTED, Stage.COUNTY_REVIEW) else []
        return (following, *returning, Stage.REJECTED, *withdrawing)
    return PREPARING if stage is Stage.SHELVED else ()


def needs_reason(stage: Stage, to: Stage) -> bool:
    """An exit says why, and so does sending an application back."""
    return to in EXITS or (stage in REVIEW and to is Stage.PREPARING)


def check(now: Situation, to: Stage, on: date, today: date, reason: str | None) -> None:
    """Raises Refusal with what stands in the way and where it is mended."""
    if to not in moves_from(now.stage):
        raise Refusal(_not_from_here(now.stage, to))
    if on > today:
        raise Refusal("移动日期不能晚于今天。")
    if on < now.since:
        raise Refusal(f"移动日期不能早于进入“{now.stage.label}”的日期 {now.since}。")
    if needs_reason(now.stage, to) and not reason:
        raise Refusal(f"移至“{to.label}”请填写原因。")
    if to is Stage.SUBMITTED:
        _check_submission(now, on)


def check_result(now: Situation, to: Stage, on: date) -> None:
    """An official result moves an application on from wherever in the review it stood: of the steps between nobody
    told us. Raises Refusal with what is to be mended first."""
    if now.stage is to:
        raise Refusal(_not_from_here(now.stage, to))
    if now.stage not in REVIEW:
        raise Refusal(f"还在“{now.stage.label}”，没有登记提交，结果不能写入。请先补登“已提交”。")
    if on < now.since:
        raise Refusal(f"结果日期 {on} 早于进入“{now.stage.label}”的日期 {now.since}，请核对。")


def _check_submission(now: Situation, on: date) -> None:
    if not now.has_campaign:
        raise Refusal("还没有归入申报批次，不能移至“已提交”。请先在培育对象页面选择批次。")
    if now.lacking:
        shown = "、".join(now.lacking[:5]) + (f"等 {len(now.lacking)} 项" if len(now.lacking) > 5 else "")
        raise Refusal(f"还有必交材料没有核过：{shown}。请先在材料清单里核对。")
    if now.closes_on and on > now.closes_on:
        raise Refusal(f"本批次企业申报已于 {now.closes_on} 截止。如已延期，请先在批次页面登记延期。")


def _not_from_here(stage: Stage, to: Stage) -> str:
    if stage is to:
        return f"已经在“{to.label}”。"
    allowed = moves_from(stage)
    if not allowed:
        return f"已经结束（{stage.label}），不能再移动。需要重新申报时请新建培育对象。"
    return f"不能从“{stage.label}”直接移至“{to.label}”，可以移至：{'、'.join(each.label for each in allowed)}。"


def days_in_stage(since: date, today: date) -> int:
    return (today - since).days


def is_stale(stage: Stage, active_on: date, today: date) -> bool:
    """active_on: the newest of the move, a visit and a finished follow-up; nothing else sets the clock back."""
    limit = STALE_AFTER.get(stage)
    return limit is not None and (today - active_on).days > limit
