from io import BytesIO
from urllib.parse import quote

import openpyxl
import pytest

from crm import clock
from crm.actions.standings import refresh_standings
from crm.extensions import db
from pipelines.vocabulary import Role
from tests.builders import a_contact, a_firm, a_user


@pytest.fixture
def register(app):
    """Two firms as the list knows them."""
    firms = [a_firm("嘉善甲科技有限公司"), a_firm("嘉善乙科技有限公司")]
    a_contact(firms[0])
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


@pytest.mark.parametrize(("role", "holds"), [(Role.OFFICER, True), (Role.DIRECTOR, False)])
def test_whole_ledger_holds_phones_only_for_who_may_see_them(register, signed_in, role, holds):
    answer = signed_in(role).post("/exports", data={"whole": "yes"}, follow_redirects=True)

    titles = [cell.value for cell in openpyxl.load_workbook(BytesIO(answer.data)).active[2]]
    assert ("手机" in titles) is holds


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
