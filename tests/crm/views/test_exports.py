from io import BytesIO
from urllib.parse import quote

import openpyxl
import pytest

from crm import clock
from crm.actions.events import Author
from crm.actions.export_templates import add_template
from crm.actions.standings import refresh_standings
from crm.actions.tasks import is_finished_soon
from crm.extensions import db
from crm.models import Task
from pipelines.vocabulary import Role
from tests.builders import a_contact, a_firm, a_township, a_user


@pytest.fixture
def register(app):
    """Two firms as the list knows them."""
    here = a_township()
    firms = [a_firm("嘉善甲科技有限公司", township=here), a_firm("嘉善乙科技有限公司", township=here)]
    a_contact(firms[0], phone="13800000001")
    refresh_standings(None, clock.today())
    db.session.commit()
    return firms


def test_export_button_hands_out_the_filtered_list(register, signed_in):
    answer = signed_in(Role.DIRECTOR).post("/exports", data={"q": "甲"}, follow_redirects=True)

    name = f"企业台账_{clock.today():%Y%m%d}_筛选.xlsx"
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert f"filename*=UTF-8''{quote(name)}" in answer.headers["Content-Disposition"]
    assert sheet["A3"].value == "嘉善甲科技有限公司"
    assert sheet["A5"].value == "共 1 家"


def numbers_in(answer) -> set:
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    return {cell.value for line in sheet.iter_rows() for cell in line if str(cell.value).endswith("0001")}


WHY = "通知高企申报培训"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DIRECTOR, Role.TOWNSHIP_OFFICER])
def test_whole_ledger_holds_masked_phones_without_a_reason_whoever_asks(register, sign_in, role):
    client = sign_in(a_user(role, township=register[0].township))

    answer = client.post("/exports", data={"choice": "whole"}, follow_redirects=True)

    assert numbers_in(answer) == {"138****0001"}


def test_whole_phones_leave_for_a_reason_and_only_with_who_may(register, sign_in):
    data = {"choice": "whole", "reason": WHY}
    officer = sign_in(a_user()).post("/exports", data=data, follow_redirects=True)
    director = sign_in(a_user(Role.DIRECTOR)).post("/exports", data=data)

    assert "13800000001" in numbers_in(officer)
    assert director.status_code == 422
    assert "您的角色只能导出遮住中间部分的联系方式" in director.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"choice": "whole", "reason": "看"}, "请写明用途"),
        ({"choice": "whole", "reason": "看" * 10_000}, "事由应为200个字以内"),
        ({"choice": "nonsense"}, "请选择导出方式"),
        ({"choice": "template:99"}, "请选择导出方式"),
    ],
)
def test_rubbish_on_the_form_of_an_export_gets_a_sentence_and_keeps_the_filter(register, signed_in, data, sentence):
    answer = signed_in(Role.OFFICER).post("/exports", data={"q": "甲", **data})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert '<input type="hidden" name="q" value="甲">' in answer.text


def test_page_of_an_export_says_how_many_firms_and_offers_templates(register, signed_in):
    add_template(
        {"name": "汇总表", "title": None, "columns": [{"key": "firm.name", "heading": ""}], "by_township": False,
         "names_maker": True},
        Author("王科员", "form"),
    )  # fmt: skip

    page = signed_in(Role.OFFICER).get("/exports/new?q=甲")

    assert "共 1 家" in page.text
    assert "模板：汇总表" in page.text


def test_many_whole_phones_wait_for_a_second_person_who_finds_them_and_decides(app, monkeypatch, register, sign_in):
    monkeypatch.setitem(app.config, "EXPORT_APPROVAL_ROWS", 1)
    me, chief, stranger = a_user(name="王科员"), a_user(Role.SECTION_CHIEF), a_user()
    client = sign_in(me)
    asked = client.post("/exports", data={"choice": "whole", "reason": WHY}, follow_redirects=True)
    decision = "/export-requests/1/decision"

    assert "另一人批准后即开始导出" in asked.text
    assert "等待另一人批准" in asked.text
    assert client.post(decision, data={"approve": "yes"}).status_code == 403
    assert WHY not in sign_in(stranger).get("/export-requests").text
    approver = sign_in(chief)
    assert "1 份待批准" in approver.get("/system").text
    assert "等您批准 1" in approver.get("/").text
    assert "1 份导出申请待您批准" in sign_in(a_user(Role.DIRECTOR)).get("/dashboard").text
    assert "待您批准" not in sign_in(me).get("/").text
    approver = sign_in(chief)
    assert WHY in approver.get("/export-requests").text
    assert "王科员可在“任务”里下载" in approver.post(decision, data={"approve": "yes"}, follow_redirects=True).text
    assert approver.get("/exports/1").status_code == 404  # the file is for who asked alone
    mine = sign_in(me)
    assert is_finished_soon(db.session.get_one(Task, 1))
    assert mine.get("/tasks/1").location == "/exports/1"
    assert "13800000001" in numbers_in(mine.get("/exports/1/file"))


def test_request_that_is_refused_says_why(app, monkeypatch, register, sign_in):
    monkeypatch.setitem(app.config, "EXPORT_APPROVAL_ROWS", 1)
    me = a_user()
    sign_in(me).post("/exports", data={"choice": "whole", "reason": WHY})
    chief = sign_in(a_user(Role.SECTION_CHIEF))
    chief.post("/export-requests/1/decision", data={"note": "请按镇街分开"})

    assert "请按镇街分开" in sign_in(me).get("/export-requests").text
    chief = sign_in(a_user(Role.SECTION_CHIEF))
    assert chief.post("/export-requests/999999999999/decision").status_code == 404
    again = chief.post("/export-requests/1/decision", data={"approve": "yes"}, follow_redirects=True)
    assert "这份申请未批准，不必再处理" in again.text


def test_page_of_an_export_says_how_many_firms_left(register, sign_in):
    client = sign_in(a_user())
    there = client.post("/exports").location

    page = client.get(there.removesuffix("/file"))

    assert "已导出 2 家。" in page.text
    assert there in page.text


def test_export_of_somebody_else_looks_like_none(register, sign_in):
    there = sign_in(a_user()).post("/exports").location
    stranger = sign_in(a_user())

    assert stranger.get(there).status_code == 404
    assert stranger.get(there.removesuffix("/file")).status_code == 404


def test_auditor_may_not_export(register, signed_in):
    assert signed_in(Role.AUDITOR).post("/exports").status_code == 403


def test_senseless_filter_is_passed_over(register, signed_in):
    answer = signed_in(Role.OFFICER).post(
        "/exports", data={"sort": "nonsense", "page": "-1", "township": "1;DROP"}, follow_redirects=True
    )

    assert openpyxl.load_workbook(BytesIO(answer.data)).active["A6"].value == "共 2 家"
