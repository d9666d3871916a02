"""Which firm a row means, what is asked, and the same firm in several rows."""

import pytest
from stdnum.cn import uscc as standard

from pipelines.sheets.plan import Difference, plan_import
from pipelines.vocabulary import RowOutcome
from tests.pipelines.sheets.workbooks import (
    CODES,
    HEAD,
    NOBODY,
    PLACES,
    a_known_firm,
    a_plan,
    a_reading,
    applied,
    knowing,
    only_row,
)

NAME = "嘉善甲科技有限公司"
WAN = 10_000


def outcomes(plan):
    return [row.outcome for row in plan.rows]


@pytest.mark.parametrize(
    "spelling",
    [NAME, "嘉善甲科技有限责任公司", "嘉善 甲科技 有限公司", "嘉善（甲）科技有限公司", "嘉善甲科技有限公司（嘉善）"],
)
def test_name_in_its_spellings_asks_for_the_firm_of_that_name(spelling):
    row = only_row(a_plan(["企业名称", "镇街"], [spelling, "大云镇"], known=knowing(a_known_firm())))

    assert [candidate.firm_id for candidate in row.candidates] == [1]


def test_branch_is_not_its_firm():
    row = only_row(a_plan(["企业名称", "镇街"], [NAME + "嘉善分公司", "大云镇"], known=knowing(a_known_firm())))

    assert row.outcome is RowOutcome.FAULTY


def test_former_name_asks_for_the_firm_that_bore_it():
    firm = a_known_firm(former_names=["嘉善老厂"])

    row = only_row(a_plan(["企业名称", "镇街"], ["嘉善老厂", "大云镇"], known=knowing(firm)))

    assert row.outcome is RowOutcome.QUESTION


def test_answer_with_a_firm_makes_the_row_its_update():
    rows = ["企业名称", "镇街"], [NAME, "大云镇"]

    row = only_row(a_plan(*rows, known=knowing(a_known_firm()), answers={"台账!2": "1"}))

    assert (row.outcome, row.firm_id, row.firm) == (RowOutcome.UPDATE, 1, {"township_id": 3})


def test_answer_for_all_rows_takes_every_single_candidate():
    rows = ["企业名称", "镇街"], [NAME, "大云镇"], ["嘉善乙科技有限公司", "西塘镇"]

    plan = a_plan(*rows, known=knowing(a_known_firm(1), a_known_firm(2)), answers={"*": "same"})

    assert [(row.outcome, row.firm_id) for row in plan.rows] == [(RowOutcome.UPDATE, 1), (RowOutcome.UPDATE, 2)]


def test_answer_to_skip_leaves_the_firm_alone():
    row = only_row(
        a_plan(["企业名称", "镇街"], [NAME, "大云镇"], known=knowing(a_known_firm()), answers={"台账!2": "skip"})
    )

    assert (row.outcome, row.doubts[0].message) == (RowOutcome.UNCHANGED, "按您的选择跳过")


def test_answer_that_it_is_new_still_needs_a_code():
    row = only_row(
        a_plan(["企业名称", "镇街"], [NAME, "大云镇"], known=knowing(a_known_firm()), answers={"台账!2": "new"})
    )

    assert row.outcome is RowOutcome.FAULTY


@pytest.mark.parametrize("answer", ["2", "999", "nonsense", ""])
def test_answer_that_is_no_candidate_leaves_the_question(answer):
    row = only_row(
        a_plan(["企业名称", "镇街"], [NAME, "大云镇"], known=knowing(a_known_firm()), answers={"台账!2": answer})
    )

    assert row.outcome is RowOutcome.QUESTION


def test_same_name_with_another_code_is_asked_and_the_answer_decides():
    rows = HEAD, [NAME, CODES[1], "大云镇"]
    known = knowing(a_known_firm())

    asked, new, same = (only_row(a_plan(*rows, known=known, answers={"台账!2": a})) for a in ("", "new", "1"))

    assert [row.outcome for row in (asked, new, same)] == [RowOutcome.QUESTION, RowOutcome.CREATE, RowOutcome.UPDATE]
    assert same.differences[0] == Difference("uscc", None, CODES[0], CODES[1])
    assert same.firm["uscc"] == CODES[1]


def test_known_code_with_another_name_is_a_renaming_and_is_told():
    row = only_row(a_plan(HEAD, ["嘉善新名科技有限公司", CODES[0], ""], known=knowing(a_known_firm())))

    assert (row.outcome, row.firm, row.former_names) == (RowOutcome.UPDATE, {"name": "嘉善新名科技有限公司"}, (NAME,))
    assert row.differences == (Difference("name", None, NAME, "嘉善新名科技有限公司"),)
    assert row.doubts[0].message == f"与库中名称“{NAME}”不同，按更名处理，原名记为曾用名"


def test_known_code_with_a_former_name_is_an_old_ledger_and_renames_nothing():
    firm = a_known_firm(former_names=["嘉善老厂"])

    row = only_row(a_plan(HEAD, ["嘉善老厂", CODES[0], ""], known=knowing(firm)))

    assert (row.outcome, row.doubts[0].message) == (RowOutcome.UNCHANGED, f"是曾用名，现名“{NAME}”不变")


def test_known_code_with_a_name_spelled_otherwise_renames_nothing():
    row = only_row(a_plan(HEAD, ["嘉善甲科技有限责任公司", CODES[0], ""], known=knowing(a_known_firm())))

    assert (row.outcome, row.doubts) == (RowOutcome.UNCHANGED, ())


def test_code_of_one_firm_with_the_name_of_another_is_asked():
    known = knowing(a_known_firm(1), a_known_firm(2))
    rows = HEAD, [NAME, CODES[1], "大云镇"]

    asked, code_wins, name_wins = (only_row(a_plan(*rows, known=known, answers={"台账!2": a})) for a in ("", "2", "1"))

    assert [candidate.firm_id for candidate in asked.candidates] == [2, 1]
    assert (code_wins.firm_id, code_wins.firm["name"]) == (2, NAME)
    assert (name_wins.firm_id, name_wins.firm) == (1, {"township_id": 3})


def test_code_of_another_region_is_only_told():
    body = "91310115MA1K3ABC1"

    row = only_row(a_plan(HEAD, [NAME, body + standard.calc_check_digit(body), ""]))

    assert (row.outcome, row.doubts[0].message) == (RowOutcome.CREATE, "登记机关不在本地，如为迁入企业可忽略")


def test_same_row_twice_is_a_duplicate_and_says_of_which():
    plan = a_plan(HEAD, [NAME, CODES[0], "大云镇"], [NAME, CODES[0], "大云镇"])

    assert outcomes(plan) == [RowOutcome.CREATE, RowOutcome.DUPLICATE]
    assert [doubt.message for doubt in plan.rows[1].doubts] == ["与第 2 行是同一家企业"]


def test_same_firm_in_two_townships_is_a_duplicate_and_the_difference_is_told():
    plan = a_plan(HEAD, [NAME, CODES[0], "大云镇"], ["嘉善别名公司", CODES[0], "西塘镇"])

    assert outcomes(plan) == [RowOutcome.CREATE, RowOutcome.DUPLICATE]
    assert [(doubt.column, doubt.value, doubt.message) for doubt in plan.rows[1].doubts[1:]] == [
        ("企业名称", "嘉善别名公司", f"与第 2 行的“{NAME}”不同，以前者为准"),
        ("镇街", "西塘镇", "与第 2 行的“大云镇”不同，以前者为准"),
    ]


def test_faulty_row_does_not_make_the_good_one_after_it_a_duplicate():
    plan = a_plan(HEAD, [NAME, CODES[0], "天上"], [NAME, CODES[0], "大云镇"])

    assert outcomes(plan) == [RowOutcome.FAULTY, RowOutcome.CREATE]


def test_sheets_by_year_add_up_to_one_firm_the_latest_counting_first():
    head = ["企业名称", "信用代码", "镇街", "营业收入(万元)"]
    reading = a_reading(
        [head, [NAME, CODES[0], "西塘镇", 1.0]], [head, [NAME, CODES[0], "大云镇", 2.0]], names=["2024年", "2025年"]
    )

    plan = plan_import(reading, NOBODY, {}, PLACES)
    firm = applied(plan).by_uscc[CODES[0]]

    assert [(row.sheet, row.outcome, dict(row.firm)) for row in plan.rows] == [
        ("2025年", RowOutcome.CREATE, {"township_id": 3}),
        ("2024年", RowOutcome.UPDATE, {}),
    ]
    assert plan.rows[1].doubts[0].message == "与“2025年”第 2 行的“大云镇”不同，以前者为准"
    assert firm.figures == {
        2024: {"operating_revenue": 1_00 * WAN},
        2025: {"operating_revenue": 2_00 * WAN},
    }
    assert outcomes(plan_import(reading, applied(plan), {}, PLACES)) == [RowOutcome.UNCHANGED, RowOutcome.UNCHANGED]


def test_look_alike_name_is_another_firm():
    known = knowing(a_known_firm(1, name="嘉善日月科技有限公司"))

    row = only_row(a_plan(HEAD, ["嘉善曰月科技有限公司", CODES[1], "大云镇"], known=known))

    assert row.outcome is RowOutcome.CREATE


def test_sheet_of_contacts_adds_them_to_the_firm_of_another_sheet():
    ledger = [HEAD, [NAME, CODES[0], "大云镇"]]
    contacts = [["信用代码", "联系人", "手机", "高企认定年份"], [CODES[0], "张三", "13800138000", "2023"]]
    reading = a_reading(contacts, ledger, names=["联系人", "台账"])

    plan = plan_import(reading, NOBODY, {}, PLACES)
    again = plan_import(reading, applied(plan), {}, PLACES)

    assert outcomes(plan) == [RowOutcome.CREATE, RowOutcome.UNCHANGED]
    assert plan.rows[0].contact.values == {"name": "张三", "phone": "13800138000"}
    assert [each.recognized_on.year for each in plan.rows[0].recognitions] == [2023]
    assert plan.rows[1].doubts[0].message == "联系人、资质并入“台账”第 2 行"
    assert outcomes(again) == [RowOutcome.UNCHANGED, RowOutcome.UNCHANGED]
