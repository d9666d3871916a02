"""flask judge: a case file in, the judgement as JSON out, no database touched."""

import json

import pytest

from crm.extensions import db
from tests.builders import a_firm

CASE = """
as_of: 2025-06-30
facts:
  founded_on: 2015-03-15
  uscc: 91330421MA28A1B21J
  sales_revenue: [3000万, 4000万, 5000万]
  rd_spend: [200万, 200万, 200万]
"""


@pytest.fixture
def judge(app, tmp_path):
    def run(text: str, *options: str):
        case = tmp_path / "案例.yaml"
        case.write_text(text, encoding="utf-8")
        return app.test_cli_runner().invoke(args=["judge", str(case), *options])

    return run


def test_judge_five_percent_exactly_is_met(judge):
    judged = json.loads(judge(CASE).stdout)

    findings = {finding["id"]: finding for finding in judged["findings"]}
    assert judged["programme"] == "high_tech"
    assert findings["rd_ratio"]["verdict"] == "met"
    assert findings["tech_staff_ratio"]["verdict"] == "unknown"


def test_judge_one_yuan_short_names_the_gap_and_the_paragraph(judge):
    judged = json.loads(judge(CASE.replace("200万]", "1999999]")).stdout)

    missed = next(finding for finding in judged["findings"] if finding["id"] == "rd_ratio")
    assert missed["verdict"] == "not_met"
    assert missed["gap"]["amount"] == "1"
    assert "第十一条（五）" in missed["reference"]
    assert judged["verdict"] == "not_met"


def test_judge_another_programme(judge):
    judged = json.loads(judge(CASE, "--programme", "national_tech_sme").stdout)

    assert judged["programme"] == "national_tech_sme"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("as_of: 2025-06-30\nfacts: {rd_ratio: 0.05", "第 2 行写法有误"),
        ("- 一张清单", "应写成两栏"),
        ("facts: {founded_on: 2015-03-15}", "请填写 as_of"),
        ("as_of: 2025-06-30\nfacts: {sales: 1}", "没有名为“sales”的事实"),
        ("as_of: 2025-06-30\nfacts: {rd_ratio_three_years: 0.05}", "整数或加引号的小数"),
        ("as_of: 2025-06-30\nfacts: {sales_revenue: {去年: 1}}", "sales_revenue"),
        ("as_of: 2025-06-30\nfacts: {ip: 三件}", "ip"),
        ("as_of: 2025-06-30\nfacts: {ip: [发明]}", "ip"),
        ("as_of: 2025-06-30\ninterpretations: 按惯例", "interpretations"),
        ("as_of: 1999-06-30\nfacts: {}", "还没有施行的文件"),
    ],
    ids=range(10),
)
def test_judge_says_what_is_wrong_with_a_case(judge, text, sentence):
    answer = judge(text)

    assert answer.exit_code == 1
    assert sentence in answer.output
    assert "Traceback" not in answer.output


def test_evaluate_says_how_much_came_out_otherwise_and_then_that_nothing_did(app):
    a_firm()
    db.session.commit()
    runner = app.test_cli_runner()

    first, again = (runner.invoke(args=["evaluate", "--on", "2026-06-30"]) for _ in range(2))

    assert "写入 6 条" in first.stdout
    assert "写入 0 条" in again.stdout


def test_evaluate_one_programme(app):
    a_firm()
    db.session.commit()

    told = app.test_cli_runner().invoke(args=["evaluate", "--on", "2026-06-30", "--programme", "high_tech"])

    assert "写入 1 条" in told.stdout
