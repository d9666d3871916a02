"""The list as it is seen: what it offers, what it says back, and what it answers in part."""

from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from crm import clock
from crm.actions.evaluations import evaluate_county
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import LatestEvaluation
from crm.queries.firm_filter import PARAMETERS
from crm.queries.ledger import ledger_rows, listed_columns
from pipelines.vocabulary import Programme, Role, Title
from tests.builders import a_contact, a_firm, a_recognition, a_township, some_figures


@pytest.fixture
def listed(signed_in):
    """listed("q=…") → the page of the list, as an officer sees it."""

    def ask(query: str = "", role: Role = Role.OFFICER, **headers: str) -> BeautifulSoup:
        refresh_standings(None, clock.today())
        answer = signed_in(role).get(f"/firms?{query}", headers=headers)
        assert answer.status_code == 200
        return BeautifulSoup(answer.text, "html.parser")

    return ask


def names(page: BeautifulSoup) -> list[str]:
    return [link.text for link in page.select("table.data tbody th a")]


def heads(page: BeautifulSoup) -> list[str]:
    return [head.text.strip() for head in page.select("table.data thead th")]


def test_chip_takes_one_condition_away_and_leaves_the_rest(listed):
    town = a_township("西塘镇")
    a_firm("嘉善甲科技有限公司", township_id=town.id)

    page = listed(f"q=甲&township={town.id}&sort=-founded_on&size=50")

    chips = {chip.contents[0].strip(): chip.a["href"] for chip in page.select(".chip")}
    assert names(page) == ["嘉善甲科技有限公司"]
    assert set(chips) == {"搜索：甲", "镇街：西塘镇"}
    assert chips["搜索：甲"] == f"/firms?view=all&township={town.id}&sort=-founded_on&size=50"
    assert page.find("a", string="重置")["href"] == "/firms?sort=-founded_on&size=50&view=all"


@pytest.mark.parametrize("rubbish", ["nonsense", "-1", "10000000000", "' OR 1=1 --", "<script>", "，", "%"])
@pytest.mark.parametrize("name", PARAMETERS)
def test_rubbish_in_any_parameter_leaves_a_page(listed, name, rubbish):
    a_firm("嘉善甲科技有限公司")

    page = listed(f"{name}={rubbish}")

    assert page.find("h1").text == "企业库"
    assert page.find("script", string=True) is None


def test_five_hundred_parameters_are_told_in_one_sentence(listed):
    page = listed("&".join(f"x{number}=1" for number in range(500)))

    assert "另有 495 项" in page.select_one(".notice").text


def test_empty_register_says_what_to_do_first(listed):
    page = listed()

    assert page.select_one(".empty h2").text == "还没有企业"
    assert page.select_one(".empty a")["href"] == "/imports/new"


def test_nothing_found_offers_the_way_back(listed):
    a_firm()

    page = listed("q=没有这家")

    assert page.select_one(".empty h2").text == "没有符合条件的企业"
    assert page.select_one(".empty a")["href"] == "/firms?view=all"


def test_request_of_the_list_itself_is_answered_without_the_frame(listed):
    a_firm("嘉善甲科技有限公司")

    whole, part = listed(), listed(**{"HX-Request": "true"})

    assert (whole.find("nav") is not None, names(whole)) == (True, ["嘉善甲科技有限公司"])
    assert (part.select_one(".sidebar"), names(part)) == (None, ["嘉善甲科技有限公司"])


def test_columns_can_be_chosen(listed):
    a_firm()

    assert heads(listed("cols=uscc,owner")) == ["企业名称", "信用代码", "责任人"]


@pytest.mark.parametrize(("role", "phone"), [(Role.OFFICER, "13800000001"), (Role.DIRECTOR, "138****0001")])
def test_whole_numbers_are_for_who_calls_firms(listed, role, phone):
    a_contact(a_firm(), phone="13800000001")

    row = listed("cols=phone", role).select_one("table.data tbody tr")

    assert row.find("td").text == phone


def test_each_view_says_how_many_it_holds(listed):
    a_recognition(a_firm(), Title.HIGH_TECH, clock.today().replace(year=clock.today().year - 1))
    a_firm()

    tabs = dict(tab.text.rsplit(maxsplit=1) for tab in listed().select("nav.tabs a"))

    assert (tabs["全部"], tabs["高企"], tabs["省科小"], tabs["已归档"]) == ("2", "1", "0", "0")


def test_reader_is_offered_no_import(listed):
    a_firm()

    page = listed(role=Role.DIRECTOR)

    assert [link.text for link in page.select(".page-head .actions a")] == []
    assert page.select_one(".page-head .actions button").text == "导出"


def test_judgements_stand_in_the_list_and_leave_with_it(listed):
    firm = a_firm("嘉善只差一项有限公司")
    some_figures(firm, 2025, staff=Decimal(100), tech_staff=Decimal(9))
    a_recognition(firm, Title.HIGH_TECH, date(2023, 1, 1), valid_until=date(2026, 1, 1))
    db.session.commit()
    evaluate_county(date(2026, 6, 30), "system")
    columns = ("high_tech_verdict", "shortlist", "gap_words", "colour")

    shown = [cell.text.strip() for cell in listed(f"cols={','.join(columns)}").select("table.data tbody td")]
    exported = list(ledger_rows([firm.id], listed_columns(columns)))[0][1:]

    assert shown == ["未达标", "C 一项短板可补", "再增 2 名科技人员（新招），或转岗 1 名", "红"]
    assert [getattr(value, "label", value) for value in exported] == shown


def test_firms_whose_rules_lack_data_are_found_by_the_share_that_is_known(listed):
    told, bare = a_firm("嘉善数据较全有限公司"), a_firm("嘉善数据很少有限公司")
    for year in (2023, 2024, 2025):
        some_figures(told, year, staff=Decimal(100), tech_staff=Decimal(9))
    db.session.commit()
    evaluate_county(date(2026, 6, 30), "system")
    shares = {
        firm.id: db.session.get(LatestEvaluation, (firm.id, Programme.HIGH_TECH)).data_ratio for firm in (told, bare)
    }
    between = (shares[told.id] + shares[bare.id]) * 50

    rows = listed(f"rule_data_max={between:.1f}&cols=rule_data").select("table.data tbody tr")

    assert [row.find("th").text.strip() for row in rows] == ["嘉善数据很少有限公司"]
    assert rows[0].find("td").text.strip() == "16.7"
