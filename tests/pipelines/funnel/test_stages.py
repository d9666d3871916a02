"""The stages of a candidacy, as an officer would tell them."""

from datetime import date, timedelta

import pytest

from pipelines.funnel.stages import (
    ENDED,
    EXITS,
    OPEN,
    STALE_AFTER,
    Situation,
    check,
    is_stale,
    moves_from,
    needs_reason,
)
from pipelines.refusals import Refusal
from pipelines.vocabulary import Stage

TODAY = date(2026, 6, 30)
SINCE = date(2026, 6, 1)


def moved(stage: Stage, to: Stage, reason: str | None = None, on: date = TODAY, **situation) -> None:
    check(Situation(stage, SINCE, **situation), to, on, TODAY, reason)


def refusal(*given, **situation) -> str:
    with pytest.raises(Refusal) as refused:
        moved(*given, **situation)
    return str(refused.value)


def test_preparing_moves_freely_and_the_review_one_step_at_a_time():
    moved(Stage.CULTIVATING, Stage.PREPARING)
    moved(Stage.PREPARING, Stage.INTENDED)
    moved(Stage.SUBMITTED, Stage.COUNTY_REVIEW)

    assert refusal(Stage.SUBMITTED, Stage.PROVINCE_REVIEW) == (
        "不能从“已提交”直接移至“省评审”，可以移至：县初审、材料准备、未通过、撤回。"
    )


def test_every_open_stage_leads_on_to_recognition_and_out_by_an_exit():
    reached = {Stage.CULTIVATING}
    for _ in Stage:
        reached |= {to for stage in reached for to in moves_from(stage)}

    assert reached == set(Stage)
    assert all(set(moves_from(stage)) & set(EXITS) for stage in OPEN)


def test_what_has_ended_stays_ended_but_for_what_was_shelved():
    assert [stage for stage in ENDED if moves_from(stage)] == [Stage.SHELVED]
    assert refusal(Stage.REJECTED, Stage.PREPARING) == (
        "已经结束（未通过），不能再移动。需要重新申报时请新建培育对象。"
    )


@pytest.mark.parametrize("to", EXITS)
def test_an_exit_says_why(to):
    stage = next(stage for stage in OPEN if to in moves_from(stage))

    assert refusal(stage, to) == f"移至“{to.label}”请填写原因。"
    moved(stage, to, "企业主动提出")


def test_sending_an_application_back_says_why():
    assert needs_reason(Stage.COUNTY_REVIEW, Stage.PREPARING)
    assert not needs_reason(Stage.COACHING, Stage.PREPARING)


def test_submitting_asks_for_a_campaign_checked_materials_and_an_open_window():
    ready = {"has_campaign": True, "closes_on": TODAY}

    moved(Stage.PREPARING, Stage.SUBMITTED, **ready)  # the last day counts
    assert "还没有归入申报批次" in refusal(Stage.PREPARING, Stage.SUBMITTED)
    assert "还有必交材料没有核过：专项审计报告" in refusal(
        Stage.PREPARING, Stage.SUBMITTED, **ready, lacking=["专项审计报告"]
    )
    assert "截止" in refusal(Stage.PREPARING, Stage.SUBMITTED, has_campaign=True, closes_on=TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("on", "sentence"),
    [(TODAY + timedelta(days=1), "移动日期不能晚于今天。"), (date(2026, 5, 31), "移动日期不能早于进入“辅导中”的日期")],
)
def test_a_move_has_a_day_that_can_be(on, sentence):
    assert refusal(Stage.COACHING, Stage.PREPARING, on=on).startswith(sentence)


@pytest.mark.parametrize("stage", OPEN)
def test_a_stage_is_stale_the_day_after_its_days_are_over(stage):
    limit = timedelta(days=STALE_AFTER[stage])

    assert not is_stale(stage, TODAY - limit, TODAY)
    assert is_stale(stage, TODAY - limit - timedelta(days=1), TODAY)


def test_what_has_ended_is_never_stale():
    assert not is_stale(Stage.RECOGNIZED, date(2000, 1, 1), TODAY)
