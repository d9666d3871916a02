"""浙里加计扣除: its sheet is told by its columns, and its research total is the figure of the deduction."""

from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa

from crm.actions.events import COMMAND
from crm.actions.import_plans import plan_of
from crm.actions.imports import apply_import, preview_import
from crm.extensions import db
from crm.models import AnnualFigures, Firm, ImportBatch, Industry
from tests.builders import WAN, a_firm, some_figures

TITLES = (
    "统一社会信用代码,企业名称,所属年度,是否享受,研发项目数,研发费用合计(元),允许扣除额(元),加计比例,加计扣除额(元)"
)


def previewed(*rows: str, titles: str = TITLES) -> ImportBatch:
    db.session.commit()
    return preview_import(BytesIO("\n".join([titles, *rows]).encode()), "加计扣除.csv", COMMAND)


def imported(*rows: str, titles: str = TITLES) -> AnnualFigures:
    apply_import(previewed(*rows, titles=titles).id, COMMAND)
    return db.session.scalars(sa.select(AnnualFigures).filter_by(year=2025)).one()


@pytest.fixture
def firm(app) -> Firm:
    firm = a_firm("嘉善享受科技有限公司")
    some_figures(firm, 2025, rd_spend=Decimal(240 * WAN))
    return firm


def test_the_research_total_is_the_figure_of_the_deduction_and_overwrites_no_other(firm):
    figures = imported(f"{firm.uscc},{firm.name},2025,是,4,2310000,2300000,100%,2300000")

    assert figures.rd_spend_deduction == 2310000
    assert figures.rd_spend == 240 * WAN


def test_who_did_not_take_it_has_deducted_nothing(firm):
    assert imported(f"{firm.uscc},{firm.name},2025,否,,,,,").rd_spend_deduction == 0


def test_nothing_said_stays_unknown(firm):
    batch = previewed(f"{firm.uscc},{firm.name},2025,,,,,,")

    assert {name: number for name, number in batch.counts.items() if number} == {"unchanged": 1}


def test_a_contradiction_is_told_and_the_amount_kept(firm):
    row = f"{firm.uscc},{firm.name},2025,否,4,2310000,,,"
    doubts = [doubt.message for each in plan_of(previewed(row)).rows for doubt in each.doubts]

    assert doubts == ["写着没有享受加计扣除，却有加计扣除的研发费用，按所填的数导入"]
    assert imported(row).rd_spend_deduction == 2310000


def test_a_ledger_that_only_mentions_the_deduction_keeps_its_own_reading(firm):
    titles = "统一社会信用代码,企业名称,年度,销售收入(元),研发费用(元),是否享受加计扣除,加计扣除额(元)"

    figures = imported(f"{firm.uscc},{firm.name},2025,50000000,2500000,是,", titles=titles)

    assert figures.rd_spend == 2500000
    assert figures.rd_spend_deduction is None


def test_the_same_sheet_again_changes_nothing(firm):
    row = f"{firm.uscc},{firm.name},2025,否,,,,,"
    imported(row)

    batch = previewed(row)

    assert {name: number for name, number in batch.counts.items() if number} == {"unchanged": 1}


def test_a_code_of_four_digits_is_kept_as_the_class_it_lies_in_and_told(firm):
    db.session.add_all(
        [Industry(code="35", name="专用设备制造业"), Industry(code="356", name="电子和电工机械专用设备制造")]
    )
    batch = previewed(f"{firm.uscc},{firm.name},C3562", titles="统一社会信用代码,企业名称,行业代码")
    doubts = [doubt.message for each in plan_of(batch).rows for doubt in each.doubts]
    apply_import(batch.id, COMMAND)

    assert doubts == ["行业表里没有“C3562”，按上一级“356 电子和电工机械专用设备制造”登记"]
    assert firm.industry_code == "356"


def test_a_code_that_lies_nowhere_is_faulty(firm):
    batch = previewed(f"{firm.uscc},{firm.name},9999", titles="统一社会信用代码,企业名称,行业代码")

    assert batch.counts["faulty"] == 1
