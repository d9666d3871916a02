"""一企一档 and 推荐汇总: what the page shows is what the paper says."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from docx import Document

from crm.extensions import db
from crm.models import Campaign, Event
from pipelines.vocabulary import EventKind, Role, Stage, Title
from tests.builders import a_candidacy, a_contact, a_firm, a_recognition, a_township, some_figures


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-20 10:00+08:00", tick=False):
        yield


def paper(answer) -> tuple[list[str], list[list[list[str]]]]:
    assert answer.status_code == 200
    document = Document(BytesIO(answer.data))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return [paragraph.text for paragraph in document.paragraphs], tables


def test_a_firm_on_paper_with_its_figures_titles_and_judgements(signed_in, app):
    firm = a_firm("嘉善{{ 1 }}<b>科技有限公司", township=a_township("西塘镇"))
    some_figures(firm, 2025)
    a_contact(firm)
    a_recognition(firm, Title.TECH_SME, date(2022, 5, 1), certificate_no="浙科小001")

    lines, (facts, figures) = paper(signed_in(Role.DIRECTOR).post(f"/firms/{firm.id}/papers"))

    assert lines[0] == "嘉善{{ 1 }}<b>科技有限公司"
    assert ["统一社会信用代码", firm.uscc] in facts
    assert dict(map(tuple, facts))["联系人"].endswith("138****0001")
    assert "2025 年" in figures[0]
    assert any("4,000.00" in row for row in figures)
    assert any(line.startswith("省科技型中小企业：2022-05-01 认定，证书 浙科小001") for line in lines)
    assert any(line.startswith("高新技术企业：") for line in lines)
    event = db.session.scalars(sa.select(Event).filter_by(kind=EventKind.EXPORTED)).one()
    assert (event.firm_id, event.particulars["list"]) == (firm.id, "一企一档")


def test_a_firm_of_which_nothing_is_known_has_a_paper_too(signed_in, app):
    firm = a_firm(founded_on=None)

    lines, _ = paper(signed_in(Role.DIRECTOR).post(f"/firms/{firm.id}/papers"))

    assert "没有走访记录。" in lines
    assert "没有登记资质和知识产权。" in lines


def test_no_paper_of_a_firm_outside_the_own_area(signed_in, app):
    firm = a_firm(township=a_township())

    assert signed_in(Role.TOWNSHIP_OFFICER).post(f"/firms/{firm.id}/papers").status_code == 404
    assert signed_in(Role.DIRECTOR).post("/firms/999999/papers").status_code == 404


def test_a_campaign_on_paper_holds_its_open_candidacies(signed_in, app):
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批")
    db.session.add(campaign)
    db.session.flush()
    for name, stage in (("嘉善甲有限公司", Stage.SUBMITTED), ("嘉善乙有限公司", Stage.INTENDED)):
        a_candidacy(a_firm(name), stage, campaign_id=campaign.id)
    a_candidacy(a_firm(), Stage.ABANDONED, campaign_id=campaign.id, closed_on=date(2026, 6, 1))

    lines, (rows,) = paper(signed_in(Role.OFFICER).post(f"/candidacies/campaigns/{campaign.id}/papers"))

    assert lines[0] == "2026 年高新技术企业第一批推荐汇总表"
    assert [row[1] for row in rows[1:]] == ["嘉善甲有限公司", "嘉善乙有限公司"]
    assert "共 2 家。" in lines
    assert signed_in(Role.OFFICER).post("/candidacies/campaigns/99/papers").status_code == 404
