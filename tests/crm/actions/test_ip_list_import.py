"""A list of intellectual property: told by its columns, a right a row, kept beside the firm it names."""

from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa

from crm.actions.events import COMMAND
from crm.actions.import_plans import plan_of
from crm.actions.imports import apply_import, preview_import
from crm.extensions import db
from crm.models import Event, Firm, ImportBatch, IpRight
from pipelines.vocabulary import EventKind, IpAcquisition, IpKind, IpStatus
from tests.builders import a_firm, a_uscc

TITLES = "序号,专利权人,统一社会信用代码,专利名称,专利类型,专利号,申请日,授权公告日,法律状态,取得方式,使用情况"


def previewed(*rows: str, titles: str = TITLES) -> ImportBatch:
    db.session.commit()
    return preview_import(BytesIO("\n".join([titles, *rows]).encode()), "专利清单.csv", COMMAND)


def imported(*rows: str, titles: str = TITLES) -> list[IpRight]:
    apply_import(previewed(*rows, titles=titles).id, COMMAND)
    return list(db.session.scalars(sa.select(IpRight).order_by(IpRight.id)))


def told(batch: ImportBatch) -> list[str]:
    return [each.message for row in plan_of(batch).rows for each in (*row.errors, *row.doubts)]


def counted(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in batch.counts.items() if number}


@pytest.fixture
def firm(app) -> Firm:
    return a_firm("嘉善清单科技有限公司")


def a_row(firm: Firm, number: str = "ZL202110123456.7", **cells: str) -> str:
    usual = {"kind": "发明专利", "applied": "2021-01-30", "granted": "2022-12-06", "status": "专利权维持", "used": ""}
    said = usual | cells
    code = cells.get("code", firm.uscc)
    return (
        f"1,{firm.name},{code},一种装置,{said['kind']},{number},{said['applied']},{said['granted']},{said['status']},"
        f"自主研发,{said['used']}"
    )


def test_each_row_is_a_right_of_the_firm_it_names(firm):
    first, second = imported(
        a_row(firm, used="2023年高企"), a_row(firm, "2020SR0123456", kind="软著", granted="2020.3.5", applied="")
    )

    assert (first.kind, first.number, first.status) == (IpKind.INVENTION, "ZL202110123456.7", IpStatus.VALID)
    assert (first.applied_on, first.granted_on) == (date(2021, 1, 30), date(2022, 12, 6))
    assert (first.acquired, first.used_in_year, first.firm_id) == (IpAcquisition.SELF_DEVELOPED, 2023, firm.id)
    assert (second.kind, second.granted_on) == (IpKind.SOFTWARE, date(2020, 3, 5))


def test_the_import_leaves_one_event_a_firm_with_every_right_in_it(firm):
    imported(a_row(firm), a_row(firm, "ZL202220000001.1", kind="实用新型"))

    event = db.session.scalars(sa.select(Event).filter_by(firm_id=firm.id, kind=EventKind.IP_RIGHT_SAVED)).one()
    assert [each["new"] for each in event.particulars["changes"] if each["field"] == "ip_right.number"] == [
        "ZL202110123456.7", "ZL202220000001.1",
    ]  # fmt: skip


def test_the_same_list_again_changes_nothing_however_the_number_is_written(firm):
    imported(a_row(firm))

    batch = previewed(a_row(firm, "2021 1 0123456.7"))

    assert counted(batch) == {"unchanged": 1}


def test_what_a_later_list_says_otherwise_is_an_update_and_a_blank_erases_nothing(firm):
    imported(a_row(firm, used="2023"))
    batch = previewed(a_row(firm, status="终止", used="", applied=""))

    assert counted(batch) == {"update": 1}
    (right,) = imported(a_row(firm, status="终止", used="", applied=""))
    assert (right.status, right.used_in_year, right.applied_on) == (IpStatus.LAPSED, 2023, date(2021, 1, 30))


def test_without_a_code_the_only_firm_of_that_name_is_meant(firm):
    (right,) = imported(a_row(firm, code=""))

    assert right.firm_id == firm.id


def test_a_name_that_two_firms_bear_is_asked(firm):
    a_firm(firm.name, uscc=a_uscc(77))

    assert counted(previewed(a_row(firm, "ZL2", code=""))) == {"question": 1}


def test_a_firm_nobody_knows_is_told_and_not_made(firm):
    batch = previewed(f"1,嘉善无名有限公司,{a_uscc(88)},一种装置,发明专利,ZL1,,,,,")

    assert told(batch) == ["企业库里没有这家企业：请先新增企业或导入台账，再导入清单"]
    assert counted(batch) == {"faulty": 1}


def test_another_name_beside_a_known_code_is_told_and_renames_nobody(firm):
    batch = previewed(a_row(firm).replace(firm.name, "嘉善另名有限公司"))
    apply_import(batch.id, COMMAND)

    assert told(batch) == [f"与库中名称“{firm.name}”不同，按信用代码认定，名称没有改动"]
    assert db.session.get_one(Firm, firm.id).name == "嘉善清单科技有限公司"


def test_a_right_named_twice_in_one_file_counts_once_and_a_contradiction_is_told(firm):
    batch = previewed(a_row(firm), a_row(firm, status="终止"))

    assert counted(batch) == {"create": 1, "duplicate": 1}
    assert told(batch) == ["与第 2 行是同一件，法律状态不同，以前者为准"]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"granted": "2020-01-01"}, "授权日期早于申请日期，请核对"),
        ({"status": "实审"}, "写着申请中，却有授权日期，请核对"),
        ({"used": "2022和2023"}, "应为一个申报年度，如 2023"),
        ({"number": ""}, "请填写知识产权编号"),
        ({"kind": ""}, "请填写类型，如 发明专利、实用新型、软件著作权"),
        ({"granted": "2020.13"}, "没有这一天"),
    ],
)
def test_what_cannot_be_is_faulty_with_a_sentence(firm, cells, sentence):
    batch = previewed(a_row(firm, **cells))

    assert counted(batch) == {"faulty": 1}
    assert told(batch)[0] == sentence


def test_a_right_without_grant_and_status_is_taken_for_applied_for(firm):
    batch = previewed(a_row(firm, granted="", status=""))

    assert told(batch) == ["没有授权日期和状态，按申请中登记"]
    apply_import(batch.id, COMMAND)
    assert db.session.scalars(sa.select(IpRight)).one().status is IpStatus.PENDING


def test_a_class_that_the_kind_does_not_have_is_told_and_not_obeyed(firm):
    titles = "企业名称,专利号,类型,Ⅰ/Ⅱ类,授权日期"
    batch = previewed(f"{firm.name},ZL1,实用新型,Ⅰ类,2020-01-01", titles=titles)

    assert told(batch) == ["实用新型属Ⅱ类知识产权，按类型认定"]
    assert counted(batch) == {"create": 1}


def test_rights_may_belong_to_a_firm_that_another_sheet_of_the_file_brings(app, tmp_path):
    import openpyxl

    workbook, code = openpyxl.Workbook(), a_uscc(99)
    rights = workbook.active
    rights.title = "知识产权"
    for row in (
        ["企业名称", "统一社会信用代码", "专利号", "类型", "授权日期"],
        ["嘉善新来有限公司", code, "ZL9", "发明", "2024-01-01"],
    ):
        rights.append(row)
    ledger = workbook.create_sheet("台账")
    for row in (["企业名称", "统一社会信用代码"], ["嘉善新来有限公司", code]):
        ledger.append(row)
    workbook.save(tmp_path / "全.xlsx")
    db.session.commit()
    batch = preview_import(tmp_path / "全.xlsx", "全.xlsx", COMMAND)
    apply_import(batch.id, COMMAND)

    right = db.session.scalars(sa.select(IpRight)).one()
    assert db.session.get_one(Firm, right.firm_id).uscc == code


def test_a_ledger_that_counts_patents_stays_a_ledger(firm):
    titles = "企业名称,统一社会信用代码,发明专利,实用新型,类别"
    plan = plan_of(previewed(f"{firm.name},{firm.uscc},3,4,甲", titles=titles))

    assert [row.item for row in plan.rows] == [None]
    assert not any("清单读取" in note for note in plan.notes)
