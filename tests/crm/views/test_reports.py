"""简报: every number of a draft is the length of its list; what was issued stays as it was issued."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from docx import Document
from python_calamine import CalamineWorkbook

from crm.actions.demo import load_demo
from crm.actions.office_templates import office_template
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Report
from crm.queries.brief import brief, period_of
from pipelines.papers.shipped import BRIEF
from pipelines.vocabulary import Role, Title
from tests.builders import a_firm, a_recognition

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-11-23 10:00+08:00", tick=False):
        yield


@pytest.fixture
def county(app):
    load_demo(150, 7, TODAY)


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.SECTION_CHIEF)


def issued() -> Report:
    return db.session.scalars(sa.select(Report).order_by(Report.id.desc())).first()


@pytest.mark.parametrize(
    ("code", "first", "last", "as_of"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), date(2026, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), date(2024, 2, 29)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30), TODAY),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), TODAY),
    ],
)
def test_a_period_is_a_month_or_a_quarter_up_to_today(code, first, last, as_of):
    period = period_of(code, TODAY)

    assert (period.first, period.last, period.as_of, period.code) == (first, last, as_of, code)


@pytest.mark.parametrize(
    "code", ["", "2026", "2026-13", "2026-00", "2026-Q5", "2026-12", "2027-Q1", "1999-01", "x" * 99]
)
def test_what_is_no_period_or_has_not_begun_is_sent_back_with_a_sentence(chief, code):
    assert period_of(code, TODAY) is None
    page = chief.get("/reports/drafts", query_string={"period": code}, follow_redirects=True)

    assert "这个期间看不懂，或还没有开始" in page.text
    assert chief.post("/reports", data={"period": code}).status_code == 404


@pytest.mark.parametrize("code", ["2026-11", "2025-12", "2025-Q4"])
def test_every_number_of_a_draft_is_the_length_of_its_list(chief, county, code):
    page = BeautifulSoup(chief.get("/reports/drafts", query_string={"period": code}).data, "html.parser")

    links = page.select("main section p a")
    assert len(links) >= 3
    for link in links:
        total = BeautifulSoup(chief.get(link["href"]).data, "html.parser").select_one(".pagination-bar p")
        assert total, link["href"]
        assert total.get_text(strip=True) == f"共 {link.get_text(strip=True)} 条"


def test_page_paper_and_workbook_say_the_same(chief, county):
    told = brief(period_of("2026-11", TODAY), None, TODAY).values()
    chief.post("/reports", data={"period": "2026-11"})

    report = issued()
    page = chief.get(f"/reports/{report.id}").text
    paper = Document(BytesIO(chief.get(f"/reports/{report.id}/paper").data))
    lines = [paragraph.text for paragraph in paper.paragraphs]
    sheets = CalamineWorkbook.from_filelike(BytesIO(chief.get(f"/reports/{report.id}/workbook").data))
    for name in ("overview", "progress", "moves", "work"):
        assert report.figures[name] == told[name]
        for line in told[name]:
            assert line in lines
            assert line in BeautifulSoup(page, "html.parser").get_text()
    targets, townships, moved = (
        [[cell.text for cell in row.cells] for row in table.rows[1:]] for table in paper.tables
    )
    assert targets == [list(row.values()) for row in told["targets"]]
    assert [row[:3] for row in townships] == [
        [row["name"], row["tech_sme"], row["high_tech"]] for row in told["townships"]
    ]
    assert len(moved) == len(told["moved"])
    assert sheets.sheet_names == ["封面", "目标", "镇街", "高企进出"]
    rows = sheets.get_sheet_by_name("目标").to_python()
    assert [row[0] for row in rows if row[0] in {each["label"] for each in told["targets"]}] == [
        each["label"] for each in told["targets"]
    ]


def test_what_was_issued_stays_whatever_is_recorded_later(chief, county):
    chief.post("/reports", data={"period": "2026-10"})
    first = issued()
    before = (dict(first.figures), first.paper, first.workbook)

    a_recognition(a_firm(), Title.HIGH_TECH, date(2026, 10, 9))
    refresh_standings(None, TODAY)
    chief.post("/reports", data={"period": "2026-10"})

    db.session.expire_all()
    assert (dict(first.figures), first.paper, first.workbook) == before
    assert issued().id != first.id
    assert issued().figures["overview"] != before[0]["overview"]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("{{ titel }}", "没有名为“titel”的内容"),
        ("{% for row in targets %}{{ row.nmae }}{% endfor %}", "没有名为“nmae”的内容"),
        ("{{ title", "占位符写法有误"),
        ("{{ ''.__class__.__mro__ }}", "Word 模板不能用"),
    ],
)
def test_a_template_the_office_broke_is_told_with_the_field(chief, county, broken, told):
    own = Document()
    own.add_paragraph(broken)
    own.save(office_template(BRIEF))

    page = chief.post("/reports", data={"period": "2026-10"}, follow_redirects=True)
    office_template(BRIEF).unlink()

    assert told in page.text
    assert issued() is None


def test_the_paper_has_the_look_of_an_official_one(app):
    section = Document(office_template(BRIEF)).sections[0]

    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(size.mm) for size in sizes] == [210, 297, 37, 28]


def test_reports_name_firms_of_the_whole_county_and_are_not_for_one_township(signed_in, county, chief):
    chief.post("/reports", data={"period": "2026-10"})
    report = issued()

    for role, status in ((Role.TOWNSHIP_OFFICER, 403), (Role.DIRECTOR, 200), (Role.OFFICER, 200), (Role.AUDITOR, 403)):
        visitor = signed_in(role)
        for path in ("/reports", f"/reports/{report.id}", f"/reports/{report.id}/paper"):
            assert visitor.get(path).status_code == status, (role, path)
        assert visitor.post("/reports", data={"period": "2026-10"}).status_code == 403
    assert chief.get("/reports/999").status_code == 404
