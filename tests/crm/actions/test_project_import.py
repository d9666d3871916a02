"""Lists of research projects: of one programme under its heading, or with a column for it; money to the fen."""

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
from crm.models import Event, Firm, ImportBatch, Project
from pipelines.vocabulary import EventKind, ProjectProgramme, ProjectStage
from tests.builders import a_firm, a_project

TITLES = (
    "序号,企业名称,项目名称,计划类别,项目编号,阶段,合作单位,总经费(万元),补助(万元),自筹(万元),申报日期,立项日期,"
    "应验收日期,验收日期"
)
P, S = ProjectProgramme, ProjectStage


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
    return preview_import(BytesIO("\n".join(lines).encode()), "项目.csv", COMMAND)


def imported(*rows: str, **written: str) -> list[Project]:
    apply_import(previewed(*rows, **written).id, COMMAND)
    return list(db.session.scalars(sa.select(Project).order_by(Project.id)))


def told(batch: ImportBatch) -> list[str]:
    return [each.message for row in plan_of(batch).rows for each in (*row.errors, *row.doubts)]


def outcomes(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in batch.counts.items() if number}


def test_a_list_is_read_with_its_untidy_cells(firm):
    partner = a_firm("嘉善协作有限公司")

    (kept,) = imported(
        f'1,{firm.name},超精密镜片研制,省尖兵,2025C01,实施中,某大学；嘉善协作有限公司,"1,000.000001",200万元,800,'
        "2024.10.8,2025年3月1日,2027/5/31,"
    )

    assert (kept.programme, kept.stage, kept.stage_since) == (P.VANGUARD, S.UNDERWAY, date(2025, 3, 1))
    assert (kept.budget_total, kept.budget_subsidy) == (Decimal("10000000.01"), Decimal(2_000_000))
    assert (kept.applied_on, kept.acceptance_due_on) == (date(2024, 10, 8), date(2027, 5, 31))
    assert kept.partners == "某大学\n嘉善协作有限公司"
    assert [each.id for each in kept.partner_firms] == [partner.id]
    (event,) = db.session.scalars(sa.select(Event).where(Event.firm_id == firm.id))
    assert event.kind is EventKind.PROJECT_SAVED


@pytest.mark.parametrize(
    ("heading", "programme"),
    [
        ("2025年度“科创祥符”攻关计划立项清单", P.COUNTY),
        ("2025年度浙江省“领雁”研发攻关计划项目清单", P.LEADING_GOOSE),
        ("国家重点研发计划立项公示", P.NATIONAL),
        ("2025年企业自主攻关项目清单", P.OWN),
    ],
)
def test_a_heading_says_the_programme_of_every_row(firm, heading, programme):
    (kept,) = imported(f"{firm.name},超精密镜片研制,2025-03-01", titles="企业名称,攻关项目名称,立项时间", above=heading)

    assert kept.programme is programme


def test_a_heading_of_two_programmes_says_none(firm):
    heading = "2025年度“尖兵”“领雁”研发攻关计划立项清单"
    titles = "企业名称,攻关项目名称,计划类别,立项时间"

    (kept,) = imported(f"{firm.name},超精密镜片研制,领雁,2025-03-01", titles=titles, above=heading)

    assert kept.programme is P.LEADING_GOOSE


@pytest.mark.parametrize(
    ("days", "stage", "since"),
    [
        ("2025-01-10,,", S.APPLIED, date(2025, 1, 10)),
        ("2025-01-10,2025-03-01,", S.UNDERWAY, date(2025, 3, 1)),
        (",2025-03-01,2026-09-01", S.ACCEPTED, date(2026, 9, 1)),
    ],
)
def test_a_stage_nobody_wrote_down_is_told_by_the_days(firm, days, stage, since):
    titles = "企业名称,项目名称,计划类别,申报日期,立项日期,验收日期"

    (kept,) = imported(f"{firm.name},超精密镜片研制,自立项目,{days}", titles=titles)

    assert (kept.stage, kept.stage_since) == (stage, since)


def test_the_same_list_again_changes_nothing_however_its_titles_are_spaced(firm):
    imported(f"1,{firm.name},超精密镜片研制,尖兵,2025C01,在研,某大学,1000,200,800,,2025-03-01,,")

    same = previewed(f"1,{firm.name},超精密 镜片研制,尖兵,2025C01,在研,某大学,1000,200,800,,2025-03-01,,")
    year = previewed(f"1,{firm.name},超精密镜片研制,尖兵,,,,,,,,2025,,")

    assert outcomes(same) == outcomes(year) == {"unchanged": 1}


def test_a_list_completes_the_record_and_moves_no_stage(firm):
    a_project(firm, title="超精密镜片研制", programme=P.VANGUARD, budget_total=Decimal(10_000_000))

    batch = previewed(f"1,{firm.name},超精密镜片研制,尖兵,2025C01,验收通过,,1000,200,,,,,")
    apply_import(batch.id, COMMAND)
    db.session.expire_all()
    (kept,) = db.session.scalars(sa.select(Project))

    assert "库中在“在研”，阶段不随清单改动，请在项目页移动" in told(batch)
    assert (kept.stage, kept.number, kept.budget_subsidy) == (S.UNDERWAY, "2025C01", Decimal(2_000_000))


def test_what_was_put_away_does_not_come_back_by_the_same_list(firm):
    a_project(firm, title="超精密镜片研制", programme=P.VANGUARD, archived_at=clock.now())

    batch = previewed(f"1,{firm.name},超精密镜片研制,尖兵,,,,,,,,2025-03-01,,")

    assert "“超精密镜片研制”已归档，需要时请在项目页恢复" in told(batch)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1,{name},,尖兵,,,,,,,,2025-03-01,,", "请填写项目名称"),
        ("1,{name},某项目,月球计划,,,,,,,,2025-03-01,,", "请填写计划类别"),
        ("1,{name},某项目,尖兵,,,,,,,,,,", "请填写申报日期或立项日期"),
        ("1,{name},某项目,尖兵,,在研,,,,,2025-01-01,,,", "在“在研”的项目请填写立项日期"),
        ("1,{name},某项目,尖兵,,申报,,,,,2025-01-01,2025-03-01,,", "还在“申报”，没有立项，不能填立项日期"),
        ("1,{name},某项目,尖兵,,,,100,60,60,,2025-03-01,,", "补助和自筹之和超过总经费，请核对"),
        ("1,{name},某项目,尖兵,,,,一百,,,,2025-03-01,,", "应为数字"),
        ("1,{name},某项目,尖兵,,,,,,,,2027-03-01,,", "立项日期晚于今天，请核对"),
        ("1,{name},某项目,尖兵,,,,,,,2025-06-01,2025-03-01,,", "立项日期不能早于申报日期"),
        ("1,{name},某项目,尖兵,2025C09,,,,,,,2025-03-01,,", "编号与库中另一项目“别的项目”相同，请核对"),
        ("1,不在库的某某有限公司,某项目,尖兵,,,,,,,,2025-03-01,,", "企业库里没有这家企业"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(firm, row, sentence):
    a_project(firm, title="别的项目", number="2025C09")

    batch = previewed(row.format(name=firm.name))

    assert any(sentence in message for message in told(batch)), told(batch)
    assert outcomes(batch) == {"faulty": 1}
