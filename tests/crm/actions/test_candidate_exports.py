"""What a leader signs: a workbook with a cover and a sheet a township, and a Word list out of the office's template."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from docx import Document
from python_calamine import CalamineWorkbook

from crm.actions.candidate_exports import export_candidates, export_word
from crm.actions.events import COMMAND
from crm.actions.office_templates import office_template
from crm.extensions import db
from crm.models import Campaign, Candidacy, Event, Scoring
from crm.queries.candidate_filter import CandidateFilter
from pipelines.papers.shipped import CANDIDATE_LIST
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, Stage, Title
from tests.builders import a_prediction, a_scoring, a_township, a_user

TODAY = date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-03-31 10:00+08:00", tick=False):
        yield


@pytest.fixture
def scoring(app) -> Scoring:
    scoring = a_scoring()
    town, area = a_township("西塘镇"), None
    area = a_township("纽扣产业园", within=town)
    a_prediction(
        scoring, "=嘉善一号<b>有限公司", 0.5, 0.63, township=town, has_applied=True, owner=a_user(name="沈科员")
    )
    a_prediction(scoring, "嘉善二号有限公司", 0.3, township=area)
    a_prediction(scoring, "{{ 嘉善三号 }}有限公司", 0.2)
    return scoring


def workbook(scoring: Scoring, **asked) -> CalamineWorkbook:
    content = BytesIO()
    export_candidates(CandidateFilter(**asked), scoring, None, COMMAND, content)
    content.seek(0)
    return CalamineWorkbook.from_filelike(content)


def rows(book: CalamineWorkbook, name: str) -> list[list]:
    return book.get_sheet_by_name(name).to_python()


def test_a_cover_and_a_sheet_a_township_hold_every_candidate(scoring):
    book = workbook(scoring)

    assert book.sheet_names == ["封面", "西塘镇", "未填镇街"]
    first = rows(book, "西塘镇")
    assert first[1] == [
        "序号", "企业名称", "统一社会信用代码", "潜力", "潜力分(0–100)", "若申报，通过概率", "八项条件", "未达标或待补",
        "规则档次", "所需数据完整度(%)", "阶段", "责任人", "最近走访", "签字",
    ]  # fmt: skip
    assert [row[1] for row in first[2:4]] == ["=嘉善一号<b>有限公司", "嘉善二号有限公司"]
    assert first[2][3:7] == ["A 很有希望", 50.0, "65%（55–75）", "年? 权? 域? 人? 研? 品? 分? 法?"]
    assert first[2][7].startswith("待补充：成立满一年、知识产权")


def test_the_cover_says_what_the_list_is_and_by_which_numbers(scoring):
    cover = {row[0]: row[1] for row in rows(workbook(scoring, list="explored", target=7), "封面")[2:]}

    assert cover["目标"] == "7 家"
    assert cover["企业数"] == "0 家"
    assert cover["筛选条件"] == "探索名额"
    assert "数据截至 2026-03-31，模型 1" in cover["依据"]
    assert "演示模型（合成数据训练），不代表本县企业" in cover["依据"]
    assert "预计通过" in cover["指标推算"]
    assert cover["制表"].startswith("命令行")


def test_a_frozen_list_tells_what_has_changed_since(scoring):
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批", frozen_on=TODAY, frozen_by="章科长")
    db.session.add(campaign)
    db.session.flush()
    firm = a_prediction(scoring, "嘉善后来有限公司", 0.3)
    db.session.add(
        Candidacy(
            firm_id=firm.id, target=Title.HIGH_TECH, campaign_id=campaign.id, stage=Stage.INTENDED, stage_since=TODAY,
            active_on=TODAY, opened_on=TODAY,
        )
    )  # fmt: skip
    db.session.commit()

    cover = {row[0]: row[1] for row in rows(workbook(scoring), "封面")[2:]}

    assert cover["锁定"] == "2026-03-31 由章科长锁定，此后新增 1 家、退出 0 家"


def test_an_export_leaves_a_trace_with_its_count(scoring):
    workbook(scoring)

    event = db.session.scalars(sa.select(Event).filter_by(kind=EventKind.EXPORTED)).one()
    assert event.particulars == {"list": "候选名单", "filter": {}, "count": 3}


def paper(scoring: Scoring) -> Document:
    content = BytesIO()
    export_word(CandidateFilter(), scoring, None, COMMAND, content)
    content.seek(0)
    return Document(content)


def test_the_word_list_holds_the_same_firms_as_plain_names(scoring):
    seen = paper(scoring)

    (table,) = seen.tables
    assert [cell.text for cell in table.rows[0].cells][:3] == ["序号", "企业名称", "镇街"]
    assert [row.cells[1].text for row in table.rows[1:]] == [
        "=嘉善一号<b>有限公司", "嘉善二号有限公司", "{{ 嘉善三号 }}有限公司",
    ]  # fmt: skip
    assert seen.paragraphs[0].text == "2026 年高新技术企业候选名单（演示）"
    assert any("共 3 家" in line.text for line in seen.paragraphs)


def test_the_office_may_edit_the_template(scoring):
    own = Document()
    own.add_paragraph("嘉善县科学技术局：{{ title }}")
    own.save(office_template(CANDIDATE_LIST))

    assert [line.text for line in paper(scoring).paragraphs] == [
        "嘉善县科学技术局：2026 年高新技术企业候选名单（演示）"
    ]
    office_template(CANDIDATE_LIST).unlink()


@pytest.mark.parametrize("broken", ["{{ title", "{% for %}", "{{ ''.__class__.__mro__ }}"])
def test_a_template_that_was_broken_or_reaches_too_far_is_refused(scoring, broken):
    own = Document()
    own.add_paragraph(broken)
    own.save(office_template(CANDIDATE_LIST))

    with pytest.raises(Refusal, match="Word 模板不能用"):
        paper(scoring)
    office_template(CANDIDATE_LIST).unlink()


def test_a_file_that_is_no_word_document_is_refused(scoring):
    office_template(CANDIDATE_LIST).write_text("这不是 Word", encoding="utf-8")

    with pytest.raises(Refusal, match="不是可以打开的 Word 文档"):
        paper(scoring)
    office_template(CANDIDATE_LIST).unlink()


def test_the_shipped_template_is_an_a4_sheet_across(app):
    section = Document(office_template(CANDIDATE_LIST)).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
