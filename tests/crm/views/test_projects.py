"""Research projects as officers keep them: entered, moved from stage to stage and back, given papers, put away."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from crm.extensions import db
from crm.models import Event, Firm, Project, ProjectMove
from pipelines.vocabulary import EventKind, ProjectProgramme, ProjectStage, Role
from tests.builders import a_firm, a_project, a_township, a_user
from tests.pages import form_of
from tests.pictures import a_picture

TYPED = {
    "title": "超精密镜片研制", "programme": "vanguard", "stage": "underway", "stage_since": "2025-04-01",
    "approved_on": "2025-03-01", "budget_total": "1,000.000001", "budget_subsidy": "200", "budget_own": "800",
    "starts_on": "2025-03-01", "ends_on": "2027-02-28", "acceptance_due_on": "2027-05-31",
}  # fmt: skip
S = ProjectStage


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def officer(signed_in):
    return signed_in(Role.OFFICER)


@pytest.fixture
def firm(app) -> Firm:
    return a_firm("嘉善灵犀科技有限公司")


def kept() -> list[Project]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Project).order_by(Project.id)))


def events() -> list[Event]:
    kinds = [kind for kind in EventKind if kind.value.startswith("project_")]
    return list(db.session.scalars(sa.select(Event).where(Event.kind.in_(kinds)).order_by(Event.id)))


def moved(visitor, project: Project, to: str, on: str = "2026-06-01", **more: str):
    return visitor.post(f"/projects/{project.id}/moves", data={"to": to, "moved_on": on, **more})


def rows_of(answer) -> list[list]:
    return CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()


def test_a_project_is_entered_to_the_fen_shown_and_traced(officer, firm):
    answer = officer.post(f"/firms/{firm.id}/projects", data=TYPED)
    (project,) = kept()
    page = officer.get(answer.location).text

    assert answer.status_code == 303
    assert (project.budget_total, project.stage) == (Decimal("10000000.01"), S.UNDERWAY)
    assert "超精密镜片研制" in page
    assert "1,000.00" in page
    assert "超精密镜片研制" in officer.get(f"/firms/{firm.id}?tab=projects").text
    (event,) = events()
    assert {"field": "budget_total", "old": None, "new": "10000000.01"} in event.particulars["changes"]
    timeline = officer.get(f"/firms/{firm.id}?tab=timeline").text
    assert "1,000.000001 万元" in timeline
    assert "在研" in timeline


def test_the_same_form_sent_twice_is_one_project(officer, firm):
    for _ in range(2):
        officer.post(f"/firms/{firm.id}/projects", data=TYPED)
    other = officer.post(f"/firms/{firm.id}/projects", data=TYPED | {"budget_own": "700"})

    assert len(kept()) == len(events()) == 1
    assert "该企业已有同名的尖兵项目（在研），未重复登记" in other.text


def test_partners_of_the_register_see_the_project_on_their_page(officer, firm):
    partner, namesake = a_firm("嘉善协作有限公司"), a_firm("嘉善同名有限公司")
    a_firm("嘉善同名有限公司")
    lines = f" 嘉善协作有限公司 \n{firm.name}\n\n某大学（校外）\n嘉善同名有限公司\n嘉善协作有限公司"

    officer.post(f"/firms/{firm.id}/projects", data=TYPED | {"partners": lines})

    (project,) = kept()
    assert project.partners.splitlines() == ["嘉善协作有限公司", firm.name, "某大学（校外）", "嘉善同名有限公司"]
    assert [each.id for each in project.partner_firms] == [partner.id]
    assert "参与，嘉善灵犀科技有限公司牵头" in officer.get(f"/firms/{partner.id}?tab=projects").text
    assert "还没有登记科技项目" in officer.get(f"/firms/{namesake.id}?tab=projects").text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"title": ""}, "请填写项目名称"),
        ({"programme": "moon"}, "请选择计划类别"),
        ({"stage": "extended"}, "请选择阶段"),
        ({"stage_since": ""}, "请填写进入阶段日期"),
        ({"stage_since": "2027-01-01"}, "进入阶段日期应为不晚于今天的日期"),
        ({"approved_on": ""}, "在“在研”的项目请填写立项日期"),
        ({"stage": "applied"}, "还在“申报”，没有立项，不能填立项日期"),
        ({"accepted_on": "2026-01-01"}, "还在“在研”，没有验收，不能填验收日期"),
        ({"ends_on": "2024-01-01"}, "结束日期不能早于开始日期"),
        ({"applied_on": "2025-06-01"}, "立项日期不能早于申报日期"),
        ({"budget_own": "800.000002"}, "补助和自筹之和超过总经费，请核对"),
        ({"budget_total": "很多"}, "总经费应为数字"),
        ({"budget_total": "-1"}, "总经费应为不小于0的数"),
        ({"budget_subsidy": "0.0000001"}, "补助经费应为最多6位小数的数"),
        ({"owner_id": "999"}, "请选择责任人"),
        ({"title": "字" * 201}, "项目名称应为200个字以内"),
        ({"partners": "字" * 121}, "合作单位一行一个，每个应为120个字以内"),
        ({"partners": "\n".join(map(str, range(31)))}, "合作单位应为30个以内"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_is_kept(officer, firm, data, sentence):
    answer = officer.post(f"/firms/{firm.id}/projects", data=TYPED | {"note": "牵头单位负责人已谈"} | data)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "牵头单位负责人已谈" in answer.text
    assert kept() == []


def test_two_officers_on_one_project_choose_and_lose_nothing(officer, firm):
    project = a_project(firm)
    address = f"/projects/{project.id}/edit"
    mine = form_of(officer.get(address).text, "budget_own")
    officer.post(address, data=mine | {"budget_own": "12", "number": "2025C01"})

    answer = officer.post(address, data=mine | {"budget_own": "15"})

    assert answer.status_code == 409
    assert "12 万元" in answer.text
    officer.post(address, data=form_of(answer.text, "budget_own") | {"take-budget_own": "yours"})
    (project,) = kept()
    assert (project.budget_own, project.number) == (Decimal(150_000), "2025C01")


def test_a_day_of_approval_that_two_people_moved_apart_is_refused(officer, firm):
    project = a_project(firm, applied_on=date(2025, 1, 1))
    address = f"/projects/{project.id}/edit"
    mine = form_of(officer.get(address).text, "applied_on")
    officer.post(address, data=mine | {"applied_on": "2025-02-15"})

    answer = officer.post(address, data=mine | {"approved_on": "2025-02-01"})

    assert answer.status_code == 422
    assert "立项日期不能早于申报日期，未作修改" in answer.text
    assert kept()[0].approved_on == date(2025, 3, 1)


def test_a_project_goes_its_way_and_is_counted_from_its_approval_on(officer, firm):
    project = a_project(firm, None, stage=S.PUBLICIZED, stage_since=date(2026, 5, 1))
    before = officer.get("/projects?started=2026").text

    moved(officer, project, "approved", "2026-06-01", document_number="浙科发计〔2026〕8号")
    moved(officer, project, "contracted", "2026-06-10")

    (project,) = kept()
    assert "没有符合条件的科技项目" in before
    assert "共 1 项" in officer.get("/projects?started=2026").text
    assert (project.stage, project.stage_since, project.approved_on) == (
        S.CONTRACTED, date(2026, 6, 10), date(2026, 6, 1),
    )  # fmt: skip
    page = officer.get(f"/projects/{project.id}").text
    assert "浙科发计〔2026〕8号" in page
    assert [event.kind for event in events()] == [EventKind.PROJECT_MOVED] * 2
    assert {"field": "stage", "old": "publicized", "new": "approved"} in events()[0].particulars["changes"]


def test_acceptance_and_conclusion_set_the_day_and_end_the_reminders(officer, firm):
    project = a_project(firm, stage=S.ACCEPTANCE, acceptance_due_on=date(2026, 6, 1))
    assert "已逾期" in officer.get(f"/projects/{project.id}").text

    moved(officer, project, "accepted", "2026-06-15")

    assert kept()[0].accepted_on == date(2026, 6, 15)
    assert "已逾期" not in officer.get(f"/projects/{project.id}").text


def test_an_extension_is_noted_and_leaves_the_stage(officer, firm):
    project = a_project(firm, acceptance_due_on=date(2026, 12, 31))

    refused = moved(officer, project, "extended", reason="设备迟到")
    moved(officer, project, "extended", reason="设备迟到", due_on="2027-06-30", document_number="嘉科〔2026〕3号")

    (project,) = kept()
    assert refused.status_code == 422
    assert "请填写延到哪一天验收" in refused.text
    assert (project.stage, project.stage_since) == (S.UNDERWAY, date(2025, 3, 1))
    assert project.acceptance_due_on == date(2027, 6, 30)
    (event,) = events()
    assert event.particulars["reason"] == "设备迟到；嘉科〔2026〕3号"
    assert {"field": "stage", "old": "underway", "new": "extended"} in event.particulars["changes"]


@pytest.mark.parametrize(
    ("to", "more", "sentence"),
    [
        ("accepted", {}, "请选择移至"),
        ("moon", {}, "请选择移至"),
        ("", {}, "请选择移至"),
        ("terminated", {}, "“终止”请填写原因"),
        ("midterm", {"moved_on": "昨天"}, "日期应为日期"),
        ("midterm", {"moved_on": "2026-06-21"}, "日期应为不晚于今天的日期"),
        ("midterm", {"moved_on": "2025-02-28"}, "日期不能早于进入“在研”的日期 2025-03-01"),
        ("midterm", {"document_number": "字" * 61}, "文号应为60个字以内"),
    ],
)
def test_a_move_that_cannot_be_says_why_and_moves_nothing(officer, firm, to, more, sentence):
    project = a_project(firm)

    answer = officer.post(f"/projects/{project.id}/moves", data={"to": to, "moved_on": "2026-06-01"} | more)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert kept()[0].stage is S.UNDERWAY
    assert db.session.scalar(sa.select(sa.func.count(ProjectMove.id))) == 0


def test_the_last_move_is_taken_back_with_all_it_changed_and_only_the_last(officer, firm):
    project = a_project(firm, None, stage=S.PUBLICIZED, stage_since=date(2026, 5, 1))
    moved(officer, project, "approved", "2026-06-01")
    moved(officer, project, "contracted", "2026-06-10")
    first, last = db.session.scalars(sa.select(ProjectMove.id).order_by(ProjectMove.id))

    refused = officer.post(f"/projects/{project.id}/moves/{first}/undoing", follow_redirects=True)
    for move in (last, first):
        officer.post(f"/projects/{project.id}/moves/{move}/undoing")
    again = officer.post(f"/projects/{project.id}/moves/{first}/undoing", follow_redirects=True)

    (project,) = kept()
    assert "没有可以撤销的移动" in refused.text
    assert "没有可以撤销的移动" in again.text
    assert (project.stage, project.stage_since, project.approved_on) == (S.PUBLICIZED, date(2026, 5, 1), None)
    assert events()[-1].particulars["reason"] == "撤销上一次移动"
    assert officer.get(f"/projects/{project.id}").text.count("移动已撤销") == 2


def test_a_move_meant_for_the_stage_before_is_refused_when_a_colleague_was_faster(officer, firm):
    project = a_project(firm)
    moved(officer, project, "acceptance")

    answer = moved(officer, project, "midterm")

    assert answer.status_code == 422
    assert kept()[0].stage is S.ACCEPTANCE


def test_papers_are_kept_with_the_project_and_removed_from_it(officer, firm):
    project = a_project(firm)
    address = f"/projects/{project.id}/documents"

    empty = officer.post(address, data={})
    wrong = officer.post(address, data={"files": (BytesIO(b"MZ\x90"), "任务书.pdf")})
    officer.post(address, data={"files": (BytesIO(b"%PDF-1.4 ..."), "任务书.pdf")})
    page = officer.get(f"/projects/{project.id}")
    link = BeautifulSoup(page.data, "html.parser").find("a", string="任务书.pdf")["href"]

    assert "请选择要上传的文件" in empty.text
    assert "不是可以保存的文件" in wrong.text
    assert officer.get(link).data == b"%PDF-1.4 ..."
    assert "任务书.pdf" in events()[-1].particulars["changes"][0]["new"]
    back = officer.post(f"{link}/removal", data={"back": f"/projects/{project.id}"})
    assert back.location.endswith(f"/projects/{project.id}")
    assert "还没有文件" in officer.get(f"/projects/{project.id}").text


def test_pictures_are_papers_too(officer, firm):
    project = a_project(firm)

    officer.post(f"/projects/{project.id}/documents", data={"files": (BytesIO(a_picture()), "验收会.png")})

    assert "验收会.png" in officer.get(f"/projects/{project.id}").text


def test_what_was_entered_by_mistake_is_put_away_and_taken_back(officer, firm):
    project = a_project(firm)
    base = f"/projects/{project.id}"

    refused = officer.post(f"{base}/archiving", data={"reason": " "})
    officer.post(f"{base}/archiving", data={"reason": "重复登记"})
    ledger, shown = officer.get("/projects").text, officer.get(base).text
    move = moved(officer, project, "midterm")
    officer.post(f"{base}/archiving/removal")
    again = officer.post(f"{base}/archiving/removal", follow_redirects=True)

    assert refused.status_code == 422
    assert "没有符合条件的科技项目" in ledger
    assert "归档：重复登记" in shown
    assert "该项目已归档，请先恢复再修改" in move.text
    assert "该项目没有归档，无需恢复" in again.text
    assert "共 1 项" in officer.get("/projects").text
    assert [event.kind for event in events()] == [EventKind.PROJECT_ARCHIVED, EventKind.PROJECT_RESTORED]


def test_heading_totals_rows_and_workbook_say_one_number(officer, firm):
    for number in range(4):
        a_project(a_firm(), date(2025, 1 + number, 1), budget_total=Decimal("12345.67"), programme=ProjectProgramme.OWN)
    a_project(firm, date(2025, 8, 1)), a_project(firm, None)

    page = BeautifulSoup(officer.get("/projects?started=2025&programme=own").data, "html.parser")
    export = page.select_one(".page-head form")
    fields = {field["name"]: field["value"] for field in export.select("input")}
    rows = rows_of(officer.post(export["action"], data=fields))

    assert "共 4 项" in page.select_one(".page-head .context").get_text()
    assert [each.get_text(strip=True) for each in page.select(".key-figures dd")] == ["4 项", "4.94", "0.00", "0.00"]
    assert len(page.select("tbody tr")) == 4
    assert any("共 4 项" in str(row[0]) for row in rows)
    assert [row[9] for row in rows[2:6]] == [1.234567] * 4


def test_what_leaves_as_a_workbook_comes_back_and_changes_nothing(officer, firm):
    officer.post(f"/firms/{firm.id}/projects", data=TYPED | {"partners": "某大学\n某研究所", "note": "两行\n备注"})
    a_project(a_firm(), None, programme=ProjectProgramme.NATIONAL)
    content = officer.post("/projects/export-files").data

    uploaded = officer.post("/imports", data={"file": (BytesIO(content), "科技项目.xlsx")}, follow_redirects=True)
    page = BeautifulSoup(uploaded.data, "html.parser")
    names, numbers = (
        [each.get_text(strip=True) for each in page.select(f".key-figures {tag}")] for tag in ("dt", "dd")
    )

    assert {name: number for name, number in zip(names, numbers, strict=True) if number != "0"} == {"不变": "2"}


def test_the_address_carries_everything_and_rubbish_is_told(officer, firm):
    a_project(firm, programme=ProjectProgramme.VANGUARD)
    asked = "programme=vanguard,leading_goose&phase=running&started=2025&sort=-budget&size=20&on=2026-01-01&q=灵犀"

    good = officer.get(f"/projects?{asked}")
    rubbish = officer.get("/projects?programme=moon&stage=extended&started=12&sort=drop&owner=x&on=1999-13-01&page=0")

    select = BeautifulSoup(good.data, "html.parser").select_one("select[name=programme] [selected]")
    assert "嘉善灵犀科技有限公司" in good.text
    assert select["value"] == "vanguard,leading_goose"
    assert "没有用上看不懂的条件：programme=moon" in rubbish.text
    assert rubbish.status_code == 200


def test_an_officer_of_a_township_keeps_to_the_own_area(sign_in, firm):
    west = a_township("西塘镇")
    own, other = a_project(a_firm(township=west)), a_project(firm)
    local = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=west))

    assert local.get(f"/projects/{own.id}").status_code == 200
    assert "共 1 项" in local.get("/projects").text
    for path in ("", "/edit", "/archiving"):
        assert local.get(f"/projects/{other.id}{path}").status_code == 404
    for path in ("/edit", "/archiving", "/archiving/removal", "/moves", "/moves/1/undoing", "/documents"):
        assert local.post(f"/projects/{other.id}{path}", data={"to": "midterm"}).status_code == 404
    assert local.post(f"/firms/{firm.id}/projects", data=TYPED).status_code == 404
    assert local.get("/projects/99").status_code == 404


def test_a_leader_reads_and_changes_nothing(signed_in, firm):
    project = a_project(firm)
    leader = signed_in(Role.DIRECTOR)

    assert leader.get(f"/projects/{project.id}").status_code == 200
    assert "移动阶段" not in leader.get(f"/projects/{project.id}").text
    assert moved(leader, project, "midterm").status_code == 403


def test_a_project_of_an_archived_firm_stands_still(officer, firm):
    project = a_project(firm)
    firm.archived_at = sa.func.now()

    answer = moved(officer, project, "midterm")

    assert "该企业已归档，请先恢复再修改" in answer.text
    assert "没有符合条件的科技项目" in officer.get("/projects").text
