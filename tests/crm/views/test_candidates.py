"""候选名单: the model orders, the rules stand beside it, and the planner counts what the picked will bring."""

from datetime import date
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup

from crm.extensions import db
from crm.models import Campaign, Candidacy, Recognition, Scoring, Visit
from crm.queries.candidate_filter import CandidateFilter
from crm.queries.candidates import candidate_page, gates_of
from pipelines.classifier.bars import tier_of
from pipelines.vocabulary import PotentialTier, Role, Stage, Title, Verdict, VisitKind
from tests.builders import a_prediction, a_scoring, a_township, a_user
from tests.crm.queries.test_firms import heard, whole_scans

TODAY = date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-03-31 10:00+08:00", tick=False):
        yield


@pytest.fixture
def scoring(app) -> Scoring:
    return a_scoring()


def a_campaign(**values) -> Campaign:
    campaign = Campaign(**{"programme": Title.HIGH_TECH, "year": 2026, "round": "第一批"} | values)
    db.session.add(campaign)
    db.session.flush()
    return campaign


def picked(campaign: Campaign, firm, stage: Stage = Stage.COACHING) -> None:
    db.session.add(
        Candidacy(
            firm_id=firm.id, target=Title.HIGH_TECH, campaign_id=campaign.id, stage=stage, stage_since=TODAY,
            active_on=TODAY, opened_on=TODAY, closed_on=TODAY if stage is Stage.RECOGNIZED else None,
        )
    )  # fmt: skip
    db.session.commit()


def names(page) -> list[str]:
    table = BeautifulSoup(page.data, "html.parser").select_one("form .data")
    return [link.get_text(strip=True) for link in table.select("tbody th a")] if table else []


def figures(page) -> dict[str, str]:
    found = BeautifulSoup(page.data, "html.parser").select(".key-figures > div")
    return {each.dt.get_text(strip=True): each.dd.get_text(strip=True) for each in found}


def test_the_most_promising_come_first(signed_in, scoring):
    a_prediction(scoring, "嘉善其次有限公司", 0.2)
    a_prediction(scoring, "嘉善最好有限公司", 0.5)

    page = signed_in(Role.DIRECTOR).get("/candidates")

    assert names(page) == ["嘉善最好有限公司", "嘉善其次有限公司"]
    assert "演示模型（合成数据训练），不代表本县企业" in page.text


def test_a_probability_is_shown_only_of_firms_that_apply_or_mean_to(signed_in, scoring):
    a_prediction(scoring, "嘉善未申报有限公司", 0.5, 0.63)
    a_prediction(scoring, "嘉善已申报有限公司", 0.4, 0.63, has_applied=True)
    picked(a_campaign(), a_prediction(scoring, "嘉善拟申报有限公司", 0.3, 0.63), Stage.INTENDED)
    picked(a_campaign(round="第二批"), a_prediction(scoring, "嘉善培育有限公司", 0.2, 0.63), Stage.CULTIVATING)

    table = BeautifulSoup(signed_in(Role.OFFICER).get("/candidates").data, "html.parser").select_one("form .data")

    shown = [row.select("td")[0].get_text(" ", strip=True) for row in table.select("tbody tr")]
    assert shown == ["A 很有希望", "B 有希望 65%（55–75）", "B 有希望 65%（55–75）", "C 可以培育"]


def test_too_few_results_show_tiers_and_no_percentages(signed_in):
    scoring = a_scoring(level="rules", is_demo=False)
    a_prediction(scoring, "嘉善已申报有限公司", 0.4, 0.63, has_applied=True)

    page = signed_in(Role.OFFICER).get("/candidates")

    assert "只按演示模型分档，不给百分比" in page.text
    assert "65%" not in page.text


def test_without_a_live_model_the_page_says_what_to_do(signed_in):
    assert "还没有启用的模型" in signed_in(Role.OFFICER).get("/candidates").text


@pytest.mark.parametrize(
    ("potential", "tier"),
    [(0.45, PotentialTier.A), (0.4499, PotentialTier.B), (0.25, PotentialTier.B), (0.10, PotentialTier.C),
     (0.0, PotentialTier.D)],
)  # fmt: skip
def test_the_tiers_begin_at_their_bars(potential, tier):
    assert tier_of(potential) is tier


def test_the_tier_is_told_with_the_range_of_what_nobody_can_know(signed_in, scoring):
    a_prediction(scoring, "嘉善有限公司", 0.3, potential_low=0.2, potential_high=0.5)

    assert "B 有希望（C–A）" in signed_in(Role.OFFICER).get("/candidates").text


def test_every_count_opens_the_firms_it_counts(signed_in, scoring):
    marks = [{}, {"unknown_gates": 4}, {"is_borderline": True}, {"explores": True}, {"unknown_gates": 3}]
    for number, potential in enumerate((0.9, 0.5, 0.3, 0.2, 0.05)):
        a_prediction(scoring, f"嘉善{number}号有限公司", potential, **marks[number])
    officer = signed_in(Role.OFFICER)

    links = BeautifulSoup(officer.get("/candidates").data, "html.parser").select(".programmes a")

    counted = {link.get_text(strip=True): link for link in links if link.select_one(".tab-count")}
    for link in counted.values():
        assert len(names(officer.get(link["href"]))) == int(link.select_one(".tab-count").get_text())
    assert [text for text in counted if text.startswith(("待核实", "临界", "探索", "建议"))] == [
        "建议直接申报2", "临界1", "待核实2", "探索名额1",
    ]  # fmt: skip


def test_filters_of_the_firm_list_narrow_the_candidates(signed_in, scoring):
    town = a_township("西塘镇")
    a_prediction(scoring, "嘉善镇内纽扣有限公司", 0.5, township=town)
    a_prediction(scoring, "嘉善镇外电子有限公司", 0.6)
    officer = signed_in(Role.OFFICER)

    assert names(officer.get(f"/candidates?township={town.id}")) == ["嘉善镇内纽扣有限公司"]
    assert names(officer.get("/candidates?q=电子")) == ["嘉善镇外电子有限公司"]
    assert names(officer.get("/candidates?owner=mine")) == []


def test_eight_gates_are_told_by_sign_shape_and_words(signed_in, scoring):
    a_prediction(scoring, "嘉善有限公司", 0.5)

    gates = BeautifulSoup(signed_in(Role.OFFICER).get("/candidates").data, "html.parser").select(".gates li")

    assert [gate.select_one(".visually-hidden").get_text() for gate in gates] == [
        "成立满一年待补充", "知识产权待补充", "技术领域待补充", "科技人员占比待补充", "研发费用占比待补充",
        "高新收入占比待补充", "创新能力评分待补充", "无重大事故和违法待补充",
    ]  # fmt: skip
    assert [gate.select_one("b").get_text() for gate in gates] == ["?"] * 8


def test_a_gate_is_as_bad_as_its_worst_condition():
    found = {"ip": "met", "ip_supports_products": "to_confirm", "rd_ratio": "not_met", "domestic_rd_ratio": "met"}

    told = {gate.sign: gate.verdict for gate in gates_of(found)}

    assert (told["权"], told["研"], told["年"]) == (Verdict.TO_CONFIRM, Verdict.NOT_MET, Verdict.UNKNOWN)


def test_last_visit_and_owner_stand_in_the_row(signed_in, scoring):
    owner = a_user(name="沈科员")
    firm = a_prediction(scoring, "嘉善有限公司", 0.5, owner=owner)
    visit = {"visited_on": date(2026, 3, 2), "kind": VisitKind.ON_SITE, "by_name": "沈科员"}
    db.session.add(Visit(firm_id=firm.id, **visit))
    db.session.commit()

    page = signed_in(Role.OFFICER).get("/candidates").text

    assert "沈科员" in page
    assert "2026-03-02" in page


def test_the_planner_counts_what_the_picked_bring_and_how_many_more(signed_in, scoring):
    campaign = a_campaign()
    for number in range(40):
        firm = a_prediction(scoring, f"嘉善{number}号有限公司", 0.5 - number / 100, 0.8)
        if number < 10:
            picked(campaign, firm)
    officer = signed_in(Role.OFFICER)

    seen = figures(officer.get("/candidates?target=10"))
    assert (seen["已选"], seen["预计通过"]) == ("10 家", "8 家")
    assert int(seen["还需再动员"].split()[0]) > 0
    assert figures(officer.get("/candidates?target=100"))["还需再动员"] == "全部也不够"


def test_firms_without_intention_count_by_their_potential(signed_in, scoring):
    campaign = a_campaign()
    for number in range(10):
        picked(campaign, a_prediction(scoring, f"嘉善{number}号有限公司", 0.4, 0.8), Stage.CULTIVATING)

    assert figures(signed_in(Role.OFFICER).get("/candidates"))["预计通过"] == "4 家"


def test_the_target_is_the_campaigns_unless_another_is_asked_for(signed_in, scoring):
    a_prediction(scoring, "嘉善有限公司", 0.4)
    a_campaign(target_number=60)
    officer = signed_in(Role.OFFICER)

    assert figures(officer.get("/candidates"))["目标"] == "60 家"
    assert figures(officer.get("/candidates?target=80"))["目标"] == "80 家"


def test_certificates_that_have_come_are_counted_in_full(signed_in, scoring):
    campaign = a_campaign(target_number=3)
    for number in range(3):
        firm = a_prediction(scoring, f"嘉善{number}号有限公司", 0.4)
        db.session.add(Recognition(firm_id=firm.id, title=Title.HIGH_TECH, recognized_on=TODAY))
        picked(campaign, firm, Stage.RECOGNIZED)

    seen = figures(signed_in(Role.OFFICER).get("/candidates"))

    assert (seen["已认定"], seen["预计通过"], seen["达到目标的把握"], seen["还需再动员"]) == (
        "3 家",
        "3 家",
        "100%",
        "0 家",
    )


def test_a_stricter_year_is_tried_out(signed_in, scoring):
    campaign = a_campaign(target_number=5)
    for number in range(10):
        picked(campaign, a_prediction(scoring, f"嘉善{number}号有限公司", 0.4, 0.5))
    officer = signed_in(Role.OFFICER)

    usual, strict = (
        int(figures(officer.get(f"/candidates{query}"))["达到目标的把握"].rstrip("%"))
        for query in ("", "?strictness=2")
    )
    assert strict < usual


def test_picked_firms_become_candidacies_of_the_campaign_and_can_be_taken_back(signed_in, scoring):
    campaign, officer = a_campaign(), signed_in(Role.OFFICER)
    firms = [a_prediction(scoring, f"嘉善{number}号有限公司", 0.5) for number in range(3)]
    owner = a_user()

    data = {"firm": [firm.id for firm in firms], "into": campaign.id, "assignee": owner.id}
    answer = officer.post("/candidates/picks", data=data)

    opened = db.session.scalars(sa.select(Candidacy)).all()
    assert {(each.firm_id, each.campaign_id, each.owner_id) for each in opened} == {
        (firm.id, campaign.id, owner.id) for firm in firms
    }
    page = officer.get(answer.location)
    assert "刚才列入的企业可以撤销" in page.text
    assert "看不懂的条件" not in page.text
    assert figures(page)["已选"] == "3 家"
    undo = BeautifulSoup(page.data, "html.parser").select_one("form.notice")
    officer.post(undo["action"], data={"back": "/candidates"})
    assert figures(officer.get("/candidates"))["已选"] == "0 家"


def test_the_first_so_many_of_the_filtered_list_are_picked_at_once(signed_in, scoring):
    campaign, officer = a_campaign(), signed_in(Role.OFFICER)
    firms = [a_prediction(scoring, f"嘉善{number}号有限公司", 0.6 - number / 10) for number in range(5)]
    picked(campaign, firms[0])

    officer.post("/candidates/picks", data={"into": campaign.id, "first": "2", "potential": "b"})

    chosen = set(db.session.scalars(sa.select(Candidacy.firm_id)))
    assert chosen == {firms[0].id, firms[2].id, firms[3].id}  # of tier B, the best two


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "请选择归入哪个批次"),
        ({"firm": "1"}, "请选择归入哪个批次"),
        ({"firm": "x", "into": "{campaign}"}, "请先勾选企业"),
        ({"into": "999"}, "请选择归入哪个批次"),
        ({"into": "{campaign}", "first": "501"}, "从前面起列入的家数应为不大于500的数"),
        ({"into": "{campaign}", "first": "多"}, "从前面起列入的家数应为数字"),
    ],
)
def test_a_pick_of_nothing_is_told(signed_in, scoring, data, sentence):
    campaign = a_campaign()
    db.session.commit()

    sent = {name: str(campaign.id) if value == "{campaign}" else value for name, value in data.items()}

    assert sentence in signed_in(Role.OFFICER).post("/candidates/picks", data=sent, follow_redirects=True).text
    assert db.session.scalars(sa.select(Candidacy)).all() == []


@pytest.mark.parametrize(("paper", "ending"), [("sheet", "xlsx"), ("word", "docx")])
def test_the_list_leaves_as_a_workbook_and_as_a_word_list(signed_in, scoring, paper, ending):
    a_prediction(scoring, "嘉善最好有限公司", 0.5)
    director = signed_in(Role.DIRECTOR)

    file = director.post("/candidates/export-files", data={"paper": paper})

    assert unquote(file.headers["Content-Disposition"]).endswith(f"候选名单_20260331.{ending}")
    assert file.data.startswith(b"PK")
    assert director.get("/candidates/word-template").data.startswith(b"PK")


def test_without_a_model_nothing_leaves(signed_in):
    answer = signed_in(Role.DIRECTOR).post("/candidates/export-files", data={}, follow_redirects=True)

    assert "没有可用的候选名单" in answer.text


def test_an_officer_of_a_township_sees_his_own_and_plans_the_county(sign_in, scoring):
    town = a_township()
    a_prediction(scoring, "嘉善镇内有限公司", 0.5, township=town)
    a_prediction(scoring, "嘉善镇外有限公司", 0.6)

    assert names(sign_in(a_user(Role.TOWNSHIP_OFFICER, township=town)).get("/candidates")) == ["嘉善镇内有限公司"]


@pytest.mark.parametrize(
    "rubbish",
    ["potential=x", "target=0", "target=many", "township=-1", "page=0", "campaign=x", "list=x", "strictness=9"],
)
def test_rubbish_in_the_address_is_told(signed_in, scoring, rubbish):
    page = signed_in(Role.OFFICER).get(f"/candidates?{rubbish}")

    assert (page.status_code, "没有用上看不懂的条件" in page.text) == (200, True)


def test_the_list_asks_as_often_for_thirty_firms_as_for_three(signed_in, scoring, queries):
    officer = signed_in(Role.OFFICER)
    for number in range(3):
        a_prediction(scoring, f"嘉善{number}号有限公司", 0.5)
    officer.get("/candidates")
    with queries() as few:
        officer.get("/candidates")
    for number in range(30):
        a_prediction(scoring, f"嘉善又{number}号有限公司", 0.4)

    with queries() as many:
        officer.get("/candidates")

    assert len(many) == len(few)


def test_no_list_of_candidates_reads_the_register_from_end_to_end(signed_in, scoring):
    a_prediction(scoring, "嘉善有限公司", 0.5)
    today = date(2026, 3, 31)

    said = heard(lambda: candidate_page(CandidateFilter(list="one_gap"), scoring, None, today))

    assert [step for statement, values in said for step in whole_scans(statement, values)] == []
