"""Official lists of titles: told by their columns or the heading above them; results move the candidacies in hand."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine

from crm.actions.events import COMMAND
from crm.actions.import_plans import plan_of
from crm.actions.imports import apply_import, preview_import
from crm.extensions import db
from crm.models import Campaign, Candidacy, Event, Firm, ImportBatch, Recognition, StageMove
from crm.queries.campaigns import left_behind
from pipelines.vocabulary import EventKind, RecognitionEnd, Stage, Title
from tests.builders import a_candidacy, a_firm, a_recognition

HEADING = "浙江省认定机构2026年认定的第一批高新技术企业名单"
TITLES = "序号,企业名称,证书编号,发证日期"


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel("2026-12-20 10:00+08:00", tick=False):
        yield


def previewed(*rows: str, titles: str = TITLES, heading: str = HEADING) -> ImportBatch:
    db.session.commit()
    return preview_import(BytesIO("\n".join([heading, titles, *rows]).encode()), "名单.csv", COMMAND)


def imported(*rows: str, **written: str) -> list[Recognition]:
    apply_import(previewed(*rows, **written).id, COMMAND)
    return list(db.session.scalars(sa.select(Recognition).order_by(Recognition.recognized_on, Recognition.id)))


def told(batch: ImportBatch) -> list[str]:
    return [each.message for row in plan_of(batch).rows for each in (*row.errors, *row.doubts)]


@pytest.fixture
def firm(app) -> Firm:
    return a_firm("嘉善名单科技有限公司")


def test_the_heading_says_which_title_every_row_is_about(firm):
    (given,) = imported(f"1,{firm.name},GR202633000001,2026-12-08")

    assert (given.title, given.recognized_on, given.valid_until) == (
        Title.HIGH_TECH, date(2026, 12, 8), date(2029, 12, 8),
    )  # fmt: skip
    assert (given.certificate_no, given.is_renewal) == ("GR202633000001", False)


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("2026年度浙江省科技型中小企业名单", Title.TECH_SME),
        ("关于公布第八批专精特新“小巨人”企业的通知", Title.SRDI_LITTLE_GIANT),
        ("浙江省专精特新中小企业名单公示", Title.SRDI),
        ("2026年浙江省科技小巨人企业名单", Title.LITTLE_GIANT),
        ("入库国家科技型中小企业名单（第三批）", Title.NATIONAL_TECH_SME),
    ],
)
def test_the_longest_name_in_the_heading_counts(firm, heading, title):
    (given,) = imported(f"1,{firm.name},,2026-11-01", heading=heading)

    assert given.title is title


def test_a_column_says_it_row_by_row_with_batch_kind_and_end(firm):
    titles = "企业名称,资质,证书编号,认定日期,有效期至,批次,认定类型,终止日期,终止原因"
    first, second = imported(
        f"{firm.name},省科小,2020330421,2020-05-01,,2020年第一批,新认定,2023-05-01,取消资格",
        f"{firm.name},高新技术企业,GR202533000009,2025-12-06,2028-12-06,2025年第二批,重新认定,,",
        titles=titles,
        heading="",
    )

    assert (first.title, first.ended_on, first.end_reason) == (
        Title.TECH_SME, date(2023, 5, 1), RecognitionEnd.CANCELLED,
    )  # fmt: skip
    assert (second.batch, second.is_renewal, second.valid_until) == ("2025年第二批", True, date(2028, 12, 6))


def test_a_second_certificate_is_a_renewal_and_told(firm):
    a_recognition(firm, Title.HIGH_TECH, date(2023, 12, 8), valid_until=date(2026, 12, 8))
    batch = previewed(f"1,{firm.name},GR202633000001,2026-12-08")

    assert "以前有过同一资质，按重新认定登记" in told(batch)
    apply_import(batch.id, COMMAND)
    assert db.session.scalars(sa.select(Recognition).order_by(Recognition.id.desc())).first().is_renewal


def test_the_same_list_again_changes_nothing_and_leaves_one_event_a_firm(firm):
    row = f"1,{firm.name},GR202633000001,2026-12-08"
    imported(row)
    again = previewed(row)

    assert {name: number for name, number in again.counts.items() if number} == {"unchanged": 1}
    assert db.session.scalar(sa.select(sa.func.count(Event.id)).filter_by(kind=EventKind.RECOGNITION_SAVED)) == 1


@pytest.mark.parametrize(
    ("row", "titles", "sentence"),
    [
        ("1,{name},GR1,2026-12-08,2026-01-01", TITLES + ",有效期至", "有效期至早于认定日期，请核对"),
        ("1,{name},GR1,2026-12-08,2026-12-09", TITLES + ",取消日期", "请填写终止原因：到期未续、取消资格、迁出、注销"),
        ("1,不在库的某某有限公司,GR1,2026-12-08", TITLES, "企业库里没有这家企业：请先新增企业或导入台账，再导入清单"),
        ("1,{name},GR1,", TITLES, "请填写认定日期"),
    ],
)
def test_what_cannot_be_is_faulty_with_a_sentence(firm, row, titles, sentence):
    batch = previewed(row.format(name=firm.name), titles=titles)

    assert sentence in told(batch)
    assert batch.counts["faulty"] == 1


def test_a_bare_year_beside_a_known_day_of_that_year_is_asked(firm):
    a_recognition(firm, Title.HIGH_TECH, date(2026, 12, 8))

    assert any("请写明日期" in sentence for sentence in told(previewed(f"1,{firm.name},,2026")))


def test_a_roster_with_figures_or_contacts_stays_a_ledger(firm):
    batch = previewed(
        f"{firm.name},{firm.uscc},2026-12-08,1200", titles="企业名称,信用代码,发证日期,2025年销售收入(万元)"
    )

    assert {row.item for row in plan_of(batch).rows} == {None}


@pytest.fixture
def campaign(app) -> Campaign:
    campaign = Campaign(programme=Title.HIGH_TECH, year=2026, round="第一批")
    db.session.add(campaign)
    db.session.flush()
    return campaign


def in_hand(firm: Firm, campaign: Campaign, stage: Stage) -> Candidacy:
    return a_candidacy(firm, campaign=campaign, stage=stage, since=date(2026, 6, 1))


def test_a_certificate_ends_the_candidacy_wherever_in_the_review_it_stood(firm, campaign):
    candidacy = in_hand(firm, campaign, Stage.PROVINCE_REVIEW)
    imported(f"1,{firm.name},GR202633000001,2026-12-08")

    db.session.refresh(candidacy)
    assert (candidacy.stage, candidacy.closed_on) == (Stage.RECOGNIZED, date(2026, 12, 8))
    move = db.session.scalars(sa.select(StageMove).order_by(StageMove.id.desc())).first()
    assert (move.from_stage, move.to_stage, move.reason) == (
        Stage.PROVINCE_REVIEW, Stage.RECOGNIZED, "按导入的官方名单",
    )  # fmt: skip


RESULTS = "企业名称,申报年度,认定结果,申报日期,认定日期,未通过原因"


def test_a_failure_ends_it_with_the_reason_of_the_list(firm, campaign):
    candidacy = in_hand(firm, campaign, Stage.PROVINCE_REVIEW)
    imported(f"{firm.name},2026,未通过,2026-07-01,2026-12-08,创新能力评价未超过70分", titles=RESULTS, heading="")

    db.session.refresh(candidacy)
    assert (candidacy.stage, candidacy.reason) == (Stage.REJECTED, "创新能力评价未超过70分")


def test_a_pass_without_a_certificate_waits_for_it(firm, campaign):
    candidacy = in_hand(firm, campaign, Stage.COUNTY_REVIEW)
    imported(f"{firm.name},2026,通过,2026-07-01,2026-12-08,", titles=RESULTS, heading="")

    db.session.refresh(candidacy)
    assert (candidacy.stage, candidacy.closed_on) == (Stage.PUBLICIZED, None)


def test_a_result_of_a_firm_that_never_submitted_moves_nothing_and_is_listed(firm, campaign):
    candidacy = in_hand(firm, campaign, Stage.COACHING)
    imported(f"1,{firm.name},GR202633000001,2026-12-08")

    db.session.refresh(candidacy)
    assert candidacy.stage is Stage.COACHING
    assert [row.name for row in left_behind(campaign)] == [firm.name]


@pytest.mark.parametrize("decided", ["2024-12-08", ""])
def test_history_of_years_before_the_candidacy_moves_nothing(firm, campaign, decided):
    candidacy = in_hand(firm, campaign, Stage.COUNTY_REVIEW)
    imported(f"{firm.name},2024,未通过,2024-07-01,{decided},", titles=RESULTS, heading="")

    db.session.refresh(candidacy)
    assert candidacy.stage is Stage.COUNTY_REVIEW
    assert left_behind(campaign) == []
