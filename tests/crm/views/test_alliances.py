"""创新联合体 and 外资研发中心: entered, joined out of a pasted list, led by one, seen on the firm."""

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup

from crm.extensions import db
from crm.models import Alliance, AllianceMember, Event
from pipelines.vocabulary import EventKind, Role
from tests.builders import a_firm, a_township, a_user

FIELDS = {"kind": "consortium", "name": "精密制造创新联合体", "began_on": "2025-05-01"}


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def officer(signed_in):
    return signed_in(Role.OFFICER)


@pytest.fixture
def alliance(officer) -> Alliance:
    officer.post("/institutions/alliances", data=FIELDS)
    return db.session.scalars(sa.select(Alliance)).one()


def members() -> dict[int, bool]:
    db.session.expire_all()
    return {row.firm_id: row.is_leader for row in db.session.scalars(sa.select(AllianceMember))}


def tags(visitor, firm) -> str:
    """What stands beside the name of the firm."""
    return BeautifulSoup(visitor.get(f"/firms/{firm.id}").data, "html.parser").select_one("h1").get_text()


def test_members_come_in_by_name_or_code_and_one_leads(officer, alliance):
    first, second = a_firm("嘉善牵头有限公司"), a_firm("嘉善参加有限公司")
    address = f"/institutions/alliances/{alliance.id}/members"
    page = officer.post(address, data={"firms": f"{first.name}\n{second.uscc}\n不存在的有限公司"})
    officer.post(f"{address}/{first.id}/leadership")
    officer.post(f"{address}/{second.id}/leadership")

    assert page.status_code == 422
    assert "已加入 2 家；下面 1 行没有加入" in page.text
    assert members() == {first.id: False, second.id: True}
    assert "精密制造创新联合体" in tags(officer, first)
    officer.post(f"{address}/{first.id}/removal")
    assert members() == {second.id: True}
    kinds = [event.kind for event in db.session.scalars(sa.select(Event).where(Event.firm_id == first.id))]
    assert kinds == [EventKind.ALLIANCE_JOINED] * 3


def test_what_has_ended_is_no_tag_any_more(officer, alliance):
    firm = a_firm()
    officer.post(f"/institutions/alliances/{alliance.id}/members", data={"firms": firm.name})
    officer.post(f"/institutions/alliances/{alliance.id}/edit", data=FIELDS | {"ended_on": "2026-06-01"})

    assert "2026-06-01" in officer.get("/institutions/alliances").text  # and what was just saved is said here
    assert "精密制造创新联合体" not in tags(officer, firm)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (FIELDS | {"name": ""}, "请填写名称"),
        (FIELDS | {"kind": "club"}, "请选择类型"),
        (FIELDS | {"ended_on": "2025-04-30"}, "结束日期不能早于起始日期"),
        (FIELDS | {"began_on": "五月"}, "起始日期应为日期"),
        (FIELDS, "已有同名的创新联合体"),
    ],
)
def test_rubbish_is_told_and_kept_in_the_form(officer, alliance, data, told):
    page = officer.post("/institutions/alliances", data=data)

    assert page.status_code == 422
    assert told in page.text
    assert db.session.scalar(sa.select(sa.func.count(Alliance.id))) == 1


def test_a_township_officer_sees_and_joins_only_the_own_firms(sign_in, officer, alliance):
    west, east = a_township("西塘镇"), a_township("姚庄镇")
    own, other = a_firm("嘉善西边有限公司", township=west), a_firm("嘉善东边有限公司", township=east)
    address = f"/institutions/alliances/{alliance.id}"
    officer.post(f"{address}/members", data={"firms": other.name})
    local = sign_in(a_user(Role.TOWNSHIP_OFFICER, township=west))

    local.post(f"{address}/members", data={"firms": f"{own.name}\n{other.name}"})

    page = local.get(address).text
    assert own.name in page
    assert other.name not in page
    assert local.post(f"{address}/members/{other.id}/removal").status_code == 404
    assert local.post(address + "/edit", data=FIELDS).status_code == 403


@pytest.mark.parametrize("path", ["/institutions/alliances/0", "/institutions/alliances/99999999999"])
def test_an_alliance_that_is_none_is_not_found(officer, path):
    assert officer.get(path).status_code == 404
