"""潜力 on the firm's page: numbers with their version and day, reasons, what-if, and what staff add."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup

from crm.actions.events import COMMAND
from crm.actions.models import train_model, use_model
from crm.actions.scoring import score_firms
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import AnnualFigures, Event, Feedback, Firm, PreScore, Questionnaire
from pipelines.vocabulary import ApplicationResult, EventKind, FeedbackReason, FeedbackVerdict, Role
from tests.builders import WAN, a_firm, a_prediction, a_scoring, some_figures
from tests.crm.actions.test_models import an_application, decided

TODAY = date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-03-31 10:00+08:00", tick=False):
        yield


@pytest.fixture
def scored(app) -> Firm:
    """A firm out of a county with seventy results: enough for percentages, too few for a model of its own."""
    firm = a_firm("嘉善有望科技有限公司")
    for year in (2023, 2024, 2025):
        some_figures(firm, year, rd_spend=150 * WAN, staff=100, tech_staff=15, reported_on=date(year + 1, 2, 1))
    decided(40, 30)
    refresh_standings(None, TODAY)
    use_model(train_model(TODAY, COMMAND).id, COMMAND)
    score_firms(TODAY, COMMAND)
    return firm


def section(page) -> BeautifulSoup:
    return BeautifulSoup(page.data, "html.parser").select_one("#potential")


def test_the_tab_tells_version_day_and_what_moves_the_firm(signed_in, scored):
    seen = section(signed_in(Role.OFFICER).get(f"/firms/{scored.id}?tab=potential")).get_text(" ", strip=True)

    assert "模型 1 · 2026-03-31 的数据 · 2026 年首次申报" in seen
    assert "研发费用" in seen
    assert "▼ 不利" in seen  # 3.75 % of research where 5 % are asked for
    assert "还没有申报意向，只给档次" in seen
    assert "不是因果" in seen


def test_a_firm_out_of_the_running_is_told_why(signed_in, scored):
    other = a_firm("嘉善后来有限公司")
    db.session.commit()

    seen = section(signed_in(Role.OFFICER).get(f"/firms/{other.id}")).get_text()

    assert "不在 2026 年首次申报的候选范围" in seen


def test_without_a_model_the_tab_says_so(signed_in):
    firm = a_firm()

    assert "还没有启用的模型" in section(signed_in(Role.OFFICER).get(f"/firms/{firm.id}")).get_text()


def test_a_touched_model_gives_no_reasons_and_says_it_was_refused(signed_in):
    firm = a_prediction(a_scoring(), "嘉善有限公司", 0.4)

    assert "指纹不一致" in section(signed_in(Role.OFFICER).get(f"/firms/{firm.id}")).get_text()


def test_the_feedback_is_kept_with_its_numbers_and_shown(signed_in, scored):
    officer = signed_in(Role.OFFICER)
    data = {"verdict": "too_high", "reason": "weak_papers", "note": "没有立项材料"}

    answer = officer.post(f"/firms/{scored.id}/feedbacks", data=data, follow_redirects=True)

    row = db.session.scalars(sa.select(Feedback)).one()
    assert (row.verdict, row.reason, row.scoring_id) == (FeedbackVerdict.TOO_HIGH, FeedbackReason.WEAK_PAPERS, 1)
    assert "偏高（材料能力弱），没有立项材料" in section(answer).get_text(" ", strip=True)
    assert db.session.scalars(sa.select(Event.kind).filter_by(firm_id=scored.id)).all()[-1] is EventKind.FEEDBACK_GIVEN


def test_corrections_are_listed_and_held_against_the_results(signed_in, scored):
    officer = signed_in(Role.OFFICER)
    officer.post(f"/firms/{scored.id}/feedbacks", data={"verdict": "too_low", "reason": "other"})
    assert "0 条，其中 0 条与结果一致" in officer.get("/candidates/feedbacks").text

    an_application(2026, ApplicationResult.PASSED, scored, submitted_on=None, decided_on=None)
    db.session.commit()

    page = officer.get("/candidates/feedbacks").text
    assert "1 条，其中 1 条与结果一致" in page
    assert "✓ 一致" in page


def test_figures_that_cannot_be_meant_are_asked_about(signed_in, scored):
    db.session.execute(sa.update(AnnualFigures).filter_by(firm_id=scored.id, year=2023).values(rd_spend=0))
    db.session.commit()
    score_firms(TODAY, COMMAND)
    officer = signed_in(Role.OFFICER)

    told = section(officer.get(f"/firms/{scored.id}")).get_text()

    assert "2023 年研发费用填的是 0，请确认当年确实没有研发支出，还是尚未填报" in told
    assert "嘉善有望科技有限公司" in officer.get("/candidates?list=doubtful").text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "请选择您的看法"),
        ({"verdict": "too_low"}, "不同意时请选择原因"),
        ({"verdict": "x"}, "请选择您的看法"),
        ({"verdict": "too_low", "reason": "x"}, "请选择原因"),
        ({"verdict": "agree", "note": "长" * 201}, "说明应为200个字以内"),
    ],
)
def test_a_feedback_that_says_nothing_is_told(signed_in, scored, data, sentence):
    answer = signed_in(Role.OFFICER).post(f"/firms/{scored.id}/feedbacks", data=data)

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert db.session.scalars(sa.select(Feedback)).all() == []


PARTS = {"rights": "25", "conversion": "22", "organisation": "15", "growth": "12", "marked_on": "2026-03-30"}


def test_marks_on_the_official_form_are_kept_and_added_up(signed_in, scored):
    answer = signed_in(Role.OFFICER).post(f"/firms/{scored.id}/pre-scores", data=PARTS, follow_redirects=True)

    row = db.session.scalars(sa.select(PreScore)).one()
    assert (row.points, row.marked_on) == (74, date(2026, 3, 30))
    assert "74" in section(answer).get_text()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"rights": "31"}, "知识产权（30 分）应为不大于30的数"),
        ({"growth": "-1"}, "企业成长性（20 分）应为不小于0的数"),
        ({"growth": "12.5"}, "企业成长性（20 分）应为整数"),
        ({"organisation": ""}, "请填写研究开发组织管理水平（20 分）"),
        ({"marked_on": "2026-04-01"}, "评分日期应为不晚于今天的日期"),
    ],
)
def test_marks_beyond_the_form_are_told_and_nothing_is_lost(signed_in, scored, changed, sentence):
    answer = signed_in(Role.OFFICER).post(f"/firms/{scored.id}/pre-scores", data=PARTS | changed)

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert 'value="22"' in answer.text
    assert db.session.scalars(sa.select(PreScore)).all() == []


def test_a_better_mark_raises_the_chance_at_the_next_scoring(signed_in, scored):
    officer = signed_in(Role.OFFICER)
    before = what_if(officer, scored, "")[0]

    officer.post(f"/firms/{scored.id}/pre-scores", data=PARTS | {"rights": "30", "conversion": "30", "growth": "20"})

    assert what_if(officer, scored, "")[0] > before


def test_answers_of_the_firm_are_kept_and_what_was_not_asked_stays_unknown(signed_in, scored):
    data = {"rd_centre": "1", "documents": "4", "answered_on": "2026-03-01"}

    signed_in(Role.OFFICER).post(f"/firms/{scored.id}/questionnaires", data=data)

    row = db.session.scalars(sa.select(Questionnaire)).one()
    assert (row.rd_centre, row.documents, row.has_partner, row.conversions) == (1, 4, None, None)


def test_an_empty_questionnaire_is_refused(signed_in, scored):
    answer = signed_in(Role.OFFICER).post(f"/firms/{scored.id}/questionnaires", data={"answered_on": "2026-03-01"})

    assert (answer.status_code, "问卷还没有填任何一项" in answer.text) == (422, True)


def what_if(officer, firm, query) -> tuple[int, int]:
    page = officer.get(f"/firms/{firm.id}/potential/what-if{query}")
    told = BeautifulSoup(page.data, "html.parser").select(".key-figures dd")
    return tuple(int(each.get_text().split("%")[0]) for each in told)


def test_what_if_shows_now_and_then_and_saves_nothing(signed_in, scored):
    officer = signed_in(Role.OFFICER)

    now, then = what_if(officer, scored, "?rd_spend=450&tech_staff=30&more_class_one=1&documents=5&pre_score=90")

    assert now < then
    assert what_if(officer, scored, "") == (now, now)
    assert "模型相关性，非因果保证" in officer.get(f"/firms/{scored.id}/potential/what-if").text


def test_what_if_with_rubbish_is_told(signed_in, scored):
    answer = signed_in(Role.OFFICER).get(f"/firms/{scored.id}/potential/what-if?rd_spend=many&documents=6")

    assert answer.status_code == 422
    assert "研发费用（高企口径）应为数字" in answer.text
    assert "研发管理文件齐备应为不大于5的数" in answer.text


@pytest.mark.parametrize("path", ["feedbacks/new", "pre-scores/new", "questionnaires/new"])
def test_who_may_only_look_adds_nothing(signed_in, scored, path):
    assert signed_in(Role.DIRECTOR).get(f"/firms/{scored.id}/{path}").status_code == 403
