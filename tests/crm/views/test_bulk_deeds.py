"""Many firms at a time: the bar of the list, the page that confirms, the result, and the way back."""

import re

import pytest

from crm import clock
from crm.actions.standings import refresh_standings
from crm.actions.tasks import is_finished_soon
from crm.extensions import db
from crm.models import BulkDeed, Campaign, Candidacy, Firm, FirmTag, Tag, Task
from crm.views import bulk_deed_undoings
from pipelines.vocabulary import Programme, Role
from tests.builders import a_firm, a_township, a_user


@pytest.fixture
def town(app):
    return a_township("西塘镇")


@pytest.fixture
def firms(app, town) -> list[Firm]:
    firms = [a_firm(f"嘉善第{number}科技有限公司", township_id=town.id) for number in range(1, 4)]
    refresh_standings(None, clock.today())
    db.session.commit()
    return firms


@pytest.fixture
def owner(app):
    return a_user(name="王科员")


def hidden_of(page: str) -> dict[str, str]:
    """What the page's own form would send."""
    main = page[page.index("<main") :]
    return dict(re.findall(r'<input type="hidden" name="(?!csrf|once)(\w+)" value="([^"]*)">', main))


def sent(client, address: str, **values) -> str:
    page = client.get(address).text
    answer = client.post("/bulk-deeds", data=hidden_of(page) | values, follow_redirects=True)
    return answer.text


def test_ticked_firms_are_dealt_out_after_a_page_that_names_them(signed_in, firms, owner):
    client = signed_in(Role.OFFICER)
    ticked = f"/bulk-deeds/new?deed=assign&pick={firms[0].id}&pick={firms[2].id}&owner=none"

    page = client.get(ticked).text
    assert "嘉善第1科技有限公司、嘉善第3科技有限公司" in page
    assert "分派 2 家" in page
    result = sent(client, ticked, assignee=owner.id)

    assert "成功 2 家，未动 0 家" in result
    assert "/firms?owner=none" in result
    assert [firm.owner_id for firm in firms] == [owner.id, None, owner.id]


def test_all_of_a_list_is_what_its_filter_finds_not_what_its_page_shows(signed_in, firms, owner):
    firms[1].owner_id = owner.id
    refresh_standings(None, clock.today())

    result = sent(signed_in(Role.OFFICER), "/bulk-deeds/new?deed=assign&all=yes&size=20&page=1", assignee=owner.id)

    assert "成功 2 家，未动 1 家" in result
    assert "已由该责任人负责" in result


def test_what_the_form_adds_is_no_condition_and_a_value_without_sense_is_told(signed_in, firms):
    client = signed_in(Role.OFFICER)

    assert "未识别的条件" not in client.get("/bulk-deeds/new?deed=assign&all=yes").text
    assert "tier=nonsense" in client.get("/bulk-deeds/new?deed=assign&all=yes&tier=nonsense").text


def test_list_that_grew_meanwhile_is_shown_again_with_its_new_number(signed_in, firms, owner):
    client = signed_in(Role.OFFICER)
    seen = hidden_of(client.get("/bulk-deeds/new?deed=assign&all=yes").text)
    a_firm("嘉善新来科技有限公司")
    refresh_standings(None, clock.today())

    answer = client.post("/bulk-deeds", data=seen | {"assignee": owner.id})

    assert answer.status_code == 422
    assert "确认时是 3 家，现在是 4 家" in answer.text
    assert hidden_of(answer.text)["confirmed"] == "4"
    assert {firm.owner_id for firm in firms} == {None}


def test_the_list_offers_the_way_back_and_the_undo_is_foreseen_before_it_is_done(signed_in, firms, owner):
    client = signed_in(Role.OFFICER)
    sent(client, "/bulk-deeds/new?deed=assign&all=yes", assignee=owner.id)
    deed = db.session.query(BulkDeed).one()
    assert f"/bulk-deeds/{deed.id}/undoing" in client.get("/firms").text

    foreseen = client.get(f"/bulk-deeds/{deed.id}/undoing").text
    assert "撤销（恢复 3 家）" in foreseen
    result = client.post(f"/bulk-deeds/{deed.id}/undoing", follow_redirects=True).text

    assert "已撤销，恢复 3 家" in result
    assert {firm.owner_id for firm in firms} == {None}
    assert f"/bulk-deeds/{deed.id}/undoing" not in client.get("/firms").text
    again = client.get(f"/bulk-deeds/{deed.id}/undoing")
    assert (again.status_code, "不必再撤销一次" in again.text) == (422, True)


def test_undo_of_very_many_firms_is_a_task_that_leads_back_to_the_deed(monkeypatch, signed_in, firms, owner):
    monkeypatch.setattr(bulk_deed_undoings, "AT_ONCE", 2)
    client = signed_in(Role.OFFICER)
    sent(client, "/bulk-deeds/new?deed=assign&all=yes", assignee=owner.id)
    deed = db.session.query(BulkDeed).one()

    answer = client.post(f"/bulk-deeds/{deed.id}/undoing")
    assert is_finished_soon(db.session.query(Task).one())

    assert client.get(answer.location).location == f"/bulk-deeds/{deed.id}"
    db.session.expire_all()
    assert {firm.owner_id for firm in firms} == {None}


def test_tags_are_given_and_found_by_the_filter(signed_in, firms):
    tag = Tag(name="重点培育")
    db.session.add(tag)
    db.session.flush()
    client = signed_in(Role.OFFICER)

    sent(client, f"/bulk-deeds/new?deed=tag&pick={firms[0].id}", tagged=tag.id)

    listed = client.get(f"/firms?tag={tag.id}").text
    assert "嘉善第1科技有限公司" in listed
    assert "嘉善第2科技有限公司" not in listed
    assert "标签：重点培育" in listed


def test_firms_join_a_campaign_by_the_deed_that_opens_candidacies(signed_in, firms, owner):
    campaign = Campaign(programme=Programme.HIGH_TECH, year=2026, round=1)
    db.session.add(campaign)
    db.session.flush()

    result = sent(
        signed_in(Role.OFFICER), "/bulk-deeds/new?deed=campaign&all=yes",
        target="high_tech", into=campaign.id, assignee=owner.id,
    )  # fmt: skip

    assert "成功 3 家，未动 0 家" in result
    assert {row.campaign_id for row in db.session.query(Candidacy)} == {campaign.id}


def test_putting_away_is_the_chiefs(signed_in, firms):
    assert signed_in(Role.OFFICER).get("/bulk-deeds/new?deed=archive&all=yes").status_code == 403
    assert signed_in(Role.OFFICER).post("/bulk-deeds", data={"deed": "archive", "all": "yes"}).status_code == 403

    assert "成功 3 家" in sent(signed_in(Role.SECTION_CHIEF), "/bulk-deeds/new?deed=archive&all=yes", reason="已迁出")


def test_a_director_takes_ticked_firms_out_and_changes_nothing(signed_in, firms):
    client = signed_in(Role.DIRECTOR)
    bar = client.get("/firms").text
    assert 'value="export"' in bar
    assert 'value="assign"' not in bar

    page = client.get(f"/bulk-deeds/new?deed=export&pick={firms[0].id}", follow_redirects=True).text

    assert 'action="/exports"' in page
    assert hidden_of(page)["firm"] == str(firms[0].id)
    assert client.get("/bulk-deeds/new?deed=assign&all=yes").status_code == 403


def test_a_township_officer_reaches_no_firm_of_another_area(sign_in, firms, owner):
    away = a_township("魏塘街道")
    strange = a_firm("嘉善外镇科技有限公司", township_id=away.id)
    refresh_standings(None, clock.today())
    client = sign_in(a_user(Role.TOWNSHIP_OFFICER, township_id=firms[0].township_id))

    page = client.get(f"/bulk-deeds/new?deed=assign&pick={strange.id}&pick={firms[0].id}").text
    assert "外镇" not in page
    assert "其中 1 家已不在名单中" in page
    alone = client.get(f"/bulk-deeds/new?deed=assign&pick={strange.id}").text
    assert "没有可以办理的企业" in alone
    sent(client, "/bulk-deeds/new?deed=assign&all=yes", assignee=owner.id)

    assert strange.owner_id is None
    assert {firm.owner_id for firm in firms} == {owner.id}


def test_a_colleagues_deed_is_seen_by_him_and_the_chief(signed_in, firms, owner):
    sent(signed_in(Role.OFFICER), "/bulk-deeds/new?deed=assign&all=yes", assignee=owner.id)
    deed = db.session.query(BulkDeed).one()

    assert signed_in(Role.OFFICER).get(f"/bulk-deeds/{deed.id}").status_code == 404
    assert signed_in(Role.OFFICER).post(f"/bulk-deeds/{deed.id}/undoing").status_code == 404
    assert signed_in(Role.SECTION_CHIEF).get(f"/bulk-deeds/{deed.id}").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/bulk-deeds/new",
        "/bulk-deeds/new?deed=nonsense&all=yes",
        "/bulk-deeds/new?deed=assign",
        "/bulk-deeds/new?deed=assign&pick=abc",
        "/bulk-deeds/new?deed=assign&pick=99999999999999",
        "/bulk-deeds/new?deed=assign&pick=-1&firm=1",
        "/bulk-deeds/new?deed=assign&pick=" + ",".join(map(str, range(1, 700))),
    ],
)
def test_rubbish_is_told_and_nothing_is_taken_for_everything(signed_in, firms, address):
    answer = signed_in(Role.OFFICER).get(address)

    assert answer.status_code == 422
    assert "请选择要办理的事项" in answer.text or "请先勾选企业" in answer.text


@pytest.mark.parametrize(
    "values",
    [
        {"assignee": ""}, {"assignee": "abc"}, {"assignee": "999999"}, {"assignee": "1" * 10_000},
        {"confirmed": "abc", "assignee": "{owner}"}, {"confirmed": "", "assignee": "{owner}"},
    ],
)  # fmt: skip
def test_rubbish_in_the_form_changes_nothing(signed_in, firms, owner, values):
    client = signed_in(Role.OFFICER)
    seen = hidden_of(client.get("/bulk-deeds/new?deed=assign&all=yes").text)
    given = {name: text.replace("{owner}", str(owner.id)) for name, text in values.items()}

    answer = client.post("/bulk-deeds", data=seen | given)

    assert answer.status_code == 422
    assert {firm.owner_id for firm in firms} == {None}
    assert db.session.query(BulkDeed).count() == db.session.query(FirmTag).count() == 0
