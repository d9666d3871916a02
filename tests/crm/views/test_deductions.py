"""加计扣除: who may be a 高企 unnoticed, and which 高企 did not take the deduction."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from crm import clock
from crm.actions.demo import load_demo
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.queries.deduction import DeductionFilter, coverage
from pipelines.vocabulary import IpKind, Role, Title
from tests.builders import WAN, a_firm, a_recognition, a_township, a_user, an_ip_right, some_figures


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-30 10:00+08:00", tick=False):
        yield


def a_candidate(name: str, deduction: int | None, *, right: bool = True, certified: bool = False, **values):
    firm = a_firm(name, **values)
    some_figures(firm, 2025, rd_spend_deduction=None if deduction is None else Decimal(deduction * WAN))
    if right:
        an_ip_right(firm, IpKind.SOFTWARE)
    if certified:
        a_recognition(firm, Title.HIGH_TECH, date(2024, 12, 6), valid_until=date(2027, 12, 6))
    return firm


@pytest.fixture
def town(app):
    town = a_township("西塘镇")
    a_candidate("嘉善潜在一有限公司", 100, township=town)
    a_candidate("嘉善潜在二有限公司", 300)
    a_candidate("嘉善没有知识产权有限公司", 100, right=False)
    a_candidate("嘉善没有享受有限公司", 0)
    a_candidate("嘉善高企享受有限公司", 100, certified=True)
    a_candidate("嘉善高企没享受有限公司", 0, certified=True)
    a_candidate("嘉善高企不知道有限公司", None, certified=True)
    refresh_standings(None, clock.today())
    db.session.commit()
    return town


def names(page) -> list[str]:
    return [cell.text.strip() for cell in BeautifulSoup(page.data, "html.parser").select("table.data tbody th")]


def test_potential_firms_take_the_deduction_have_rights_and_are_not_certified(signed_in, town):
    assert names(signed_in(Role.OFFICER).get("/gaps/deductions")) == ["嘉善潜在二有限公司", "嘉善潜在一有限公司"]


def test_certified_firms_without_the_deduction_and_how_many_nobody_knows(signed_in, town):
    page = signed_in(Role.OFFICER).get("/gaps/deductions?list=unused")

    assert names(page) == ["嘉善高企没享受有限公司"]
    assert "另有 1 家高企不知道是否享受" in page.text


def test_a_township_officer_sees_the_own_area_only(sign_in, town):
    visitor = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=town))

    assert names(visitor.get("/gaps/deductions")) == ["嘉善潜在一有限公司"]


def test_the_list_leaves_as_a_workbook(signed_in, town):
    answer = signed_in(Role.OFFICER).post("/gaps/deductions/export-files")

    rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert [(row[0], row[4], row[7]) for row in rows[2:4]] == [
        ("嘉善潜在二有限公司", 300.0, 0.0),
        ("嘉善潜在一有限公司", 100.0, 0.0),
    ]
    assert "共 2 家" in [row[0] for row in rows]


@pytest.mark.parametrize("rubbish", ["list=all", "page=-1", "township=x", "nonsense=1"])
def test_rubbish_in_the_address_is_told(signed_in, town, rubbish):
    page = signed_in(Role.OFFICER).get(f"/gaps/deductions?{rubbish}")

    assert page.status_code == 200
    assert "没有用上看不懂的条件" in page.text


@pytest.mark.parametrize("query", ["", "?by=industry", "?by=year", "?by=township&year=2024", "?by=nonsense&place=x"])
def test_every_number_of_the_coverage_opens_a_list_of_that_many(signed_in, app, query):
    load_demo(120, 7, clock.today())
    director = signed_in(Role.DIRECTOR)
    page = BeautifulSoup(director.get(f"/gaps/deductions/coverage{query}").data, "html.parser")

    links = page.select("table.data td.num a")
    assert links
    for link in links:
        total = BeautifulSoup(director.get(link["href"]).data, "html.parser").select_one(".pagination-bar p")
        assert total, link["href"]
        assert total.get_text(strip=True) == f"共 {link.get_text(strip=True)} 条", link["href"]


def test_the_amount_is_the_sum_of_what_was_taken(signed_in, app):
    for spent in (Decimal(1_000_000), Decimal(2_345_600), Decimal(0), None):
        some_figures(a_firm(), clock.today().year - 1, rd_spend_deduction=spent)
    refresh_standings(None, clock.today())

    (row,) = coverage(DeductionFilter(), None, clock.today())

    assert (row.known, row.taking, row.amount, row.share) == (3, 2, Decimal("3345600"), 2 / 3)
