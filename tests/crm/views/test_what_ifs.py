"""试算: the verdict moves, and nothing is saved."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
import time_machine
from bs4 import BeautifulSoup

from crm.extensions import db
from crm.models import AnnualFigures, Evaluation
from pipelines.vocabulary import Role
from tests.builders import WAN, a_firm, some_figures


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-06-30 10:00+08:00", tick=False):
        yield


@pytest.fixture
def firm(app):
    firm = a_firm(founded_on=date(2015, 1, 1))
    for year in (2023, 2024, 2025):
        some_figures(
            firm, year, sales_revenue=Decimal(4000 * WAN), rd_spend=Decimal(199 * WAN), staff=Decimal(100),
            tech_staff=Decimal(9),
        )  # fmt: skip
    return firm


def rows(page) -> dict[str, list[str]]:
    found = BeautifulSoup(page.data, "html.parser").select("table.data tbody tr")
    return {row.th.get_text(strip=True): [cell.get_text(" ", strip=True) for cell in row.select("td")] for row in found}


def test_a_figure_moves_its_verdict_and_is_not_kept(signed_in, firm):
    page = signed_in(Role.DIRECTOR).get(f"/firms/{firm.id}/what-if/high_tech?tech_staff=10&rd_spend=202")

    tried = rows(page)
    assert tried["科技人员占职工总数的比例"][0::2][:2] == ["✕ 未达标", "✓ 达标"]
    assert tried["近三年研发费用总额占同期销售收入总额的比例"][2] == "✓ 达标"
    assert db.session.scalar(sa.select(AnnualFigures.tech_staff).filter_by(year=2025)) == 9
    assert db.session.scalars(sa.select(Evaluation)).all() == []


def test_a_right_gained_before_filing_counts(signed_in, firm):
    page = signed_in(Role.OFFICER).get(f"/firms/{firm.id}/what-if/high_tech?more_class_two=1")

    assert rows(page)["拥有对主要产品（服务）发挥核心支持作用的知识产权"][2] == "✓ 达标"


def test_without_a_figure_both_sides_are_the_same(signed_in, firm):
    tried = rows(signed_in(Role.OFFICER).get(f"/firms/{firm.id}/what-if/high_tech"))

    assert [cells for cells in tried.values() if cells[0] != cells[2]] == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("tech_staff=很多", "应为数字"), ("more_class_one=100000", "应为不大于100"), ("staff=-1", "应为不小于0")],
)
def test_rubbish_gets_a_sentence_and_the_judgement_as_it_is(signed_in, firm, typed, sentence):
    page = signed_in(Role.OFFICER).get(f"/firms/{firm.id}/what-if/high_tech?{typed}")

    assert page.status_code == 422
    assert sentence in page.text
    assert len(rows(page)) > 5


@pytest.mark.parametrize("programme", ["leading", "nonsense"])
def test_what_judges_nothing_cannot_be_tried(signed_in, firm, programme):
    assert signed_in(Role.OFFICER).get(f"/firms/{firm.id}/what-if/{programme}").status_code == 404
