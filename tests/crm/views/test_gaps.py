"""差距清单 and 缺数据: lists over the county's judgements."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from crm.actions.evaluations import evaluate_county
from crm.extensions import db
from crm.models import Event, Firm
from pipelines.vocabulary import ContactRole, EventKind, Role, Title
from tests.builders import WAN, a_contact, a_firm, a_recognition, a_township, a_user, an_ip_right, some_figures

TODAY = date(2026, 6, 30)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-30 10:00+08:00", tick=False):
        yield


def a_candidate(name: str, spend: int, **values):
    """Nothing is missed but the research share, and that only when the spend says so; much is unknown."""
    firm = a_firm(name, **values)
    an_ip_right(firm)
    for year in (2023, 2024, 2025):
        some_figures(firm, year, sales_revenue=Decimal(4000 * WAN), rd_spend=Decimal(spend * WAN))
    return firm


def shown(page) -> list[list[str]]:
    rows = BeautifulSoup(page.data, "html.parser").select("table.data tbody tr")
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in rows]


@pytest.fixture
def county(app):
    town = a_township("西塘镇")
    a_candidate("嘉善差得多有限公司", 100, township=town)
    a_candidate("嘉善差得少有限公司", 199, township=a_township("姚庄镇"))
    a_candidate("嘉善不差有限公司", 200, township=town)
    db.session.commit()
    evaluate_county(TODAY, "system")
    return town


def test_the_smallest_gap_comes_first_in_real_units(signed_in, county):
    rows = shown(signed_in(Role.OFFICER).get("/gaps"))

    assert [row[0] for row in rows] == ["嘉善差得少有限公司", "嘉善差得多有限公司"]
    assert "还差 3 万元" in rows[0][3]
    assert "还差 300 万元" in rows[1][3]


def test_a_number_of_a_condition_opens_the_list_it_counts(signed_in, county):
    page = signed_in(Role.OFFICER).get("/gaps")
    link = BeautifulSoup(page.data, "html.parser").select_one(".programmes a")

    rows = shown(signed_in(Role.OFFICER).get(link["href"]))

    assert link.select_one(".tab-count").text == "2" == str(len(rows))


def test_a_township_is_asked_for(signed_in, county):
    rows = shown(signed_in(Role.OFFICER).get(f"/gaps?township={county.id}"))

    assert [row[0] for row in rows] == ["嘉善差得多有限公司"]


def test_a_township_officer_sees_the_own_area_only(sign_in, county):
    rows = shown(sign_in(a_user(Role.TOWNSHIP_OFFICER, township=county)).get("/gaps"))

    assert [row[0] for row in rows] == ["嘉善差得多有限公司"]


def test_a_firm_whose_certificate_holds_has_nothing_to_do(signed_in, county):
    holder = a_candidate("嘉善有证有限公司", 199)
    a_recognition(holder, Title.HIGH_TECH, date(2025, 12, 1), valid_until=date(2028, 12, 1))
    db.session.commit()
    evaluate_county(TODAY, "system")

    rows = shown(signed_in(Role.OFFICER).get("/gaps"))

    assert "嘉善有证有限公司" not in [row[0] for row in rows]


def test_missing_figures_name_what_to_collect(signed_in, county):
    rows = shown(signed_in(Role.OFFICER).get("/gaps/missing-figures"))

    assert [row[0] for row in rows] == ["嘉善不差有限公司"]
    assert "2025 年职工总数" in rows[0][3]


def test_missing_figures_say_whom_to_ask(signed_in, county):
    firm = db.session.scalars(sa.select(Firm).filter_by(name="嘉善不差有限公司")).one()
    a_contact(firm, name="钱会计", role=ContactRole.FINANCE)

    (row,) = shown(signed_in(Role.OFFICER).get("/gaps/missing-figures"))

    finance, research, *_ = row[3].split("； ")
    assert finance.startswith("财务 钱会计： ")
    assert "2025 年职工总数" in finance
    assert research.startswith("研发： ")
    assert "2025 年科技人员" in research


@pytest.mark.parametrize("path", ["/gaps", "/gaps/missing-figures", "/gaps/doubts"])
@pytest.mark.parametrize(
    "rubbish", ["programme=nonsense", "page=-1", "page=1000000000", "criterion='", "tier=z", "township=西塘", "size=7"]
)
def test_rubbish_in_the_address_is_told_or_passed_over(signed_in, county, path, rubbish):
    page = signed_in(Role.OFFICER).get(f"{path}?{rubbish}")

    assert page.status_code == 200
    assert ("没有用上看不懂的条件" in page.text) == (rubbish != "page=1000000000")


@pytest.mark.parametrize("path", ["/gaps", "/gaps/missing-figures", "/gaps/doubts"])
def test_an_empty_county_is_told_what_to_do(signed_in, path):
    page = signed_in(Role.OFFICER).get(path)

    assert page.status_code == 200
    assert "没有" in page.text


@pytest.mark.parametrize("path", ["/gaps", "/gaps/missing-figures", "/gaps/doubts"])
def test_a_page_of_many_firms_asks_as_often_as_one_of_few(signed_in, queries, path):
    officer, asked = signed_in(Role.OFFICER), []
    for number in range(2):
        for _ in range(1 + 5 * number):
            a_candidate(f"嘉善查询{number}{_}有限公司", 199)
            a_candidate(f"嘉善开放{number}{_}有限公司", 300)
        db.session.commit()
        evaluate_county(TODAY, "system")
        with queries() as told:
            officer.get(path)
        asked.append(len(told))

    assert asked[0] == asked[1]


@pytest.mark.parametrize(("path", "count", "told"), [("/gaps", 2, "差距清单"), ("/gaps/missing-figures", 1, "缺数据")])
def test_a_list_leaves_as_a_workbook_with_every_row_and_a_trace(signed_in, county, path, count, told):
    answer = signed_in(Role.OFFICER).post(f"{path}/export-files", data={"size": "20"})

    rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == f"高新技术企业{told}"
    assert rows[1][:2] == ["企业名称", "统一社会信用代码"]
    assert [f"共 {count} 家"] == [row[0] for row in rows if str(row[0]).startswith("共")]
    event = db.session.scalars(sa.select(Event).filter_by(kind=EventKind.EXPORTED)).one()
    assert (event.particulars["list"], event.particulars["count"]) == (told, count)


def test_contradictions_and_strange_research_figures_are_listed(signed_in, county):
    firm = a_candidate("嘉善矛盾有限公司", 199)
    figures = firm.annual_figures[-1]
    figures.staff, figures.tech_staff = Decimal(10), Decimal(11)
    figures.rd_spend_accounting, figures.rd_spend_deduction = Decimal(150 * WAN), Decimal(90 * WAN)
    db.session.commit()
    evaluate_county(TODAY, "system")

    rows = shown(signed_in(Role.OFFICER).get("/gaps/doubts"))

    assert [row[0] for row in rows] == ["嘉善矛盾有限公司"]
    assert "2025 年科技人员多于职工总数" in rows[0][2]
    assert "2025 年研发费用高企口径大于会计口径" in rows[0][2]
    assert "2025 年研发费用加计扣除口径不到高企口径的一半" in rows[0][2]
