"""Campaigns: set up, extended with the old days kept, frozen with what changes afterwards."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from crm.extensions import db
from crm.models import Campaign, Candidacy
from pipelines.vocabulary import Role, Stage, Title
from tests.builders import a_firm

FORM = {
    "programme": "high_tech", "year": "2026", "round": "第一批", "target_number": "100", "opens_on": "2026-03-01",
    "firm_closes_on": "2026-06-30", "hour": "17:00", "authority_closes_on": "2026-08-31",
    "materials": "申请书\n专项审计报告\n标准证明?",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.SECTION_CHIEF)


def saved(client, address: str = "/candidacies/campaigns", **fields: str):
    return client.post(address, data=FORM | fields)


def the_campaign() -> Campaign:
    db.session.expire_all()
    return db.session.scalars(sa.select(Campaign)).one()


def test_a_campaign_has_its_window_and_its_papers(chief):
    assert saved(chief).status_code == 303

    campaign = the_campaign()
    assert campaign.name == "2026 年高新技术企业第一批"
    assert (campaign.window.firm_closes_on, campaign.window.hour) == (date(2026, 6, 30), "17:00")
    assert [(item.label, item.is_required) for item in campaign.items] == [
        ("申请书", True), ("专项审计报告", True), ("标准证明", False),
    ]  # fmt: skip


def test_an_extension_keeps_what_was_before_and_asks_why(chief):
    saved(chief)
    address = f"/candidacies/campaigns/{the_campaign().id}/edit"

    refused = saved(chief, address, firm_closes_on="2026-07-10")
    assert "申报时间有变动，请填写变动原因" in refused.text
    saved(chief, address, firm_closes_on="2026-07-10", reason="浙科发〔2026〕9号延期")

    campaign = the_campaign()
    assert [window.firm_closes_on for window in campaign.windows] == [date(2026, 6, 30), date(2026, 7, 10)]
    page = chief.get(f"/candidacies/campaigns/{campaign.id}").text
    assert "2026-06-30" in page
    assert "浙科发〔2026〕9号延期" in page


def test_saving_without_a_change_makes_no_second_window(chief):
    saved(chief)

    saved(chief, f"/candidacies/campaigns/{the_campaign().id}/edit")

    assert len(the_campaign().windows) == 1


def test_a_frozen_list_tells_what_has_changed_since(chief):
    saved(chief)
    campaign = the_campaign()
    firms = [a_firm(name) for name in ("嘉善留下有限公司", "嘉善退出有限公司", "嘉善后来有限公司")]
    for firm in firms[:2]:
        _candidacy(firm, campaign)
    chief.post(f"/candidacies/campaigns/{campaign.id}/freeze")
    gone = db.session.scalars(sa.select(Candidacy).filter_by(firm_id=firms[1].id)).one()
    gone.stage, gone.closed_on = Stage.ABANDONED, date(2026, 6, 20)
    _candidacy(firms[2], campaign)

    page = chief.get(f"/candidacies/campaigns/{campaign.id}").text

    assert "新增 1 家：嘉善后来有限公司" in page
    assert "退出 1 家：嘉善退出有限公司" in page
    again = chief.post(f"/candidacies/campaigns/{campaign.id}/freeze")
    assert "候选名单已于 2026-06-20" in again.text


def test_an_empty_campaign_is_not_frozen(chief):
    saved(chief)

    answer = chief.post(f"/candidacies/campaigns/{the_campaign().id}/freeze")

    assert "本批次还没有培育对象" in answer.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"year": "1999"}, "年度应为 2008 至 2027 之间的年份"),
        ({"round": ""}, "请填写批次"),
        ({"hour": "25:00"}, "截止时刻应为 17:00 这样的时刻"),
        ({"firm_closes_on": "2026-02-01"}, "截止日期不能早于开始日期"),
        ({"materials": "申请书\n申请书?"}, "“申请书”写了两次"),
        ({"programme": "duke"}, "请选择项目"),
        ({"target_number": "很多"}, "目标家数应为数字"),
    ],
)
def test_what_cannot_be_is_told(chief, fields, sentence):
    answer = saved(chief, **fields)

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert db.session.scalars(sa.select(Campaign)).all() == []


def test_the_same_round_is_not_made_twice(chief):
    saved(chief)

    assert "已有同一项目、年度、批次的申报批次" in saved(chief).text


def test_a_paper_that_was_handed_in_stays_on_the_list(chief):
    saved(chief)
    campaign = the_campaign()
    candidacy = _candidacy(a_firm(), campaign)
    item = campaign.items[0]
    chief.post(f"/candidacies/{candidacy.id}/materials", data={f"state-{item.id}": "draft", f"gap-{item.id}": ""})

    answer = saved(chief, f"/candidacies/campaigns/{campaign.id}/edit", materials="专项审计报告")

    assert "“申请书”已有企业交过材料，不能从清单里去掉" in answer.text


def _candidacy(firm, campaign: Campaign) -> Candidacy:
    today = date(2026, 6, 20)
    candidacy = Candidacy(
        firm_id=firm.id, target=Title.HIGH_TECH, campaign_id=campaign.id, stage=Stage.CULTIVATING, stage_since=today,
        active_on=today, opened_on=today,
    )  # fmt: skip
    db.session.add(candidacy)
    db.session.commit()
    return candidacy
