"""Duplicates on the pages: listed with reasons, said to be two, put side by side, merged, taken back."""

import re

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from crm import clock
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import DistinctPair, Firm, Merge
from pipelines.vocabulary import Role
from tests.builders import a_contact, a_firm, a_township, a_uscc, a_user
from tests.pages import form_of

PAIRS, MERGES = "/firms/suspected-pairs", "/merges"


@pytest.fixture
def client(signed_in) -> FlaskClient:
    return signed_in(Role.OFFICER)


@pytest.fixture
def two(app) -> tuple[Firm, Firm]:
    both = a_firm("嘉善兰钧新能源科技有限公司"), a_firm("嘉善兰均新能源科技有限公司", address="新址")
    refresh_standings(None, clock.today())
    return both


def text_of(answer) -> str:
    return " ".join(BeautifulSoup(answer.text, "html.parser").main.get_text(" ").split())


def form_for(client: FlaskClient, kept: Firm, gone: Firm) -> dict[str, str]:
    return form_of(client.get(f"{MERGES}/new?kept={kept.id}&gone={gone.id}").text, "seen")


def test_pair_is_listed_with_reasons_and_score(client, two):
    for firm in two:
        firm.legal_representative = "张三"
        a_contact(firm, phone="13800000009")

    page = text_of(client.get(PAIRS))

    assert "嘉善兰钧新能源科技有限公司" in page
    assert "嘉善兰均新能源科技有限公司" in page
    assert "名称相近、电话相同、法定代表人相同" in page
    assert re.search(r" 100 核对合并", page)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ({}, {"name": "嘉善甲乙丙（浙江）科技有限责任公司"}, "名称相同"),
        (
            {"uscc": "91330421MA2AAAAA1X"},
            {"name": "平湖两样印染厂", "uscc": "93330421MA2AAAAA10"},
            "组织机构代码相同",
        ),
    ],
)
def test_reason_is_told(client, one, other, reason):
    a_firm("嘉善甲乙丙浙江科技有限公司", **one)
    a_firm(**other)

    assert reason in text_of(client.get(PAIRS))


def test_telephone_of_many_firms_is_an_agencys_and_no_reason(client):
    for name in ("甲", "乙丙", "丁戊己", "庚辛壬癸", "子丑寅卯辰", "巳午未申酉戌"):
        a_contact(a_firm(f"嘉善{name}厂"), phone="13800000009")

    assert "没有疑似重复的企业" in text_of(client.get(PAIRS))


def test_pair_said_to_be_two_is_listed_no_more_until_that_is_taken_back(client, two):
    fields = {"first": str(two[1].id), "second": str(two[0].id)}
    for _ in range(2):
        client.post("/firms/distinct-pairs", data=fields)
    settled = text_of(client.get(PAIRS))
    listed = text_of(client.get(f"{PAIRS}?which=settled"))
    pair_id = db.session.scalars(sa.select(DistinctPair.id)).one()

    client.post(f"/firms/distinct-pairs/{pair_id}/removal")
    again = client.post(f"/firms/distinct-pairs/{pair_id}/removal")

    assert "没有疑似重复的企业" in settled
    assert "撤回标记" in listed
    assert "核对合并" in text_of(client.get(PAIRS))
    assert "这个标记已经撤回" in again.text


def test_merge_from_the_page_and_back(client, two):
    kept, gone = two
    shown = text_of(client.get(f"{MERGES}/new?kept={kept.id}&gone={gone.id}"))
    form = form_for(client, kept, gone) | {"take-name": "gone"}

    answer = client.post(MERGES, data=form)
    db.session.expire_all()
    after = (answer.location, kept.name, kept.address, gone.merged_into_id)
    led = client.get(f"/firms/{gone.id}")
    merge = db.session.scalars(sa.select(Merge)).one()
    client.post(f"{MERGES}/{merge.id}/undoing")
    db.session.expire_all()

    assert "保留：嘉善兰钧新能源科技有限公司" in shown
    assert after == (f"/firms/{kept.id}", "嘉善兰均新能源科技有限公司", "新址", kept.id)
    assert (led.status_code, led.location) == (303, f"/firms/{kept.id}")
    assert (kept.name, kept.address, gone.merged_into_id) == ("嘉善兰钧新能源科技有限公司", None, None)
    assert "撤销" in text_of(client.get(MERGES))


def test_firm_that_was_changed_meanwhile_is_shown_again_with_the_choices_kept(client, two):
    kept, gone = two
    form = form_for(client, kept, gone) | {"take-address": "kept"}
    client.post(f"/firms/{gone.id}/contacts", data={"name": "李四", "role": "other", "phone": "13800000004"})

    answer = client.post(MERGES, data=form)
    again = form_of(answer.text, "seen")

    assert answer.status_code == 422
    assert "有人改过其中一家企业" in answer.text
    assert again["take-address"] == "kept"
    assert client.post(MERGES, data=again).status_code == 303


def test_firm_into_itself_is_refused_in_a_sentence(client, two):
    kept, _ = two

    answers = [
        client.get(f"{MERGES}/new?kept={kept.id}&gone={kept.id}"),
        client.post(MERGES, data={"kept": kept.id, "gone": kept.id, "seen": ""}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("不能把一家企业合并到它自己" in answer.text for answer in answers)


@pytest.mark.parametrize("number", ["", "abc", "-1", "0", "99999999999", "１", "1;2"])
def test_senseless_numbers_are_no_firms(client, two, number):
    kept, _ = two
    fields = {"kept": kept.id, "gone": number, "seen": "x"}

    answers = [client.get(f"{MERGES}/new", query_string=fields), client.post(MERGES, data=fields)]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("senseless", [{"take-name": "x"}, {"take-nothing": "gone"}, {"seen": "9" * 500}])
def test_senseless_choices_are_passed_over_or_asked_again(client, two, senseless):
    answer = client.post(MERGES, data=form_for(client, *two) | senseless)

    assert answer.status_code in (303, 422)


def test_other_firm_is_found_by_code_name_or_likeness(client, two):
    kept, gone = two

    alike = text_of(client.get(f"{MERGES}/new?kept={kept.id}"))
    by_code = text_of(client.get(f"{MERGES}/new", query_string={"kept": kept.id, "other": gone.uscc.lower()}))
    by_name = text_of(client.get(f"{MERGES}/new", query_string={"kept": kept.id, "other": gone.name}))
    nothing = text_of(client.get(f"{MERGES}/new", query_string={"kept": kept.id, "other": a_uscc()}))

    assert all("嘉善兰均新能源科技有限公司" in page for page in (alike, by_code, by_name))
    assert "没有找到这家企业" in nothing


def test_township_officer_sees_and_merges_only_pairs_of_the_own_area(app, sign_in):
    own, other = a_township(), a_township()
    first = a_firm("嘉善兰钧新能源科技有限公司", township_id=own.id)
    second = a_firm("嘉善兰均新能源科技有限公司", township_id=other.id)
    visitor = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=own))

    page = text_of(visitor.get(PAIRS))
    fields = {"kept": first.id, "gone": second.id, "seen": ""}
    answers = [
        visitor.get(f"{MERGES}/new", query_string=fields),
        visitor.post(MERGES, data=fields),
        visitor.post("/firms/distinct-pairs", data={"first": first.id, "second": second.id}),
    ]

    assert "另有 1 对涉及不在您辖区的企业" in page
    assert "兰均" not in page
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_merge_of_firms_outside_the_area_cannot_be_undone_from_there(client, two, sign_in):
    client.post(MERGES, data=form_for(client, *two))
    merge = db.session.scalars(sa.select(Merge)).one()
    visitor = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=a_township()))

    assert visitor.post(f"{MERGES}/{merge.id}/undoing").status_code == 404
    assert "还没有合并过企业" in text_of(visitor.get(MERGES))


def test_former_code_and_name_find_the_kept_firm_in_the_list(client, two):
    kept, gone = two
    client.post(MERGES, data=form_for(client, *two))

    for words in (gone.uscc, "兰均", "jsljxnykj"):
        assert f'href="/firms/{kept.id}"' in client.get("/firms", query_string={"q": words}).text


def test_who_may_not_merge_is_not_offered_it(two, signed_in):
    leader = signed_in(Role.DIRECTOR)

    assert leader.get(PAIRS).status_code == 403
    assert "merges/new" not in leader.get(f"/firms/{two[0].id}").text
