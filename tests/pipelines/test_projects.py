"""The stages of research projects: which way each programme goes, what a move needs, what a record may not say."""

from datetime import date
from decimal import Decimal

import pytest

from pipelines.projects import (
    RUNNING,
    SIDE_STEPS,
    STAGES,
    ProjectSituation,
    check,
    moves_from,
    path_of,
    record_faults,
)
from pipelines.refusals import Refusal
from pipelines.vocabulary import ProjectProgramme, ProjectStage

S, P = ProjectStage, ProjectProgramme
TODAY = date(2026, 6, 20)


def test_a_provincial_project_goes_every_step():
    assert [stage.label for stage in path_of(P.VANGUARD)] == [
        "需求征集", "榜单/指南发布", "申报", "县推荐", "市推荐", "形式审查", "评审", "拟立项公示", "立项", "任务书签订",
        "在研", "中期检查", "申请验收", "验收通过", "绩效评价",
    ]  # fmt: skip


def test_the_county_recommends_nothing_to_itself_and_a_firm_s_own_begins_with_its_approval():
    assert S.COUNTY_RECOMMENDED not in path_of(P.COUNTY)
    assert S.CITY_RECOMMENDED not in path_of(P.COUNTY)
    assert path_of(P.OWN)[:2] == (S.APPROVED, S.UNDERWAY)


@pytest.mark.parametrize("programme", ProjectProgramme)
def test_each_step_of_the_way_is_among_the_moves_and_the_way_comes_to_its_end(programme):
    way = path_of(programme)

    assert all(after in moves_from(before, programme) for before, after in zip(way, way[1:], strict=False))
    assert moves_from(way[-1], programme) == ()


@pytest.mark.parametrize(
    ("stage", "programme", "allowed"),
    [
        (S.CALLED, P.VANGUARD, (S.GUIDED, S.APPLIED, S.REVOKED)),
        (S.APPLIED, P.VANGUARD, (S.COUNTY_RECOMMENDED, S.NOT_APPROVED, S.REVOKED)),
        (S.APPLIED, P.COUNTY, (S.FORM_CHECK, S.NOT_APPROVED, S.REVOKED)),
        (S.APPROVED, P.OWN, (S.UNDERWAY, *SIDE_STEPS, S.TERMINATED, S.REVOKED)),
        (S.UNDERWAY, P.OWN, (S.MIDTERM, S.ACCEPTANCE, S.CONCLUDED, *SIDE_STEPS, S.TERMINATED, S.REVOKED)),
        (S.UNDERWAY, P.COUNTY, (S.MIDTERM, S.ACCEPTANCE, *SIDE_STEPS, S.TERMINATED, S.REVOKED)),
        (S.ACCEPTANCE, P.COUNTY, (S.ACCEPTED, S.CONCLUDED, S.NOT_ACCEPTED, *SIDE_STEPS, S.TERMINATED, S.REVOKED)),
        (S.NOT_ACCEPTED, P.COUNTY, (S.ACCEPTANCE, *SIDE_STEPS, S.TERMINATED, S.REVOKED)),
        (S.ACCEPTED, P.COUNTY, (S.APPRAISED,)),
        (S.NOT_APPROVED, P.COUNTY, ()),
        (S.TERMINATED, P.COUNTY, ()),
        (S.REVOKED, P.COUNTY, ()),
    ],
)
def test_moves_from_a_stage(stage, programme, allowed):
    assert moves_from(stage, programme) == allowed


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("programme", ProjectProgramme)
def test_a_stage_that_is_not_on_the_way_leads_back_onto_it(stage, programme):
    onwards = [to for to in moves_from(stage, programme) if to in path_of(programme)]

    assert onwards or stage not in (*path_of(programme)[:-1], *RUNNING)


def now(stage: ProjectStage = S.UNDERWAY, **values) -> ProjectSituation:
    return ProjectSituation(P.COUNTY, stage, date(2026, 1, 10), **values)


def refusal(*args) -> str:
    with pytest.raises(Refusal) as raised:
        check(*args)
    return str(raised.value)


@pytest.mark.parametrize(
    ("situation", "to", "on", "reason", "due_on", "sentence"),
    [
        (
            now(), S.ACCEPTED, TODAY, None, None,
            "不能从“在研”直接移至“验收通过”，可以：中期检查、申请验收、延期、变更、终止、撤销。",
        ),
        (now(), S.UNDERWAY, TODAY, None, None, "已经在“在研”。"),
        (now(S.REVOKED), S.APPLIED, TODAY, None, None, "已经结束（撤销），不能再移动。"),
        (now(), S.MIDTERM, date(2026, 6, 21), None, None, "日期不能晚于今天。"),
        (now(), S.MIDTERM, date(2026, 1, 9), None, None, "日期不能早于进入“在研”的日期 2026-01-10。"),
        (now(), S.TERMINATED, TODAY, None, None, "“终止”请填写原因。"),
        (now(), S.CHANGED, TODAY, "", None, "“变更”请填写原因。"),
        (now(), S.EXTENDED, TODAY, "设备迟到", None, "延期请填写延到哪一天验收。"),
        (
            now(acceptance_due_on=date(2026, 12, 31)), S.EXTENDED, TODAY, "设备迟到", date(2026, 12, 31),
            "延期后的应验收日期应晚于原来的 2026-12-31。",
        ),
    ],
)  # fmt: skip
def test_a_move_that_cannot_be_says_why(situation, to, on, reason, due_on, sentence):
    assert refusal(situation, to, on, TODAY, reason, due_on) == sentence


def test_what_is_on_its_way_and_has_its_reason_passes():
    check(now(), S.MIDTERM, TODAY, TODAY, None, None)
    check(now(), S.MIDTERM, date(2026, 1, 10), TODAY, None, None)
    check(now(acceptance_due_on=date(2026, 12, 31)), S.EXTENDED, TODAY, TODAY, "设备迟到", date(2027, 1, 1))


def faults(stage: ProjectStage = S.UNDERWAY, **values) -> list[tuple[str, str]]:
    return list(record_faults({"stage": stage, "approved_on": date(2025, 3, 1)} | values))


@pytest.mark.parametrize(
    ("stage", "values", "field", "sentence"),
    [
        (S.UNDERWAY, {"approved_on": None}, "approved_on", "在“在研”的项目请填写立项日期"),
        (S.APPLIED, {}, "approved_on", "还在“申报”，没有立项，不能填立项日期"),
        (S.ACCEPTED, {}, "accepted_on", "“验收通过”的项目请填写验收日期"),
        (S.UNDERWAY, {"accepted_on": TODAY}, "accepted_on", "还在“在研”，没有验收，不能填验收日期"),
        (S.UNDERWAY, {"applied_on": date(2025, 3, 2)}, "approved_on", "立项日期不能早于申报日期"),
        (S.ACCEPTED, {"accepted_on": date(2025, 2, 1)}, "accepted_on", "验收日期不能早于立项日期"),
        (S.UNDERWAY, {"starts_on": TODAY, "ends_on": date(2026, 6, 19)}, "ends_on", "结束日期不能早于开始日期"),
        (
            S.UNDERWAY, {"budget_total": Decimal("99.99"), "budget_subsidy": Decimal(20), "budget_own": Decimal(80)},
            "budget_total", "补助和自筹之和超过总经费，请核对",
        ),
    ],
)  # fmt: skip
def test_what_a_record_may_not_say(stage, values, field, sentence):
    assert faults(stage, **values) == [(field, sentence)]


def test_money_is_compared_to_the_fen():
    exact = {"budget_total": Decimal("100.01"), "budget_subsidy": Decimal("20.01"), "budget_own": Decimal("80.00")}

    assert faults(**exact) == []
    assert faults(**exact | {"budget_own": Decimal("80.01")}) != []


def test_a_revoked_project_may_have_been_approved_or_not():
    assert faults(S.REVOKED) == faults(S.REVOKED, approved_on=None) == []
