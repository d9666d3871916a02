"""候选名单: the model orders, the rules stand beside it, and the planner counts what the picked will bring."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from crm.extensions import db
from crm.models import Campaign, Candidacy, ModelVersion, Prediction
from crm.queries.candidates import steps, tier_of
from pipelines.vocabulary import PotentialTier, Role, Stage, Title
from tests.builders import a_firm, a_township, a_user

TODAY = date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-03-31 10:00+08:00", tick=False):
        yield


@pytest.fixture
def version(app) -> ModelVersion:
    card = {
        "years": [],
        "decisions": 994,
        "passes": 565,
        "candidates": 9484,
        "weights": [["rd_short", 0.4]],
        "evaluation": [],
    }
    version = ModelVersion(
        by_name="章科长", model="{}", sha256="x", card=card, is_demo=True, is_live=True, scored_on=TODAY
    )
    db.session.add(version)
    db.session.commit()
    return version


def a_prediction(version: ModelVersion, name: str, potential: float, p_pass: float = 0.6, **firm):
    firm = a_firm(name, **firm)
    db.session.add(
        Prediction(
            firm_id=firm.id, version_id=version.id, as_of=TODAY, p_pass=p_pass, low=p_pass - 0.1, high=p_pass + 0.1,
            p_apply=0.5, potential=potential, reasons=[["研发费用占比高于所在档", 0.8], ["成立年数", -0.3]],
        )
    )  # fmt: skip
    db.session.commit()
    return firm


def a_campaign() -> Campaign:
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批")
    db.session.add(campaign)
    db.session.commit()
    return campaign


def names(page) -> list[str]:
    return [cell.get_text(strip=True) for cell in BeautifulSoup(page.data, "html.parser").select("table.data tbody th")]


def figures(page) -> dict[str, str]:
    found = BeautifulSoup(page.data, "html.parser").select(".key-figures > div")
    return {each.dt.get_text(strip=True): each.dd.get_text(strip=True) for each in found}


def test_the_most_promising_come_first_with_range_and_reasons(signed_in, version):
    a_prediction(version, "嘉善其次有限公司", 0.2)
    a_prediction(version, "嘉善最好有限公司", 0.5, 0.63)

    page = signed_in(Role.DIRECTOR).get("/candidates")

    assert names(page) == ["嘉善最好有限公司", "嘉善其次有限公司"]
    assert "65%（55–75）" in page.text
    assert "研发费用占比高于所在档（有利）、成立年数（不利）" in page.text
    assert "演示模型" in page.text


def test_without_a_live_model_the_page_says_what_to_do(signed_in):
    assert "还没有启用的模型" in signed_in(Role.OFFICER).get("/candidates").text


@pytest.mark.parametrize(
    ("potential", "tier"),
    [
        (0.45, PotentialTier.A),
        (0.4499, PotentialTier.B),
        (0.30, PotentialTier.B),
        (0.15, PotentialTier.C),
        (0.0, PotentialTier.D),
    ],
)
def test_the_tiers_begin_at_their_bars(potential, tier):
    assert tier_of(potential) is tier


def test_every_tier_opens_the_firms_it_counts(signed_in, version):
    for number, potential in enumerate((0.9, 0.5, 0.35, 0.2, 0.1)):
        a_prediction(version, f"嘉善{number}号有限公司", potential)
    officer = signed_in(Role.OFFICER)

    links = BeautifulSoup(officer.get("/candidates").data, "html.parser").select(".programmes a")

    for link in links:
        assert len(names(officer.get(link["href"]))) == int(link.select_one(".tab-count").get_text())
    assert [int(link.select_one(".tab-count").get_text()) for link in links] == [2, 1, 1, 1]


def test_the_planner_counts_what_the_picked_bring_and_how_many_more(signed_in, version):
    campaign = a_campaign()
    for number in range(40):
        firm = a_prediction(version, f"嘉善{number}号有限公司", 0.5 - number / 100, 0.8)
        if number < 10:
            db.session.add(
                Candidacy(
                    firm_id=firm.id, target=Title.HIGH_TECH, campaign_id=campaign.id, stage=Stage.COACHING,
                    stage_since=TODAY, active_on=TODAY, opened_on=TODAY,
                )
            )  # fmt: skip
    db.session.commit()
    officer = signed_in(Role.OFFICER)

    seen = figures(officer.get("/candidates?target=10"))
    assert (seen["已选"], seen["预计通过"]) == ("10", "8")
    assert int(seen["还需再动员"].split()[0]) > 0
    assert figures(officer.get("/candidates?target=100"))["还需再动员"] == "全部也不够"


def test_picked_firms_become_candidacies_of_the_campaign_and_can_be_taken_back(signed_in, version):
    campaign, officer = a_campaign(), signed_in(Role.OFFICER)
    firms = [a_prediction(version, f"嘉善{number}号有限公司", 0.5) for number in range(3)]

    answer = officer.post("/candidates/picks", data={"firm": [firm.id for firm in firms], "campaign": campaign.id})

    opened = db.session.scalars(sa.select(Candidacy)).all()
    assert {(each.firm_id, each.campaign_id) for each in opened} == {(firm.id, campaign.id) for firm in firms}
    assert "刚才的移动可以撤销" in officer.get(answer.location).text
    again = officer.post(
        "/candidates/picks", data={"firm": [firms[0].id], "campaign": campaign.id}, follow_redirects=True
    )
    assert "1 家没有列入" in again.text


@pytest.mark.parametrize("data", [{}, {"firm": "1"}, {"firm": "x", "campaign": "1"}, {"campaign": "999"}])
def test_a_pick_of_nothing_is_told(signed_in, version, data):
    assert "请先勾选企业" in signed_in(Role.OFFICER).post("/candidates/picks", data=data).text


def test_the_list_leaves_with_its_model_its_day_and_a_column_to_sign(signed_in, version):
    a_prediction(version, "嘉善最好有限公司", 0.5)

    file = signed_in(Role.DIRECTOR).post("/candidates/export-files", data={})

    sheet = CalamineWorkbook.from_filelike(BytesIO(file.data)).get_sheet_by_index(0).to_python()
    assert sheet[0][0] == f"高企候选名单（演示模型，模型 {version.id}，按 2026-03-31 的数据）"
    assert sheet[1][-1] == "签字"
    assert sheet[2][0] == "嘉善最好有限公司"


def test_an_officer_of_a_township_sees_his_own_and_plans_the_county(sign_in, version):
    town = a_township()
    a_prediction(version, "嘉善镇内有限公司", 0.5, township=town)
    a_prediction(version, "嘉善镇外有限公司", 0.6)

    assert names(sign_in(a_user(Role.TOWNSHIP_OFFICER, township=town)).get("/candidates")) == ["嘉善镇内有限公司"]


def test_only_the_chief_and_the_administrator_put_a_model_to_use(signed_in, version):
    assert signed_in(Role.OFFICER).post(f"/candidates/model/{version.id}/use", data={}).status_code == 403
    refused = signed_in(Role.SECTION_CHIEF).post(f"/candidates/model/{version.id}/use", data={})
    assert "与保存时不一致" in refused.text


def test_the_model_page_says_what_it_is_and_is_not(signed_in, version):
    page = signed_in(Role.DIRECTOR).get("/candidates/model").text

    assert "994 件有结果的首次申报" in page
    assert "不因为分数拒绝" in page


@pytest.mark.parametrize("rubbish", ["tier=x", "target=0", "target=many", "township=-1", "page=0", "campaign=x"])
def test_rubbish_in_the_address_is_told(signed_in, version, rubbish):
    page = signed_in(Role.OFFICER).get(f"/candidates?{rubbish}")

    assert (page.status_code, "没有用上看不懂的条件" in page.text) == (200, True)


def test_probabilities_are_told_in_steps_of_five():
    assert steps(0.634, 0.52, 0.76) == "65%（50–75）"
