"""The palette: what a few letters find, for whom."""

import pytest
from bs4 import BeautifulSoup

from crm import clock
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.views.palettes import PLACES
from pipelines.vocabulary import Role
from tests.builders import a_contact, a_firm, a_township, a_user


@pytest.fixture
def firms(app):
    near, far = a_township("西塘镇"), a_township("魏塘街道")
    firms = [
        a_firm("嘉善兰钧新能源科技有限公司", township_id=near.id),
        a_firm("嘉善兰亭科技有限公司", township_id=far.id),
    ]
    a_contact(firms[0], name="赵经理", phone="13800001234")
    refresh_standings(None, clock.today())
    db.session.commit()
    return firms


def found(client, sought: str) -> dict[str, list[str]]:
    answer = client.get("/palette", query_string={"q": sought}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    results = BeautifulSoup(answer.text, "html.parser").select_one(".palette-results")
    return {
        head.text: [link.find(string=True).strip() for link in head.find_next("ul").select("a")]
        for head in results.select("h2")
    }


def test_firms_are_found_by_name_initials_code_and_contact(signed_in, firms):
    client = signed_in(Role.OFFICER)

    for sought in ("兰钧", "ljxny", firms[0].uscc, "赵经理", "00001234"):
        assert found(client, sought)["企业"] == ["嘉善兰钧新能源科技有限公司"], sought
    assert len(found(client, "兰")["企业"]) == 2


def test_a_township_officer_finds_his_own_area_only(sign_in, firms):
    client = sign_in(a_user(Role.TOWNSHIP_OFFICER, township_id=firms[1].township_id))

    assert found(client, "兰")["企业"] == ["嘉善兰亭科技有限公司"]
    assert "企业" not in found(client, firms[0].uscc)
    assert "企业" not in found(client, "赵经理")


def test_colleagues_pages_and_deeds_are_found_by_pinyin_too(signed_in, firms):
    a_user(name="王科员")
    a_user(name="王离岗", active=False)
    client = signed_in(Role.OFFICER)

    assert found(client, "wang")["同事"] == ["王科员"]
    assert found(client, "qyk")["页面"] == ["企业库"]
    assert found(client, "新增")["操作"] == ["新增企业"]


@pytest.mark.parametrize("role", Role)
def test_every_place_that_is_offered_may_be_opened(signed_in, role):
    client = signed_in(role)
    for place in PLACES:
        page = BeautifulSoup(client.get("/palette", query_string={"q": place.name}).text, "html.parser")
        for link in page.select(".palette-results a"):
            assert client.get(link["href"]).status_code in (200, 303), link.text


def test_an_auditor_finds_no_firm_and_no_colleague(signed_in, firms):
    assert set(found(signed_in(Role.AUDITOR), "兰")) == set()
    assert found(signed_in(Role.AUDITOR), "操作记录")["页面"] == ["操作记录"]


@pytest.mark.parametrize("sought", ["", " ", "%", "_", "'", "<script>", "兰" * 10_000, "\u202e", "𠮷"])
def test_rubbish_finds_nothing_or_something_and_never_fails(signed_in, firms, sought):
    found(signed_in(Role.OFFICER), sought)


def test_archived_firms_are_not_offered(signed_in, firms):
    firms[0].archived_at = clock.now()
    refresh_standings(None, clock.today())

    assert found(signed_in(Role.OFFICER), "兰")["企业"] == ["嘉善兰亭科技有限公司"]


def test_the_number_of_queries_is_the_same_for_one_firm_and_for_many(signed_in, firms, queries):
    client = signed_in(Role.OFFICER)
    found(client, "兰")  # caches of the process
    with queries() as one:
        found(client, "兰钧")
    with queries() as more:
        found(client, "兰")

    assert len(one) == len(more)


def test_sheet_of_the_keys_names_the_pages_somebody_may_open(signed_in):
    assert "企业库" in signed_in(Role.OFFICER).get("/palette/keys").text
    assert (
        "期限提醒"
        not in BeautifulSoup(signed_in(Role.DIRECTOR).get("/palette/keys").text, "html.parser").select_one(".keys").text
    )
