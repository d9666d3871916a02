"""Lists of past applications: told by their columns, an application a row, failures and all."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa

from crm.actions.events import COMMAND
from crm.actions.import_plans import plan_of
from crm.actions.imports import apply_import, preview_import
from crm.extensions import db
from crm.models import Application, Event, Firm, ImportBatch
from pipelines.vocabulary import ApplicationKind, ApplicationResult, EventKind, Title
from tests.builders import a_firm, a_uscc

TITLES = "序号,企业名称,统一社会信用代码,申报年度,申报类型,认定结果,申报日期,认定日期,专家评分,未通过原因"


def previewed(*rows: str, titles: str = TITLES) -> ImportBatch:
    db.session.commit()
    return preview_import(BytesIO("\n".join([titles, *rows]).encode()), "历年申报.csv", COMMAND)


def imported(*rows: str, titles: str = TITLES) -> list[Application]:
    apply_import(previewed(*rows, titles=titles).id, COMMAND)
    return list(db.session.scalars(sa.select(Application).order_by(Application.year, Application.id)))


def told(batch: ImportBatch) -> list[str]:
    return [each.message for row in plan_of(batch).rows for each in (*row.errors, *row.doubts)]


def counted(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in batch.counts.items() if number}


@pytest.fixture
def firm(app) -> Firm:
    return a_firm("嘉善申报科技有限公司")


def a_row(firm: Firm, year: str = "2024", **cells: str) -> str:
    usual = {
        "kind": "首次",
        "result": "通过",
        "sent": f"{year}-07-01",
        "known": f"{year}-12-06",
        "score": "78.5",
        "why": "",
    }
    said = usual | cells
    return f"1,{firm.name},{cells.get('code', firm.uscc)},{year},{said['kind']},{said['result']},{said['sent']},{said['known']},{said['score']},{said['why']}"  # noqa: E501 - a row of the sheet


def test_each_row_is_an_application_with_its_result(firm):
    failed, passed = imported(
        a_row(firm), a_row(firm, "2023", result="不通过", score="66", why="创新能力评价未超过70分", kind="新认定")
    )

    assert (failed.year, failed.result, failed.reason) == (2023, ApplicationResult.FAILED, "创新能力评价未超过70分")
    assert (failed.kind, failed.expert_score) == (ApplicationKind.FIRST, 66)
    assert (passed.result, passed.expert_score, passed.decided_on) == (
        ApplicationResult.PASSED,
        78.5,
        date(2024, 12, 6),
    )
    assert {row.programme for row in (failed, passed)} == {Title.HIGH_TECH}


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("是", ApplicationResult.PASSED),
        ("认定通过", ApplicationResult.PASSED),
        ("否", ApplicationResult.FAILED),
        ("专家评审未通过", ApplicationResult.FAILED),
        ("主动撤回", ApplicationResult.WITHDRAWN),
        ("补正中", ApplicationResult.PENDING),
    ],
)
def test_results_are_read_as_offices_write_them(firm, word, result):
    (row,) = imported(a_row(firm, result=word, score=""))

    assert row.result is result


def test_the_import_leaves_one_event_a_firm(firm):
    imported(a_row(firm), a_row(firm, "2023"))

    event = db.session.scalars(sa.select(Event).filter_by(firm_id=firm.id, kind=EventKind.APPLICATION_SAVED)).one()
    assert len([each for each in event.particulars["changes"] if each["field"] == "application.result"]) == 2


def test_the_same_list_again_changes_nothing(firm):
    imported(a_row(firm))

    assert counted(previewed(a_row(firm))) == {"unchanged": 1}


def test_a_result_that_has_come_since_is_an_update(firm):
    imported(a_row(firm, result="评审中", known="", score=""))

    (row,) = imported(a_row(firm))

    assert row.result is ApplicationResult.PASSED


def test_the_same_application_twice_counts_once_and_a_contradiction_is_told(firm):
    batch = previewed(a_row(firm), a_row(firm, result="未通过"))

    assert counted(batch) == {"create": 1, "duplicate": 1}
    assert "与第 2 行是同一件，认定结果不同，以前者为准" in told(batch)


def test_a_name_that_two_firms_bear_is_asked(firm):
    a_firm(firm.name, uscc=a_uscc(77))

    assert counted(previewed(a_row(firm, code=""))) == {"question": 1}


def test_a_firm_the_ledger_does_not_know_is_told_and_not_made(firm):
    batch = previewed(f"1,嘉善无名有限公司,{a_uscc(88)},2024,首次,通过,,,,")

    assert told(batch) == ["企业库里没有这家企业：请先新增企业或导入台账，再导入清单"]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"known": "2024-06-30"}, "结果日期早于申报日期，请核对"),
        ({"sent": "", "known": "2023-12-06"}, "结果日期早于申报年度 2024 年，请核对"),
        ({"sent": "2023-07-01"}, "申报日期不在申报年度 2024 年内，请核对"),
        ({"score": "178"}, "应为 0–100 的分数"),
        ({"result": ""}, "请填写认定结果"),
    ],
)
def test_what_cannot_be_is_faulty_with_a_sentence(firm, cells, sentence):
    batch = previewed(a_row(firm, **cells))

    assert counted(batch) == {"faulty": 1}
    assert told(batch)[0].startswith(sentence)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"kind": ""}, "没有写首次还是重新认定，按首次认定登记"),
        ({"score": "70"}, "写着通过，得分却不超过 70 分，请核对"),
        ({"known": "", "sent": ""}, "没有结果日期，按申报年度的年底认定为已知"),
    ],
)
def test_what_may_be_meant_otherwise_is_told_and_taken(firm, cells, sentence):
    batch = previewed(a_row(firm, **cells))

    assert (counted(batch), told(batch)) == ({"create": 1}, [sentence])
