"""目标: entered, changed, copied, shared out; figures typed in; every door tried with rubbish."""

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup

from crm.actions.demo import load_reference
from crm.actions.events import SYSTEM
from crm.extensions import db
from crm.models import Event, Target, TargetActual
from pipelines.vocabulary import EventKind, Measure, Role
from tests.builders import a_township


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-11-23 10:00+08:00", tick=False):
        yield


@pytest.fixture
def chief(signed_in):
    return signed_in(Role.SECTION_CHIEF)


@pytest.fixture
def contracts(app) -> Target:
    target = Target(year=2026, code="contracts", label="技术合同交易额", unit="亿元", value=30)
    db.session.add(target)
    db.session.commit()
    return target


def trace() -> list[tuple[EventKind, str]]:
    return [
        (event.kind, event.particulars["subject"])
        for event in db.session.scalars(sa.select(Event))
        if "subject" in event.particulars
    ]


def test_the_plan_of_2023_is_shipped_as_data(app):
    load_reference(SYSTEM)

    plan = db.session.scalars(sa.select(Target).order_by(Target.position)).all()
    headline = [(target.label, float(target.value), target.unit) for target in plan if target.is_headline]
    assert headline == [
        ("国家级品牌", 1, "项"), ("省级荣誉", 2, "项"), ("省级称号", 3, "项"), ("首创性工作", 4, "项"),
        ("R&D 经费占 GDP 比重", 4, "%"), ("新认定高新技术企业", 100, "家"), ("高新技术产业增加值占比", 84.5, "%"),
        ("高新技术产业投资增速", 15, "%"), ("技术合同交易额", 30, "亿元"),
    ]  # fmt: skip
    assert {(target.label, int(target.value)) for target in plan if not target.is_headline} >= {
        ("高新技术企业", 800), ("省科技型中小企业", 1300), ("新增各级企业研发机构", 30), ("引导开展技术攻关", 300),
        ("尖兵、领雁立项", 5), ("新培育农业高企", 2),
    }  # fmt: skip


def test_a_target_is_entered_and_changed_and_each_leaves_its_trace(chief):
    answer = chief.post(
        "/targets/years/2026", data={"label": "新认定高企", "value": "100", "unit": "家", "counts": "high_tech_first"}
    )
    target = db.session.scalars(sa.select(Target)).one()
    chief.post(
        f"/targets/{target.id}/edit",
        data={"label": "新认定高企", "value": "120", "unit": "家", "counts": "high_tech_granted"},
    )

    assert answer.status_code == 303
    db.session.expire_all()
    assert (target.value, target.counts) == (120, "high_tech_granted")
    assert trace() == [(EventKind.TARGET_SAVED, "2026 年新认定高企")] * 2
    changes = db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first().particulars["changes"]
    assert {(each["field"], each["old"], each["new"]) for each in changes} == {
        ("value", "100", "120"), ("counts", "high_tech_first", "high_tech_granted"),
    }  # fmt: skip


def test_a_year_begins_as_another(chief, contracts):
    page = chief.get("/targets?year=2027")
    assert "还没有 2027 年的目标" in page.text
    chief.post("/targets/years/2027/copy", data={"source": "2026"})
    again = chief.post("/targets/years/2027/copy", data={"source": "2026"}, follow_redirects=True)

    copied = db.session.scalars(sa.select(Target).filter_by(year=2027)).one()
    assert (copied.code, copied.label, copied.value) == ("contracts", "技术合同交易额", 30)
    assert "2027 年已有目标" in again.text


def test_a_figure_is_typed_in_and_a_correction_stands_beside_it(chief, contracts):
    address = f"/targets/{contracts.id}/actuals"
    for value, source in (("12.1", "商务局"), ("12.4", "商务局更正"), ("12.4", "商务局更正")):
        chief.post(address, data={"reached_on": "2026-06-30", "value": value, "source": source})

    told = db.session.scalars(sa.select(TargetActual).order_by(TargetActual.id)).all()
    assert [str(each.value) for each in told] == ["12.1", "12.4"]
    page = BeautifulSoup(chief.get("/dashboard").data, "html.parser")
    row = page.select_one(".desk table.data tbody tr")
    assert row.select("td.num")[0].get_text(strip=True) == "12.4"
    assert "截至 2026-06-30，商务局更正" in row.get_text()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"reached_on": "2025-12-31", "value": "1", "source": "x"}, "日期应在 2026 年内"),
        ({"reached_on": "2026-12-31", "value": "1", "source": "x"}, "截至"),
        ({"reached_on": "昨天", "value": "1", "source": "x"}, "截至应为日期"),
        ({"reached_on": "2026-06-30", "value": "三十", "source": "x"}, "完成数应为数字"),
        ({"reached_on": "2026-06-30", "value": "1", "source": ""}, "请填写数据来源"),
    ],
)
def test_rubbish_is_told_and_kept_in_the_form(chief, contracts, data, told):
    page = chief.post(f"/targets/{contracts.id}/actuals", data=data)

    assert page.status_code == 422
    assert told in page.text
    assert not db.session.scalar(sa.select(sa.func.count(TargetActual.id)))


def test_what_the_records_count_is_not_typed_in(chief, contracts):
    contracts.counts = Measure.HIGH_TECH_STOCK

    page = chief.post(
        f"/targets/{contracts.id}/actuals", data={"reached_on": "2026-06-30", "value": "1", "source": "x"}
    )

    assert "由企业记录统计" in page.text


def test_shares_that_do_not_add_up_are_kept_and_told(chief, contracts):
    west, east = a_township("西塘镇"), a_township("姚庄镇")
    contracts.counts = Measure.HIGH_TECH_STOCK
    db.session.commit()
    page = chief.post(
        f"/targets/{contracts.id}/shares",
        data={f"town_{west.id}": "12", f"town_{east.id}": "13"},
        follow_redirects=True,
    )

    assert "合计 25 亿元，与全县目标 30 亿元 不一致" in page.text
    chief.post(f"/targets/{contracts.id}/shares", data={f"town_{west.id}": "12", f"town_{east.id}": ""})
    db.session.expire_all()
    assert [(share.township_id, share.value) for share in contracts.shares] == [(west.id, 12)]


def test_a_target_removed_keeps_what_was_typed_in(chief, contracts):
    chief.post(f"/targets/{contracts.id}/actuals", data={"reached_on": "2026-06-30", "value": "1", "source": "x"})
    address = f"/targets/{contracts.id}/removal"
    chief.post(address)

    assert not db.session.scalar(sa.select(sa.func.count(Target.id)))
    assert db.session.scalar(sa.select(sa.func.count(TargetActual.id))) == 1
    assert chief.post(address).status_code == 404


@pytest.mark.parametrize("path", ["/targets/999999999999/edit", "/targets/0", "/targets/7"])
def test_a_target_that_is_none_is_not_found(chief, path):
    assert chief.get(path).status_code == 404


@pytest.mark.parametrize("query", ["?year=abc", "?year=-1", "?year=99999", "?year="])
def test_a_year_that_is_none_is_this_year(chief, query):
    assert "2026 年目标" in chief.get(f"/targets{query}").text


def test_the_same_name_twice_in_a_year_is_refused(chief, contracts):
    page = chief.post("/targets/years/2026", data={"label": "技术合同交易额", "value": "1", "unit": "家"})

    assert page.status_code == 422
    assert "2026 年已有“技术合同交易额”这一项目标" in page.text


def test_others_see_the_plan_and_change_nothing(signed_in, contracts):
    for role in (Role.OFFICER, Role.DIRECTOR, Role.TOWNSHIP_OFFICER):
        visitor = signed_in(role)
        assert visitor.get("/targets").status_code == 200
        assert visitor.get(f"/targets/{contracts.id}").status_code == 200
        assert visitor.post(f"/targets/{contracts.id}/removal").status_code == 403
