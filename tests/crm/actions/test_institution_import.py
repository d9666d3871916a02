"""Lists of R&D institutions: an office's own ledger, an official list under its heading; each recognition once."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions.events import COMMAND
from crm.actions.import_plans import plan_of
from crm.actions.imports import apply_import, preview_import
from crm.extensions import db
from crm.models import Event, Firm, ImportBatch, Institution
from pipelines.vocabulary import EventKind, InstitutionKind, InstitutionLevel, ReviewResult
from tests.builders import a_firm, an_institution

TITLES = "序号,企业名称,研发机构名称,级别,类型,认定时间,文号,研发人员数,面积(㎡),设备原值(万元),绩效评价结果"
COUNTY, CITY, PROVINCE, NATIONAL = InstitutionLevel


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-11-27 10:00+08:00", tick=False):
        yield


@pytest.fixture
def firm(app) -> Firm:
    return a_firm("嘉善灵犀科技有限公司")


def previewed(*rows: str, titles: str = TITLES, above: str = "") -> ImportBatch:
    db.session.commit()
    lines = [*([above] if above else []), titles, *rows]
    return preview_import(BytesIO("\n".join(lines).encode()), "研发机构.csv", COMMAND)


def imported(*rows: str, **written: str) -> list[Institution]:
    apply_import(previewed(*rows, **written).id, COMMAND)
    return list(db.session.scalars(sa.select(Institution).order_by(Institution.approved_on, Institution.id)))


def told(batch: ImportBatch) -> list[str]:
    return [each.message for row in plan_of(batch).rows for each in (*row.errors, *row.doubts)]


def outcomes(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in batch.counts.items() if number}


def test_a_ledger_of_an_office_is_read_with_its_untidy_cells(firm):
    (kept,) = imported(
        f'1,{firm.name},灵犀研发中心,市,研究开发中心,2024.6.1,嘉科〔2024〕12号,18人,320.5㎡,"1,256.78",良'
    )

    assert (kept.level, kept.kind, kept.approved_on) == (CITY, InstitutionKind.RD_CENTRE, date(2024, 6, 1))
    assert (kept.staff, kept.area, kept.equipment) == (18, Decimal("320.5"), Decimal("12567800"))
    assert (kept.document_number, kept.review_result) == ("嘉科〔2024〕12号", ReviewResult.GOOD)
    (event,) = db.session.scalars(sa.select(Event).where(Event.firm_id == firm.id))
    assert event.kind is EventKind.INSTITUTION_SAVED
    assert {"field": "institution.equipment", "old": None, "new": "12567800"} in event.particulars["changes"]


@pytest.mark.parametrize(
    ("heading", "level", "day"),
    [
        ("浙江省科学技术厅关于公布2023年度企业研究院名单的通知", PROVINCE, date(2023, 1, 1)),
        ("2023年11月23日公布的省级高新技术企业研究开发中心名单", PROVINCE, date(2023, 11, 23)),
        ("嘉兴市2025年市级研发中心名单", CITY, date(2025, 1, 1)),
        ("浙江省嘉善县2025年度企业研发中心认定名单", COUNTY, date(2025, 1, 1)),
        ("2024年国家级企业技术中心公示名单", NATIONAL, date(2024, 1, 1)),
    ],
)
def test_an_official_list_says_level_and_day_in_its_heading(firm, heading, level, day):
    (kept,) = imported(f"1,{firm.name},灵犀企业研究院", titles="序号,企业名称,研究院名称", above=heading)

    assert (kept.level, kept.kind, kept.approved_on) == (level, InstitutionKind.INSTITUTE, day)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("浙江省灵犀重点企业研究院", InstitutionKind.KEY_INSTITUTE),
        ("嘉善县灵犀企业研发(技术)中心", InstitutionKind.RD_CENTRE),
        ("灵犀省级高新技术企业研究开发中心", InstitutionKind.RD_CENTRE),
        ("灵犀企业技术中心", InstitutionKind.TECH_CENTRE),
        ("灵犀光学工程技术研究中心", InstitutionKind.ENGINEERING_CENTRE),
        ("灵犀重点实验室", InstitutionKind.KEY_LAB),
        ("灵犀创新联合体", InstitutionKind.OTHER),
    ],
)
def test_a_kind_nobody_wrote_down_is_told_by_the_name(firm, name, kind):
    (kept,) = imported(f"{firm.name},{name},县级,2024-05-01", titles="企业名称,机构名称,级别,认定日期")

    assert kept.kind is kind


def test_the_same_list_again_changes_nothing_and_a_year_alone_does_not_undo_a_day(firm):
    imported(f"1,{firm.name},灵犀研发中心,市级,研发中心,2024-06-01,,18,,,")

    again = previewed(f"1,{firm.name},灵犀研发中心,市级,研发中心,2024-06-01,,18,,,")
    year_only = previewed(f"1,{firm.name},灵犀研发中心,市级,研发中心,2024,,18,,,")

    assert outcomes(again) == outcomes(year_only) == {"unchanged": 1}


def test_an_institution_told_of_another_year_is_not_counted_twice(firm):
    an_institution(firm, date(2024, 6, 1), level=CITY, name="灵犀研发中心")

    batch = previewed(f"1,{firm.name},灵犀研发中心,市级,研发中心,2025-06-01,,,,,")

    assert outcomes(batch) == {"faulty": 1}
    assert "该企业已有市级研发中心“灵犀研发中心”（2024-06-01 认定），请核对" in told(batch)[0]


def test_after_a_withdrawal_it_may_be_recognised_anew(firm):
    an_institution(firm, date(2020, 6, 1), level=CITY, withdrawn_on=date(2023, 1, 1), withdrawn_reason="评估不合格")

    assert len(imported(f"1,{firm.name},灵犀新研发中心,市级,研发中心,2025-06-01,,,,,")) == 2


def test_what_was_put_away_does_not_come_back_by_the_same_list(firm):
    an_institution(firm, date(2024, 6, 1), level=CITY, name="灵犀研发中心", archived_at=clock.now())

    batch = previewed(f"1,{firm.name},灵犀研发中心,市级,研发中心,2024-06-01,,,,,")

    assert "“灵犀研发中心”已归档，需要时请在企业页恢复" in told(batch)


def test_a_list_updates_what_it_says_and_leaves_the_rest(firm):
    an_institution(firm, level=CITY, staff=10, leader="王主任", equipment=Decimal(1_000_000))

    (kept,) = imported(f"1,{firm.name},{firm.name}研发中心,市级,研发中心,2024-06-01,,25,,100,")

    assert (kept.staff, kept.leader, kept.equipment) == (25, "王主任", Decimal(1_000_000))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1,{name},,市级,研发中心,2024-06-01,,,,,", "请填写机构名称"),
        ("1,{name},某中心,星级,研发中心,2024-06-01,,,,,", "请填写级别"),
        ("1,{name},某中心,市级,研发中心,,,,,,", "请填写认定日期"),
        ("1,{name},某中心,市级,研发中心,2027-06-01,,,,,", "认定日期晚于今天，请核对"),
        ("1,{name},某中心,市级,研发中心,2024-06-01,,十个,,,", "应为数字"),
        ("1,{name},某中心,市级,研发中心,2024-06-01,,,5亩,,", "应为平方米数"),
        ("1,{name},某中心,市级,研发中心,2024-06-01,,,-5,,", "面积不能为负"),
        ("1,{name},某中心,市级,研发中心,2024-06-01,,,,abc,", "应为数字"),
        ("1,不在库的某某有限公司,某中心,市级,研发中心,2024-06-01,,,,,", "企业库里没有这家企业"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(firm, row, sentence):
    batch = previewed(row.format(name=firm.name))

    assert any(sentence in message for message in told(batch)), told(batch)
    assert db.session.scalar(sa.select(sa.func.count(Institution.id))) == 0


def test_a_withdrawal_needs_its_reason(firm):
    titles = "企业名称,机构名称,级别,认定日期,撤销日期,撤销原因"

    assert "请填写撤销原因" in told(previewed(f"{firm.name},某中心,市级,2020-06-01,2024-01-01,", titles=titles))
    assert "撤销日期早于认定日期，请核对" in told(
        previewed(f"{firm.name},某中心,市级,2020-06-01,2019-01-01,整改不力", titles=titles)
    )
