import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from crm import clock
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Event
from pipelines.vocabulary import EventKind, IpStatus, Role, Title
from tests.builders import a_contact, a_firm, a_flag, a_recognition, a_township, a_user, an_ip_right, some_figures

TABS = (
    "overview",
    "figures",
    "qualification",
    "potential",
    "candidacies",
    "visits",
    "ip-rights",
    "recognitions",
    "institutions",
    "projects",
    "contacts",
    "timeline",
)
LAST_YEAR = clock.today().year - 1


def test_firm_page_holds_every_section_so_that_it_prints_whole(signed_in):
    firm = a_firm("嘉善兰钧新能源科技有限公司", township=a_township("天凝镇"), founded_on=date(2016, 3, 15))
    a_contact(firm, name="李工", phone="13912345678")
    an_ip_right(firm, number="ZL202310000001.2")
    a_recognition(firm, Title.TECH_SME, date(2021, 6, 1))
    some_figures(firm, LAST_YEAR)

    page = signed_in(Role.OFFICER).get(f"/firms/{firm.id}").text

    shown = (
        "嘉善兰钧新能源科技有限公司",
        firm.uscc,
        "天凝镇",
        "李工",
        "ZL202310000001.2",
        "省科技型中小企业 2021",
        "4,000.00",
    )
    assert [text for text in shown if text not in page] == []
    assert page.count('class="d-none d-print-block"') == len(TABS) - 1


@pytest.mark.parametrize("tab", TABS)
def test_tab_is_a_plain_link_to_its_section(signed_in, tab):
    firm = a_firm()

    page = signed_in(Role.DIRECTOR).get(f"/firms/{firm.id}?tab={tab}").text

    assert f'<section id="{tab}" aria-label=' in page
    assert f'href="/firms/{firm.id}?tab={tab}" aria-current="page"' in page


def test_badges_tell_the_rung_first_and_each_title_once(signed_in):
    firm = a_firm()
    a_recognition(firm, Title.TECH_SME, date(2021, 6, 1))
    a_recognition(firm, Title.HIGH_TECH, date(2023, 12, 8), valid_until=clock.today())
    a_recognition(firm, Title.HIGH_TECH, date(2020, 12, 1), valid_until=clock.today() - timedelta(days=1))
    a_recognition(firm, Title.NATIONAL_TECH_SME, date(2025, 6, 1))
    a_recognition(firm, Title.NATIONAL_TECH_SME, date(2026, 6, 1))
    refresh_standings([firm.id], clock.today())

    page = signed_in(Role.OFFICER).get(f"/firms/{firm.id}").text

    head = page[page.index("<h1>") : page.index("</h1>")]
    badges = re.findall(r'class="tag tag-(\w+)">([^<]+)<', head)
    assert badges == [("good", "高企 2023"), ("plain", "国家科技型中小企业 2026"), ("plain", "省科技型中小企业 2021")]


def test_flag_that_stands_is_named_in_the_head_and_a_lifted_one_is_not(signed_in):
    firm = a_firm()
    a_flag(firm, entered_on=date(2024, 1, 1), lifted_on=date(2024, 6, 1))
    client = signed_in(Role.OFFICER)
    lifted = client.get(f"/firms/{firm.id}").text
    a_flag(firm, entered_on=date(2025, 1, 1))

    standing = client.get(f"/firms/{firm.id}").text

    assert ("经营异常名录（2025-01-01 列入）" in lifted, "经营异常名录（2025-01-01 列入）" in standing) == (False, True)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.TOWNSHIP_OFFICER])
def test_numbers_of_contacts_are_masked_for_everybody(signed_in, sign_in, role):
    township = a_township()
    firm = a_firm(township=township)
    a_contact(firm, phone="13912345678", email="ligong@example.com")

    page = sign_in(a_user(role, township=township)).get(f"/firms/{firm.id}").text

    assert ("139****5678" in page, "l***@example.com" in page) == (True, True)
    assert ("13912345678" in page, "ligong@example.com" in page) == (False, False)


def test_whole_number_is_shown_on_request_and_leaves_a_trace(sign_in):
    firm = a_firm()
    contact = a_contact(firm, phone="13912345678")
    a_contact(firm, name="另一位", phone="13712345678")
    officer = a_user(Role.OFFICER)

    page = sign_in(officer).post(f"/firms/{firm.id}/contacts/{contact.id}/disclosure")

    assert page.status_code == 200
    assert ("13912345678" in page.text, "13712345678" in page.text) == (True, False)
    event = db.session.scalars(sa.select(Event).where(Event.firm_id == firm.id)).one()
    assert (event.kind, event.by_id, event.particulars["subject_id"]) == (
        EventKind.CONTACT_SHOWN, officer.id, contact.id,
    )  # fmt: skip


def test_whole_number_is_refused_to_who_may_not_see_it(sign_in):
    township = a_township()
    firm = a_firm(township=township)
    contact = a_contact(firm, phone="13912345678")

    page = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=township)).post(
        f"/firms/{firm.id}/contacts/{contact.id}/disclosure"
    )

    assert (page.status_code, "13912345678" in page.text) == (403, False)


def test_firm_of_another_township_looks_like_none(signed_in):
    elsewhere = a_firm(township=a_township())
    client = signed_in(Role.TOWNSHIP_OFFICER)

    foreign, unknown = client.get(f"/firms/{elsewhere.id}"), client.get("/firms/999999")

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert elsewhere.name not in foreign.text


@pytest.mark.parametrize(
    "query",
    [
        "tab=nonsense", "tab=<script>", "years=-1", "years=99999999999999", "years=1e309", "years=", "kind=nonsense",
        "before=-1", "before=999999999", "before=9999999999", "before=99999999999999999999", "before=x", "tab=a&tab=b",
        "years=\u0663", "tab=%ff%fe", "unknown=1",
    ],
)  # fmt: skip
def test_senseless_parameters_show_the_page(signed_in, query):
    firm = a_firm()

    page = signed_in(Role.OFFICER).get(f"/firms/{firm.id}?{query}")

    assert (page.status_code, "<script>" in page.text) == (200, False)


@pytest.mark.parametrize("path", ["/firms/0", "/firms/-1", "/firms/99999999999999999999", "/firms/1e3", "/firms/x"])
def test_senseless_numbers_are_not_found(signed_in, path):
    assert signed_in(Role.OFFICER).get(path).status_code == 404


def test_hostile_text_is_shown_as_text(signed_in):
    firm = a_firm("<script>alert(1)</script>{{7*7}}有限公司", remark='"><img src=x onerror=alert(1)>')
    a_contact(firm, name="<b>粗</b>")

    page = signed_in(Role.OFFICER).get(f"/firms/{firm.id}").text

    assert ("<script>alert" in page, "<img src=x" in page, "<b>粗" in page, "49有限" in page) == (False,) * 4
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}有限公司" in page


def test_firm_page_costs_the_same_for_one_right_and_for_a_hundred(signed_in, queries):
    small, large = a_firm(), a_firm()
    for firm, times in ((small, 1), (large, 100)):
        for number in range(times):
            an_ip_right(firm, status=IpStatus.VALID)
            a_contact(firm, name=f"联系人{number}")
            a_recognition(firm, Title.NATIONAL_TECH_SME, date(2000, 1, 1) + timedelta(days=number))
        some_figures(firm, LAST_YEAR)
    client = signed_in(Role.OFFICER)
    client.get(f"/firms/{small.id}")

    with queries() as for_small:
        client.get(f"/firms/{small.id}")
    with queries() as for_large:
        client.get(f"/firms/{large.id}")

    assert len(for_large) == len(for_small)


def test_archived_firm_is_marked_and_offers_no_editing(signed_in):
    firm = a_firm(archived_at=clock.now(), archived_reason="已注销")

    page = signed_in(Role.SECTION_CHIEF).get(f"/firms/{firm.id}").text

    assert ("归档：已注销" in page, f"/firms/{firm.id}/edit" in page, ">恢复<" in page) == (True, False, True)


def test_reader_is_offered_nothing_to_change(signed_in):
    firm = a_firm()
    a_contact(firm)

    page = signed_in(Role.DIRECTOR).get(f"/firms/{firm.id}").text

    offers = [deed for deed in ("/edit", "/new", "/archiving", "/removal", "/disclosure") if deed in page]
    assert offers == []


def test_firm_page_judges_one_programme_at_a_time(signed_in):
    firm = a_firm()
    page = signed_in(Role.OFFICER).get(f"/firms/{firm.id}?tab=qualification&programme=national_tech_sme").text

    assert "资格判断：国家科技型中小企业" in page
    assert "请以官方文件为准" in page


def test_firm_page_judges_nothing_by_numbers_nobody_confirmed(signed_in):
    page = signed_in(Role.OFFICER).get(f"/firms/{a_firm().id}?tab=qualification&programme=leading").text

    assert "这个项目还不能判断" in page
