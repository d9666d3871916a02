"""雁阵: every number opens its list, and the list has that many firms."""

from datetime import date
from io import BytesIO

import pytest
import time_machine
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from crm.actions.demo import load_reference
from crm.actions.events import SYSTEM
from crm.extensions import db
from crm.models import Industry, Township
from pipelines.vocabulary import RecognitionEnd, Role, Tier, Title
from tests.builders import a_firm, a_recognition, a_township, a_user


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-30 10:00+08:00", tick=False):
        yield


@pytest.fixture
def county(app) -> Township:
    """Two towns: one firm new to 高企, one risen from 省科小, one lapsed, one moved away, one that never rose."""
    west, east = a_township("西塘镇"), a_township("姚庄镇")
    db.session.add(Industry(code="35", name="专用设备制造业"))
    new, risen = a_firm("嘉善新增有限公司", township=west), a_firm("嘉善升级有限公司", township=west)
    lapsed, moved = a_firm("嘉善失效有限公司", township=east), a_firm("嘉善迁出有限公司")
    a_firm("嘉善潜在有限公司", industry_code="35")
    a_recognition(new, Title.HIGH_TECH, date(2026, 3, 1), valid_until=date(2029, 3, 1))
    a_recognition(risen, Title.TECH_SME, date(2020, 1, 1))
    a_recognition(risen, Title.HIGH_TECH, date(2026, 2, 1), valid_until=date(2029, 2, 1))
    a_recognition(lapsed, Title.TECH_SME, date(2020, 1, 1))
    a_recognition(lapsed, Title.HIGH_TECH, date(2023, 2, 1), valid_until=date(2026, 2, 1))
    a_recognition(
        moved, Title.HIGH_TECH, date(2024, 12, 6), ended_on=date(2026, 5, 1), end_reason=RecognitionEnd.MOVED_AWAY
    )
    db.session.commit()
    return west


def tables(page) -> list[dict[str, list[str]]]:
    """Each table: the head of a line → its numbers."""
    found = BeautifulSoup(page.data, "html.parser").select("table.data")
    return [
        {
            row.th.get_text(strip=True): [cell.get_text(strip=True) for cell in row.select("td.num")]
            for row in table.select("tbody tr")
        }
        for table in found
    ]


def test_the_books_of_every_rung_close(signed_in, county):
    _, flow, by_town = tables(signed_in(Role.DIRECTOR).get("/funnel"))

    #                       期初 新增 升入 回落 升出 失效 离开 期末
    assert flow["潜在"] == ["2", "0", "0", "1", "1", "0", "0", "2"]
    assert flow["省科小"] == ["1", "0", "0", "1", "1", "0", "0", "1"]
    assert flow["高企"] == ["2", "1", "1", "0", "0", "1", "1", "2"]
    assert by_town["西塘镇"] == ["0", "1", "1", "0", "0", "0", "0", "2"]
    assert by_town["姚庄镇"] == ["1", "0", "0", "0", "0", "1", "0", "0"]
    assert by_town["（未填）"] == ["1", "0", "0", "0", "0", "0", "1", "0"]


@pytest.mark.parametrize("query", ["", "?by=industry&tier=prospect", "?by=month", "?by=year", "?first=2024-01-01"])
def test_every_number_opens_a_list_of_that_many_firms_and_leaves_as_many_rows(signed_in, county, query):
    director = signed_in(Role.DIRECTOR)
    links = BeautifulSoup(director.get(f"/funnel{query}").data, "html.parser").select("td.num a")

    assert links
    for link in links:
        page = BeautifulSoup(director.get(link["href"]).data, "html.parser")
        fields = {field["name"]: field["value"] for field in page.select(".page-head form input")}
        workbook = director.post("/funnel/export-files", data=fields).data
        sheet = CalamineWorkbook.from_filelike(BytesIO(workbook)).get_sheet_by_index(0).to_python()
        told = int(link.get_text(strip=True))
        assert len(page.select("table.data tbody tr")) == told
        assert f"共 {told} 家" in [row[0] for row in sheet]


def test_the_plan_is_drawn_in(signed_in, county):
    load_reference(SYSTEM)

    wedge, *_ = tables(signed_in(Role.DIRECTOR).get("/funnel"))

    # firms on the rung, valid titles (the firm that rose keeps the lower one), the plan, what is missing of it
    assert wedge["高企"][:4] == ["2", "2", "800", "798"]
    assert wedge["省科小"][:4] == ["1", "2", "1,300", "1,298"]
    assert list(wedge) == [tier.label for tier in reversed(Tier) if tier is not Tier.PROSPECT]


def test_as_of_a_past_day_the_county_is_what_it_was(signed_in, county):
    wedge, *_ = tables(signed_in(Role.DIRECTOR).get("/funnel?last=2025-12-31"))

    assert (wedge["高企"][0], wedge["省科小"][0]) == ("2", "1")


def test_an_officer_of_a_township_sees_his_own(sign_in, county):
    _, flow, by_town = tables(sign_in(a_user(Role.TOWNSHIP_OFFICER, township=county)).get("/funnel"))

    assert flow["高企"][-1] == "2"
    assert list(by_town) == ["西塘镇"]


@pytest.mark.parametrize(
    "rubbish", ["first=yesterday", "by=nonsense", "tier=duke", "part=%3Cscript%3E", "place=-1", "page=0", "x=1"]
)
def test_rubbish_in_the_address_is_told(signed_in, county, rubbish):
    for path in ("/funnel", "/funnel/firms"):
        page = signed_in(Role.OFFICER).get(f"{path}?{rubbish}")

        assert page.status_code == 200
        assert "没有用上看不懂的条件" in page.text


def test_a_stretch_the_wrong_way_round_is_turned(signed_in, county):
    page = signed_in(Role.OFFICER).get("/funnel?first=2026-06-30&last=2026-01-01")

    assert "2026-01-01 至 2026-06-30" in page.text


def test_an_area_is_counted_with_the_township_it_lies_in(signed_in, county):
    inside = a_firm("嘉善园区有限公司", township=a_township("西塘产业园", within=county))
    a_recognition(inside, Title.HIGH_TECH, date(2026, 3, 1))
    db.session.commit()

    *_, by_town = tables(signed_in(Role.DIRECTOR).get("/funnel"))

    assert by_town["西塘镇"][-1] == "3"
    assert "西塘产业园" not in by_town


def test_an_empty_county_is_offered_the_import(signed_in):
    assert "先导入企业台账" in signed_in(Role.OFFICER).get("/funnel").text
