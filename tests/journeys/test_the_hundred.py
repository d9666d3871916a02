"""The hundred, on a county that is not ours: history imported, trained, compared, put to use, picked, signed."""

from io import BytesIO
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from docx import Document
from python_calamine import CalamineWorkbook

from crm.actions.evaluations import evaluate_county
from crm.extensions import db
from crm.models import Application, Campaign, Candidacy, Firm, ModelVersion
from pipelines.vocabulary import ModelLevel, Role, Title
from tests.another_county import another_county
from tests.workbooks import a_workbook

FIRMS = 900


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-04-20 10:00+08:00", tick=True):
        yield


def imported(visitor, table, name):
    """Uploaded, seen, confirmed."""
    titles, *rows = table
    there = visitor.post("/imports", data={"file": (a_workbook(rows, titles), name)}).location
    return waited_for(visitor, visitor.post(f"{waited_for(visitor, there)}/confirmation").location)


def waited_for(visitor, there):
    """A page that shows a task leads on to its result when it is done."""
    for _ in range(200):
        if not there.startswith("/tasks/"):
            return there
        there = visitor.get(there).location or there
    raise AssertionError(there)


def figures(page):
    found = BeautifulSoup(page.data, "html.parser").select(".key-figures > div")
    return {each.dt.get_text(strip=True): each.dd.get_text(strip=True) for each in found}


def test_a_county_made_otherwise_is_imported_trained_compared_picked_and_signed(app, signed_in):
    app.config["PAGE_WAIT_SECONDS"] = 120
    county, chief = another_county(FIRMS), signed_in(Role.SECTION_CHIEF)

    imported(chief, county.ledger, "台账.xlsx")
    imported(chief, county.rights, "知识产权.xlsx")
    imported(chief, county.applications, "历年申报.xlsx")

    assert db.session.scalar(sa.select(sa.func.count(Firm.id))) == FIRMS
    assert db.session.scalar(sa.select(sa.func.count(Application.id))) == len(county.applications) - 1

    version_page = chief.get(chief.post("/candidates/models").location)
    version = db.session.scalars(sa.select(ModelVersion)).one()
    last = version.card["evaluation"]["years"][-1]["measures"]
    assert version.level is ModelLevel.LOCAL
    assert version.is_demo is False
    assert "2025 年：用之前" in version_page.text
    assert last["model"]["auc"][0] > last["rule"]["auc"][0]
    assert abs(last["model"]["expected"] - version.card["evaluation"]["years"][-1]["passed"]) <= 25

    chief.post(f"/candidates/models/{version.id}/use")
    evaluate_county(version.data_as_of, "test")
    db.session.add(Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批", target_number=60))
    db.session.commit()
    before = figures(chief.get("/candidates"))
    assert (before["目标"], before["已选"]) == ("60 家", "0 家")

    chief.post("/candidates/picks", data={"into": 1, "first": 120})
    after = figures(chief.get("/candidates"))
    assert after["已选"] == "120 家"
    assert int(after["预计通过"].split()[0]) > 20
    assert chief.get("/candidates?list=picked").text.count("培育库") >= 50

    chief.post("/candidacies/campaigns/1/freeze")
    sheet = chief.post("/candidates/export-files", data={"list": "picked", "paper": "sheet"})
    paper = chief.post("/candidates/export-files", data={"list": "picked", "paper": "word"})
    book = CalamineWorkbook.from_filelike(BytesIO(sheet.data))
    cover = {row[0]: row[1] for row in book.get_sheet_by_name("封面").to_python()[2:]}
    assert cover["企业数"] == "120 家"
    assert "锁定，此后没有变化" in cover["锁定"]
    assert "演示模型" not in cover["依据"]
    assert len(Document(BytesIO(paper.data)).tables[0].rows) == 121
    assert unquote(paper.headers["Content-Disposition"]).endswith("候选名单_20260420.docx")
    assert db.session.scalar(sa.select(sa.func.count(Candidacy.id))) == 120
