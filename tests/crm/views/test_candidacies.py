"""Candidacies: from 培育库 to 认定, one at a time and many at a time, with the way back."""

from datetime import date

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy.exc import IntegrityError

from crm.actions.candidacies import move_many, move_stage, open_candidacies, undo_moves
from crm.actions.events import COMMAND
from crm.extensions import db
from crm.models import Campaign, CampaignWindow, Candidacy, Event, Firm, Material, MaterialItem, Recognition, StageMove
from crm.queries.candidacies import CandidacyFilter, candidacy_page
from pipelines.funnel.stages import OPEN, STALE_AFTER, is_stale
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind, MaterialState, Role, Stage, Title
from tests.builders import a_firm, a_township, a_user

TODAY = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def officer(signed_in):
    return signed_in(Role.OFFICER)


@pytest.fixture
def campaign(app) -> Campaign:
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批")
    campaign.windows = [CampaignWindow(firm_closes_on=date(2026, 6, 30), by_name="章科长")]
    papers = [("专项审计报告", True), ("标准证明", False)]
    campaign.items = [
        MaterialItem(label=label, is_required=required, position=place)
        for place, (label, required) in enumerate(papers)
    ]
    db.session.add(campaign)
    db.session.commit()
    return campaign


def a_candidacy(firm: Firm | None = None, stage: Stage = Stage.CULTIVATING, **values) -> Candidacy:
    usual = {"target": Title.HIGH_TECH, "stage_since": date(2026, 6, 1), "opened_on": date(2026, 6, 1)}
    candidacy = Candidacy(firm_id=(firm or a_firm()).id, stage=stage, **usual | values)
    candidacy.active_on = values.get("active_on", candidacy.stage_since)
    db.session.add(candidacy)
    db.session.commit()
    return candidacy


def columns(page) -> dict[str, str]:
    soup = BeautifulSoup(page.data, "html.parser")
    return {column.h2.get_text(strip=True): column.get_text(" ", strip=True) for column in soup.select(".board-column")}


def test_a_candidacy_goes_from_the_pool_to_the_certificate(officer, campaign):
    firm = a_firm()
    officer.post(f"/candidacies?firm={firm.id}", data={"target": "high_tech", "campaign_id": campaign.id})
    candidacy = db.session.scalars(sa.select(Candidacy)).one()
    address = f"/candidacies/{candidacy.id}"

    officer.post(f"{address}/stage-moves", data={"to": "preparing"})
    refused = officer.post(f"{address}/stage-moves", data={"to": "submitted", "moved_on": "2026-06-20"})
    assert "还有必交材料没有核过：专项审计报告" in refused.text
    assert refused.status_code == 422
    item = campaign.items[0]
    officer.post(f"{address}/materials", data={f"state-{item.id}": "checked", f"gap-{item.id}": ""})
    for stage in ("submitted", "county_review", "recommended", "province_review", "publicized"):
        officer.post(f"{address}/stage-moves", data={"to": stage})
    asked = officer.post(f"{address}/stage-moves", data={"to": "recognized"})
    assert asked.location == f"{address}/stage-moves/new?to=recognized"
    officer.post(f"{address}/stage-moves", data={
        "to": "recognized", "moved_on": "2026-06-20", "recognized_on": "2026-06-18", "certificate_no": "GR202633000001",
        "valid_until": "2029-06-18",
    })  # fmt: skip

    db.session.expire_all()
    assert (candidacy.stage, candidacy.closed_on) == (Stage.RECOGNIZED, TODAY)
    title = db.session.scalars(sa.select(Recognition)).one()
    assert (title.title, title.certificate_no, title.batch) == (Title.HIGH_TECH, "GR202633000001", campaign.name)
    stages = [move.to_stage for move in candidacy.moves]
    assert stages == [Stage.CULTIVATING, Stage.PREPARING, *OPEN[4:], Stage.RECOGNIZED]
    assert all(move.by_name for move in candidacy.moves)
    moves = sa.select(sa.func.count()).select_from(Event).filter_by(kind=EventKind.STAGE_MOVED)
    assert db.session.scalar(moves) == 7


def test_a_firm_has_one_open_candidacy_for_a_title(officer):
    candidacy = a_candidacy()

    answer = officer.post(f"/candidacies?firm={candidacy.firm_id}", data={"target": "high_tech"})

    assert answer.status_code == 422
    assert "已有一个未结束的“高新技术企业”培育对象" in answer.text
    with pytest.raises(IntegrityError):  # and the database holds it, whoever writes
        a_candidacy(candidacy.firm)
    db.session.rollback()


def test_what_has_ended_may_be_begun_anew(app):
    candidacy = a_candidacy(stage=Stage.REJECTED, closed_on=TODAY, reason="评分未达 71 分")

    assert open_candidacies([candidacy.firm_id], {"target": Title.HIGH_TECH}, COMMAND).moved == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"to": "rejected", "moved_on": "2026-06-20"}, "请选择移至"),  # not from here
        ({"to": "shelved", "moved_on": "2026-06-20"}, "移至“暂缓”请填写原因"),
        ({"to": "intended", "moved_on": "2026-06-21"}, "日期应为不晚于今天的日期"),
        ({"to": "intended", "moved_on": "2026-05-31"}, "移动日期不能早于进入“培育库”的日期"),
        ({"to": "intended", "moved_on": "昨天"}, "日期应为日期"),
        ({"to": "", "moved_on": "2026-06-20"}, "请选择移至"),
    ],
)
def test_a_move_that_may_not_be_says_why_and_moves_nothing(officer, data, sentence):
    candidacy = a_candidacy()

    answer = officer.post(f"/candidacies/{candidacy.id}/stage-moves", data=data)

    assert (answer.status_code, sentence in answer.text) == (422, True)
    db.session.expire_all()
    assert candidacy.stage is Stage.CULTIVATING


def test_a_refused_click_on_the_board_is_told_there(officer):
    candidacy = a_candidacy(stage=Stage.SUBMITTED)

    answer = officer.post(
        f"/candidacies/{candidacy.id}/stage-moves",
        data={"to": "publicized"},
        headers={"Referer": "http://localhost/candidacies"},
    )

    assert answer.location == "/candidacies"
    assert "不能从“已提交”直接移至“公示”" in officer.get("/candidacies").text


def test_many_move_at_once_and_back_again(officer):
    movable = [a_candidacy(stage=Stage.CULTIVATING) for _ in range(3)]
    stuck = a_candidacy(a_firm("嘉善不能动有限公司"), stage=Stage.PROVINCE_REVIEW)

    answer = officer.post("/stage-moves", data={
        "candidacy": [each.id for each in (*movable, stuck)], "to": "intended", "back": "/candidacies?face=list",
    })  # fmt: skip

    path, _, deed = answer.location.partition("&moved=")
    assert path == "/candidacies?face=list"
    page = officer.get(answer.location).text
    assert "已将 3 家移至“拟申报”" in page
    assert "嘉善不能动有限公司 没有移动：不能从“省评审”直接移至“拟申报”" in page
    undone = officer.post(f"/stage-moves/{deed}/undoing", data={"back": answer.location})
    assert undone.location == "/candidacies?face=list"
    db.session.expire_all()
    assert {each.stage for each in movable} == {Stage.CULTIVATING}
    assert {each.stage_since for each in movable} == {date(2026, 6, 1)}


def test_a_move_after_which_another_came_is_not_undone(app):
    candidacy = a_candidacy()
    first = move_stage(candidacy.id, Stage.INTENDED, TODAY, None, COMMAND)
    move_stage(candidacy.id, Stage.COACHING, TODAY, None, COMMAND)

    with pytest.raises(Refusal, match="没有可以撤销的移动"):
        undo_moves(first, COMMAND)


def test_an_ending_undone_is_open_again(app):
    candidacy = a_candidacy()
    deed = move_many([candidacy.id], Stage.ABANDONED, TODAY, "无申报意愿", COMMAND).deed
    assert candidacy.closed_on == TODAY

    undo_moves(deed, COMMAND)

    assert (candidacy.stage, candidacy.closed_on, candidacy.reason) == (Stage.CULTIVATING, None, None)


def test_the_board_counts_each_stage_and_every_count_opens_its_list(officer):
    for stage, number in ((Stage.CULTIVATING, 3), (Stage.PREPARING, 2)):
        for _ in range(number):
            a_candidacy(stage=stage)
    a_candidacy(stage=Stage.PREPARING, stage_since=date(2026, 1, 1))
    move_stage(a_candidacy().id, Stage.PREPARING, TODAY, None, COMMAND)

    page = officer.get("/candidacies")

    told = columns(page)
    assert "培育库3" in told or "培育库 3" in told
    assert "材料准备 4" in told
    assert "停留过久 1" in told["材料准备 4"]
    assert "本月 +1" in told["材料准备 4"]
    for link in BeautifulSoup(page.data, "html.parser").select(".board-column h2 a, .board-sums a"):
        rows = BeautifulSoup(officer.get(link["href"]).data, "html.parser").select("table.data tbody tr")
        assert len(rows) == int(link.get_text().split()[-1])


@pytest.mark.parametrize("stage", OPEN)
@pytest.mark.parametrize("beyond", [0, 1])
def test_the_list_knows_what_is_stale_as_the_domain_does(app, stage, beyond):
    since = date.fromordinal(TODAY.toordinal() - STALE_AFTER[stage] - beyond)
    a_candidacy(stage=stage, stage_since=since)

    listed = candidacy_page(CandidacyFilter(stale="yes"), None, TODAY).total

    assert bool(listed) is is_stale(stage, since, TODAY)


@pytest.mark.parametrize("path", ["/candidacies", "/candidacies?face=list"])
def test_board_and_list_take_the_same_number_of_queries_for_one_and_for_thirty(officer, queries, path):
    a_candidacy()
    officer.get(path)
    with queries() as few:
        officer.get(path)
    for stage in OPEN * 3:
        a_candidacy(stage=stage)

    with queries() as many:
        officer.get(path)

    assert len(many) == len(few)


def test_an_officer_of_a_township_sees_and_moves_his_own(sign_in):
    own, other = a_township(), a_township()
    inside, outside = a_candidacy(a_firm(township=own)), a_candidacy(a_firm("嘉善别处有限公司", township=other))
    officer = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=own))

    assert "嘉善别处有限公司" not in officer.get("/candidacies").text
    assert officer.get(f"/candidacies/{outside.id}").status_code == 404
    assert officer.post(f"/candidacies/{outside.id}/stage-moves", data={"to": "intended"}).status_code == 404
    officer.post("/stage-moves", data={"candidacy": [inside.id, outside.id], "to": "intended"})
    db.session.expire_all()
    assert (inside.stage, outside.stage) == (Stage.INTENDED, Stage.CULTIVATING)


def test_papers_count_their_versions_and_say_who_checked(officer, campaign):
    candidacy = a_candidacy(campaign_id=campaign.id)
    item = campaign.items[0]

    for state, gap in (("draft", "缺附注"), ("incomplete", "缺签章"), ("checked", "")):
        officer.post(f"/candidacies/{candidacy.id}/materials", data={f"state-{item.id}": state, f"gap-{item.id}": gap})

    material = db.session.scalars(sa.select(Material)).one()
    assert (material.state, material.version, material.gap_note) == (MaterialState.CHECKED, 2, None)
    assert material.reviewer
    assert officer.post(f"/candidacies/{candidacy.id}/materials", data={f"state-{item.id}": "x"}).status_code == 400


@pytest.mark.parametrize("path", ["/candidacies/0", "/candidacies/999999999999", "/candidacies/1/stage-moves/new"])
def test_what_is_not_there_is_not_found(officer, path):
    assert officer.get(path).status_code == 404


@pytest.mark.parametrize("rubbish", ["face=x", "stage=duke", "owner=nobody", "campaign=-1", "stale=perhaps", "page=0"])
def test_rubbish_in_the_address_is_told(officer, rubbish):
    page = officer.get(f"/candidacies?{rubbish}")

    assert (page.status_code, "没有用上看不懂的条件" in page.text) == (200, True)


@pytest.mark.parametrize("data", [{}, {"to": "intended"}, {"candidacy": "x", "to": "intended"}, {"candidacy": "1"}])
def test_a_bulk_move_of_nothing_is_told(officer, data):
    answer = officer.post("/stage-moves", data=data)

    assert "请先勾选培育对象" in answer.text


def test_a_certificate_is_not_given_in_bulk(officer):
    candidacy = a_candidacy(stage=Stage.PUBLICIZED)

    answer = officer.post("/stage-moves", data={"candidacy": candidacy.id, "to": "recognized"})

    assert "认定要登记证书，请逐家移动" in answer.text
    assert db.session.scalars(sa.select(StageMove)).all() == []
