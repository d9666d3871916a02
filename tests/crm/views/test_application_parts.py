"""Research projects, products and the rights behind both: tied, asked about, removed."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
import time_machine

from crm.extensions import db
from crm.models import ApplicationPart, Candidacy, Event
from pipelines.vocabulary import EventKind, IpKind, IpStatus, Role
from tests.builders import WAN, a_candidacy, a_firm, an_ip_right, some_figures


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-20 10:00+08:00", tick=False):
        yield


@pytest.fixture
def officer(signed_in):
    return signed_in(Role.OFFICER)


@pytest.fixture
def candidacy(app) -> Candidacy:
    firm = a_firm("嘉善材料科技有限公司")
    for year in (2023, 2024, 2025):
        some_figures(firm, year, rd_spend=Decimal(100 * WAN), high_tech_revenue=Decimal(900 * WAN))
    an_ip_right(firm, name="一种压机", status=IpStatus.VALID, granted_on=date(2024, 1, 1))
    an_ip_right(firm, IpKind.UTILITY_MODEL, name="一种夹具", status=IpStatus.VALID, used_in_year=2023)
    return a_candidacy(firm)


def rights(candidacy: Candidacy) -> dict[str, int]:
    return {right.name: right.id for right in candidacy.firm.ip_rights}


def saved(officer, candidacy: Candidacy, kind: str, **data):
    usual = {"number": "1", "name": "高效压机", "amount": "300"}
    return officer.post(f"/candidacies/{candidacy.id}/parts?kind={kind}", data=usual | data)


def parts() -> list[ApplicationPart]:
    return list(db.session.scalars(sa.select(ApplicationPart).order_by(ApplicationPart.id)))


def test_a_project_and_a_product_are_tied_to_a_right_and_nothing_is_asked(officer, candidacy):
    right = rights(candidacy)["一种压机"]
    saved(officer, candidacy, "project", rights=[right])
    saved(officer, candidacy, "product", amount="900", rights=[right], projects=[parts()[0].id])

    project, product = parts()
    page = officer.get(f"/candidacies/{candidacy.id}/parts")
    assert (project.code, project.amount, product.code) == ("RD01", Decimal(300 * WAN), "PS01")
    assert [each.code for each in product.projects] == ["RD01"]
    assert "研发活动、知识产权和产品前后对得上" in page.text
    assert db.session.scalar(sa.select(sa.func.count(Event.id)).filter_by(kind=EventKind.PART_SAVED)) == 2


def test_what_does_not_hang_together_is_asked(officer, candidacy):
    saved(officer, candidacy, "project", amount="250", rights=[rights(candidacy)["一种夹具"]])
    saved(officer, candidacy, "product", name="压机成套", amount="")

    page = officer.get(f"/candidacies/{candidacy.id}/parts").text
    assert "“一种夹具”是Ⅱ类，已用于 2023 年申报，这次不能再计。" in page
    assert "PS01 没有知识产权支持" in page
    assert "研发活动经费合计 250 万元，比登记的近三年研发费用合计少 50 万元。" in page


def test_a_right_of_another_firm_is_no_choice(officer, candidacy):
    stranger = an_ip_right(a_firm(), name="别家的发明")
    answer = saved(officer, candidacy, "project", rights=[stranger.id])

    assert answer.status_code == 422
    assert parts() == []


def test_the_same_number_twice_is_told(officer, candidacy):
    saved(officer, candidacy, "project")
    answer = saved(officer, candidacy, "project", name="另一项")

    assert (answer.status_code, "已有 RD01，请换一个编号" in answer.text) == (422, True)


def test_a_part_is_changed_and_removed_and_its_ties_go_with_it(officer, candidacy):
    saved(officer, candidacy, "project")
    saved(officer, candidacy, "product", projects=[parts()[0].id])
    address = f"/candidacies/{candidacy.id}/parts/{parts()[0].id}"

    officer.post(f"{address}/edit", data={"number": "2", "name": "改了名字", "amount": "1.5"})
    assert (parts()[0].code, parts()[0].name) == ("RD02", "改了名字")

    officer.post(f"{address}/removal")
    (left,) = parts()
    assert (left.code, left.projects) == ("PS01", [])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": ""}, "名称"),
        ({"number": "0"}, "编号"),
        ({"number": "第一"}, "编号"),
        ({"amount": "很多"}, "近三年投入"),
    ],
)
def test_rubbish_is_told_and_nothing_is_lost(officer, candidacy, data, sentence):
    answer = saved(officer, candidacy, "project", **({"name": "留着的名字"} | data))

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert data.get("name") == "" or "留着的名字" in answer.text


def test_what_has_ended_is_not_changed_any_more(officer, candidacy):
    candidacy.closed_on = date(2026, 6, 1)
    answer = saved(officer, candidacy, "project")

    assert "已经结束" in answer.text
    assert parts() == []


def test_a_part_of_another_candidacy_is_not_found(officer, candidacy):
    saved(officer, candidacy, "project")
    other = a_candidacy(a_firm())

    assert officer.get(f"/candidacies/{other.id}/parts/{parts()[0].id}/edit").status_code == 404
    assert officer.post(f"/candidacies/{other.id}/parts/{parts()[0].id}/removal").status_code != 303
