"""R&D institutions as officers keep them: entered, corrected, withdrawn, put away; listed and handed over."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

from crm.actions.evaluations import evaluate_firms
from crm.extensions import db
from crm.models import Event, Firm, Institution
from pipelines.vocabulary import EventKind, InstitutionKind, InstitutionLevel, ReviewResult, Role
from tests.builders import a_firm, a_township, a_user, an_institution, some_figures
from tests.pages import form_of

TYPED = {
    "name": "嘉善灵犀科技研发中心", "level": "city", "kind": "rd_centre", "approved_on": "2024-06-01",
    "document_number": "嘉科〔2024〕12号", "staff": "18", "area": "320.5", "equipment": "256.78",
}  # fmt: skip


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


def kept() -> list[Institution]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Institution).order_by(Institution.id)))


def events() -> list[Event]:
    kinds = (EventKind.INSTITUTION_SAVED, EventKind.INSTITUTION_ARCHIVED, EventKind.INSTITUTION_RESTORED)
    return list(db.session.scalars(sa.select(Event).where(Event.kind.in_(kinds)).order_by(Event.id)))


def rows_of(answer) -> list[list]:
    return CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()


def test_an_institution_is_entered_shown_and_traced(officer, firm):
    answer = officer.post(f"/firms/{firm.id}/institutions", data=TYPED)
    (institution,) = kept()
    page = officer.get(f"/firms/{firm.id}?tab=institutions").text

    assert answer.status_code == 303
    assert (institution.level, institution.kind) == (InstitutionLevel.CITY, InstitutionKind.RD_CENTRE)
    assert (institution.staff, institution.area, institution.equipment) == (18, Decimal("320.5"), Decimal("2567800"))
    assert "嘉善灵犀科技研发中心" in page
    assert "256.78" in page
    (event,) = events()
    assert event.firm_id == firm.id
    assert {"field": "equipment", "old": None, "new": "2567800"} in event.particulars["changes"]
    timeline = officer.get(f"/firms/{firm.id}?tab=timeline").text
    assert "修改研发机构" in timeline
    assert "256.78 万元" in timeline


def test_the_same_form_sent_twice_is_one_institution(officer, firm):
    for _ in range(2):
        officer.post(f"/firms/{firm.id}/institutions", data=TYPED)

    assert len(kept()) == len(events()) == 1


def test_the_same_recognition_told_otherwise_is_refused(officer, firm):
    officer.post(f"/firms/{firm.id}/institutions", data=TYPED)

    answer = officer.post(f"/firms/{firm.id}/institutions", data=TYPED | {"name": "别的名字"})

    assert answer.status_code == 422
    assert "该企业已有市级研发中心“嘉善灵犀科技研发中心”（2024-06-01 认定），未重复登记" in answer.text
    assert "别的名字" in answer.text
    assert len(kept()) == 1


def test_a_higher_level_is_a_recognition_of_its_own(officer, firm):
    officer.post(f"/firms/{firm.id}/institutions", data=TYPED)
    officer.post(f"/firms/{firm.id}/institutions", data=TYPED | {"level": "province", "approved_on": "2026-01-05"})

    assert [each.level.label for each in kept()] == ["市级", "省级"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": " "}, "请填写机构名称"),
        ({"level": ""}, "请选择级别"),
        ({"kind": "castle"}, "请选择类型"),
        ({"approved_on": "去年"}, "认定日期应为日期"),
        ({"approved_on": "2027-01-01"}, "认定日期应为不晚于今天的日期"),
        ({"builds_from": "2025-01-01", "builds_until": "2024-01-01"}, "建设期结束不能早于建设期开始"),
        ({"reviewed_on": "2023-01-01", "review_result": "good"}, "评估日期不能早于认定日期"),
        ({"reviewed_on": "2026-01-01"}, "填了评估日期，请选择评估结果"),
        ({"withdrawn_on": "2026-01-01"}, "填了撤销日期，请填写撤销原因"),
        ({"withdrawn_reason": "整改不力"}, "填了撤销原因，请填写撤销日期"),
        ({"staff": "十八"}, "研发人员应为数字"),
        ({"staff": "1e9"}, "研发人员应为数字"),
        ({"area": "-1"}, "研发场地面积应为不小于0的数"),
        ({"equipment": "1.2345678"}, "科研设备原值应为最多6位小数的数"),
        ({"name": "字" * 121}, "机构名称应为120个字以内"),
        ({"document_number": "=cmd|' /C calc'!A0" * 9}, "批准文号应为60个字以内"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_is_kept(officer, firm, data, sentence):
    answer = officer.post(f"/firms/{firm.id}/institutions", data=TYPED | {"leader": "研发主任"} | data)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "研发主任" in answer.text
    assert kept() == []


def test_a_review_is_entered_and_the_change_is_told(officer, firm):
    institution = an_institution(firm)
    address = f"/firms/{firm.id}/institutions/{institution.id}/edit"
    typed = form_of(officer.get(address).text, "review_result")

    officer.post(address, data=typed | {"review_result": "good", "reviewed_on": "2026-06-01"})

    (institution,) = kept()
    assert (institution.review_result, institution.reviewed_on) == (ReviewResult.GOOD, date(2026, 6, 1))
    (event,) = events()
    assert {"field": "review_result", "old": None, "new": "good"} in event.particulars["changes"]
    assert "评估结果" in officer.get(f"/firms/{firm.id}?tab=timeline").text


def test_two_officers_on_one_institution_choose_and_lose_nothing(officer, firm):
    institution = an_institution(firm, staff=10)
    address = f"/firms/{firm.id}/institutions/{institution.id}/edit"
    mine = form_of(officer.get(address).text, "staff")
    officer.post(address, data=mine | {"staff": "12", "leader": "王主任"})

    answer = officer.post(address, data=mine | {"staff": "15"})

    assert answer.status_code == 409
    assert "他人也改了下面 1 项" in answer.text
    assert kept()[0].staff == 12
    asked = form_of(answer.text, "staff")
    officer.post(address, data=asked | {"take-staff": "yours"})
    (institution,) = kept()
    assert (institution.staff, institution.leader) == (15, "王主任")


def test_an_edit_that_would_make_it_another_s_twin_is_refused(officer, firm):
    an_institution(firm, name="甲研发中心")
    other = an_institution(firm, date(2025, 3, 1), name="乙研发中心")
    address = f"/firms/{firm.id}/institutions/{other.id}/edit"
    typed = form_of(officer.get(address).text, "name")

    answer = officer.post(address, data=typed | {"name": "甲研发中心"})

    assert answer.status_code == 422
    assert "该企业已有县级研发中心“甲研发中心”（2024-06-01 认定），未作修改" in answer.text


def test_what_was_entered_by_mistake_is_put_away_and_taken_back(officer, firm):
    institution = an_institution(firm)
    base = f"/firms/{firm.id}/institutions/{institution.id}"

    refused = officer.post(f"{base}/archiving", data={"reason": ""})
    officer.post(f"{base}/archiving", data={"reason": "重复登记"})
    away = officer.get("/institutions").text
    shown = officer.get(f"/firms/{firm.id}?tab=institutions").text
    edited = officer.post(f"{base}/edit", data=TYPED)
    again = officer.post(f"{base}/archiving", data={"reason": "再来一次"})
    officer.post(f"{base}/archiving/removal")

    assert refused.status_code == 422
    assert "没有符合条件的研发机构" in away
    assert "归档：重复登记" in shown
    assert "该研发机构已归档，请先恢复再修改" in edited.text
    assert "该研发机构已归档" in again.text
    assert "共 1 条" in officer.get("/institutions").text
    assert [event.kind for event in events()] == [EventKind.INSTITUTION_ARCHIVED, EventKind.INSTITUTION_RESTORED]


def test_what_was_entered_again_meanwhile_is_not_taken_back_beside_it(officer, firm):
    institution = an_institution(firm)
    base = f"/firms/{firm.id}/institutions/{institution.id}"
    officer.post(f"{base}/archiving", data={"reason": "重复登记"})
    an_institution(firm)

    answer = officer.post(f"{base}/archiving/removal", follow_redirects=True)

    assert "没有恢复" in answer.text
    assert [bool(each.archived_at) for each in kept()] == [True, False]


def test_list_heading_and_workbook_say_one_number(officer, firm):
    for month in range(1, 5):
        an_institution(a_firm(), date(2025, month, 1))
    an_institution(firm, date(2025, 7, 1), withdrawn_on=date(2026, 1, 1), withdrawn_reason="评估不合格")
    an_institution(firm, date(2024, 7, 1))

    page = BeautifulSoup(officer.get("/institutions?approved=2025").data, "html.parser")
    export = page.select_one(".page-head form")
    fields = {field["name"]: field["value"] for field in export.select("input")}
    rows = rows_of(officer.post(export["action"], data=fields))

    assert "共 4 个" in page.select_one(".page-head .context").get_text()
    assert len(page.select("tbody tr")) == 4
    assert any("共 4 个" in str(row[0]) for row in rows)
    assert sum(row[5] != "" and str(row[6]).startswith("2025") for row in rows[2:]) == 4


def test_what_leaves_as_a_workbook_comes_back_and_changes_nothing(signed_in, officer, firm):
    officer.post(f"/firms/{firm.id}/institutions", data=TYPED | {"builds_from": "2024-06-01"})
    an_institution(a_firm(), withdrawn_on=date(2026, 1, 1), withdrawn_reason="评估不合格", area=Decimal("88.25"))
    content = officer.post("/institutions/export-files", data={"state": "all"}).data

    uploaded = officer.post("/imports", data={"file": (BytesIO(content), "研发机构.xlsx")}, follow_redirects=True)
    figures = dict(
        zip(
            *[
                [each.get_text(strip=True) for each in BeautifulSoup(uploaded.data, "html.parser").select(tag)]
                for tag in (".key-figures dt", ".key-figures dd")
            ],
            strict=True,
        )
    )

    assert {name: number for name, number in figures.items() if number != "0"} == {"不变": "2"}


def test_a_cell_of_the_workbook_is_never_a_formula(officer, firm):
    an_institution(firm, name="=1+1")

    rows = rows_of(officer.post("/institutions/export-files"))

    assert any("=1+1" in map(str, row) for row in rows)


def test_the_address_carries_everything_and_rubbish_is_told(officer, firm):
    an_institution(firm, equipment=Decimal(1))
    asked = "level=county&kind=rd_centre&approved=2024&sort=-equipment&size=20&state=all&on=2026-06-01&q=灵犀"

    good = officer.get(f"/institutions?{asked}").text
    rubbish = officer.get("/institutions?level=moon&approved=9999&sort=name;drop&on=2026-02-30&page=-1&q=<b>")

    assert "嘉善灵犀科技有限公司" in good
    assert "没有用上看不懂的条件：level=moon" in rubbish.text
    assert "<b>" not in rubbish.text
    assert rubbish.status_code == 200


@pytest.mark.parametrize("address", ["/institutions", "/institutions/cultivation"])
def test_an_empty_ledger_says_what_to_do(officer, address):
    assert "没有符合条件的" in officer.get(address).text


def test_an_officer_of_a_township_keeps_to_the_own_area(sign_in, firm):
    west = a_township("西塘镇")
    own = an_institution(a_firm(township=west))
    other = an_institution(firm)
    local = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=west))

    assert local.get(f"/firms/{own.firm_id}/institutions/{own.id}/edit").status_code == 200
    for path in ("edit", "archiving"):
        assert local.get(f"/firms/{firm.id}/institutions/{other.id}/{path}").status_code == 404
        assert local.post(f"/firms/{firm.id}/institutions/{other.id}/{path}", data=TYPED).status_code == 404
    assert local.get(f"/firms/{own.firm_id}/institutions/{other.id}/edit").status_code == 404
    assert local.post(f"/firms/{firm.id}/institutions", data=TYPED).status_code == 404
    assert "共 1 条" in local.get("/institutions").text
    assert len(kept()) == 2


def test_a_leader_reads_and_changes_nothing(signed_in, firm):
    institution = an_institution(firm)
    leader = signed_in(Role.DIRECTOR)

    assert leader.get("/institutions").status_code == 200
    assert leader.get(f"/firms/{firm.id}/institutions/{institution.id}/edit").status_code == 403


def test_cultivation_is_handed_over_as_it_is_listed(officer, firm):
    an_institution(firm)
    an_institution(a_firm(), level=InstitutionLevel.NATIONAL)

    page = officer.get("/institutions/cultivation").text
    rows = rows_of(officer.post("/institutions/cultivation/export-files"))

    assert "共 1 家" in page
    assert "没有可比的规则" in page
    assert any("共 1 家" in str(row[0]) for row in rows)


def test_cultivation_names_the_edition_and_what_is_missed_by_it(officer, firm):
    an_institution(firm, level=InstitutionLevel.CITY)
    some_figures(firm, 2025, conversions=0), some_figures(firm, 2024, conversions=0)
    some_figures(firm, 2023, conversions=0)
    db.session.commit()
    evaluate_firms([firm.id], date(2026, 6, 20), "test")

    page = officer.get("/institutions/cultivation?near=judged")
    link = BeautifulSoup(page.data, "html.parser").find("a", href="/policies/rd_centre/2020-01-01")

    assert link.get_text() == "浙江省高新技术企业研究开发中心申报通知（2020 年）"
    assert "近三年科技成果转化 9 项以上：" in page.text
