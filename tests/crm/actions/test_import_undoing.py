"""The undo of an import: what it entered goes, what it changed is as it was, what was edited since is left and told."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine

from crm import clock
from crm.actions.attachments import Given, attach
from crm.actions.candidacies import move_stage
from crm.actions.changes import Opened
from crm.actions.contacts import add_contact
from crm.actions.events import Author
from crm.actions.figures import Cell, update_figures
from crm.actions.firms import create_firm, update_firm
from crm.actions.housekeeping import purge_expired
from crm.actions.import_undoing import undo_import, undoing_of
from crm.actions.imports import answer_rows, apply_import, preview_import
from crm.actions.merges import compared, merge_firms
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import (
    AnnualFigures,
    Candidacy,
    Contact,
    Event,
    Firm,
    ImportBatch,
    IpRight,
    RowImages,
    StageMove,
    Standing,
    Visit,
)
from crm.queries.belongings import DERIVED, LABELS, tables_of_firms
from pipelines.refusals import Refusal
from pipelines.vocabulary import AttachedTo, ContactRole, EventKind, ImportKind, ImportStatus, Role, Stage
from tests.builders import (
    WAN,
    a_candidacy,
    a_contact,
    a_firm,
    a_township,
    a_uscc,
    a_user,
    an_ip_right,
    some_figures,
)
from tests.whole_county import whole_county

LEDGER = "统一社会信用代码,企业名称,镇街,成立日期,2025年销售收入(万元),2024年研发费用(万元),联系人,手机"


@pytest.fixture
def officer(app) -> Author:
    a_township("西塘镇")
    user = a_user(name="王科员")
    db.session.commit()
    return Author.of(user)


@pytest.fixture
def firm(officer) -> Firm:
    firm = a_firm("嘉善旧识科技有限公司", address="旧址", township_id=None)
    some_figures(firm, 2025, sales_revenue=Decimal(100 * WAN), rd_spend=None, sources={"sales_revenue": "form"})
    a_contact(firm, name="张三", phone="13800000001")
    refresh_standings([firm.id], clock.today())
    db.session.commit()
    return firm


def imported(by: Author, *rows: str, titles: str = LEDGER) -> ImportBatch:
    batch = preview_import(BytesIO("\n".join([titles, *rows]).encode()), "台账.csv", by)
    return apply_import(batch.id, by)


def left(batch: ImportBatch) -> list[tuple[str, str]]:
    return [(name, why) for _, name, why in batch.undone["left"]]


KINDS: dict[ImportKind, tuple[str, Callable[[Firm], list[str]]]] = {
    ImportKind.LEDGER: (
        LEDGER,
        lambda firm: [
            f"{firm.uscc},嘉善改名科技有限公司,西塘镇,2016-03-15,120,33,张三,13800000002",
            f"{a_uscc()},嘉善新来科技有限公司,西塘镇,2018-01-01,88,9,李四,13800000003",
        ],
    ),
    ImportKind.FIGURES: (
        "统一社会信用代码,企业名称,2025年销售收入(万元),2023年销售收入(万元),2025年职工总数",
        lambda firm: [f"{firm.uscc},{firm.name},120,90,12"],
    ),
    ImportKind.DEDUCTION: (
        "统一社会信用代码,企业名称,所属年度,是否享受,研发费用合计(元),允许扣除额(元)",
        lambda firm: [f"{firm.uscc},{firm.name},2025,是,2310000,2300000"],
    ),
    ImportKind.IP_RIGHT: (
        "专利权人,统一社会信用代码,专利名称,专利类型,专利号,授权公告日",
        lambda firm: [
            f"{firm.name},{firm.uscc},一种新的装置,发明专利,ZL202010000001.X,2023-05-01",
            f"{firm.name},{firm.uscc},一种旧的装置,实用新型,{_known_right(firm)},2021-06-01",
        ],
    ),
    ImportKind.APPLICATION: (
        "企业名称,统一社会信用代码,申报年度,申报类型,认定结果,未通过原因",
        lambda firm: [f"{firm.name},{firm.uscc},{_applying(firm)},首次认定,未通过,研发费用占比不足"],
    ),
    ImportKind.RECOGNITION: (
        "企业名称,资质,证书编号,认定日期",
        lambda firm: [f"{firm.name},高新技术企业,GR20{_applying(firm) - 2000}33000001,{clock.today()}"],
    ),
    ImportKind.VISIT: (
        "企业名称,走访日期,走访人,走访方式,走访对象,走访情况",
        lambda firm: [f"{firm.name},2026-03-05,王科员,实地走访,李总,情况良好"],
    ),
    ImportKind.INSTITUTION: (
        "企业名称,研发机构名称,级别,类型,认定时间",
        lambda firm: [f"{firm.name},旧识研发中心,市,研究开发中心,2024-06-01"],
    ),
    ImportKind.PROJECT: (
        "企业名称,项目名称,计划类别,阶段,合作单位,总经费(万元),申报日期,立项日期",
        lambda firm: [f"{firm.name},新工艺研究,尖兵,,{_partner()},120,2025-01-10,2025-03-01"],
    ),
    ImportKind.CONTACT: (
        "企业名称,姓名,角色,职务,手机,邮箱",
        lambda firm: [
            f"{firm.name},{_known_person(firm)},财务,总监,13900000001,zs@example.com",
            f"{firm.name},李四,研发负责人,部长,13900000002,",
        ],
    ),
}


def _known_person(firm: Firm) -> str:
    a_contact(firm, name="王五", phone="13800000009")
    refresh_standings([firm.id], clock.today())
    db.session.commit()
    return "王五"


def _partner() -> str:
    partner = a_firm()
    refresh_standings([partner.id], clock.today())
    db.session.commit()
    return partner.name


def _known_right(firm: Firm) -> str:
    an_ip_right(firm, number="ZL202020000002.1", granted_on=None)
    refresh_standings([firm.id], clock.today())
    db.session.commit()
    return "ZL202020000002.1"


def _applying(firm: Firm) -> int:
    """A candidacy in hand that the result will end; the year of the application."""
    a_candidacy(firm, Stage.PROVINCE_REVIEW, clock.today())
    refresh_standings([firm.id], clock.today())
    db.session.commit()
    return clock.today().year


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_county_is_as_it_was_before_an_import_of_any_kind(officer, firm, kind):
    titles, rows_for = KINDS[kind]
    rows = rows_for(firm)
    before = whole_county()
    batch = imported(officer, *rows, titles=titles)
    after = whole_county()

    undo_import(batch.id, (), officer)

    assert batch.kind is kind
    assert after != before
    assert left(batch) == []
    assert whole_county() == before


def test_derived_rows_after_the_undo_are_what_would_be_computed(officer, firm):
    batch = imported(officer, *KINDS[ImportKind.LEDGER][1](firm))
    undo_import(batch.id, (), officer)

    assert refresh_standings(None, clock.today()) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Standing)) == 1


def test_every_firm_tells_what_went_back_and_the_new_one_that_it_went(officer, firm):
    code = a_uscc()
    batch = imported(
        officer, f"{firm.uscc},{firm.name},西塘镇,,120,,,", f"{code},嘉善新来科技有限公司,西塘镇,,88,,李四,13800000003"
    )
    new_id = db.session.scalars(sa.select(Firm.id).where(Firm.uscc == code)).one()

    undo_import(batch.id, (), officer)

    told = {
        event.firm_id: (event.by_name, event.through, event.particulars["changes"])
        for event in db.session.scalars(
            sa.select(Event).where(Event.kind == EventKind.IMPORT_UNDONE, Event.firm_id > 0)
        )
    }
    assert told == {
        firm.id: (
            "王科员",
            f"import:{batch.id}",
            [
                {"field": "township", "old": "西塘镇", "new": None},
                {"field": "sales_revenue", "old": "1200000", "new": "1000000", "year": 2025},
            ],
        ),
        new_id: (
            "王科员",
            f"import:{batch.id}",
            [
                {"field": "name", "old": "嘉善新来科技有限公司", "new": None},
                {"field": "uscc", "old": code, "new": None},
            ],
        ),
    }
    assert (batch.status, batch.undone_by, batch.undone) == (
        ImportStatus.UNDONE,
        "王科员",
        {"removed": 1, "restored": 1, "left": []},
    )


def test_row_that_was_edited_since_is_left_with_its_reason_and_the_rest_goes_back(officer, firm):
    batch = imported(officer, f"{firm.uscc},{firm.name},西塘镇,,120,33,,")
    colleague = Author("李科员", "form")
    update_figures(
        firm.id, {Cell("sales_revenue", 2025): Decimal(130 * WAN)}, Opened({"sales_revenue-2025": "1200000"}), colleague
    )

    undo_import(batch.id, (), officer)

    figures = {each.year: each.sales_revenue for each in db.session.scalars(sa.select(AnnualFigures))}
    ((name, why),) = left(batch)
    assert figures == {2025: Decimal(130 * WAN)}
    assert db.session.get_one(Firm, firm.id).township_id is None
    assert name == firm.name
    assert why.startswith("导入后2025年销售收入已另改（李科员 ")


def test_edit_of_something_else_keeps_its_value_and_source(officer, firm):
    batch = imported(officer, f"{firm.uscc},{firm.name},,,120,,,")
    update_firm(firm.id, {"address": "新址"}, Opened({"address": "旧址"}), officer)
    update_figures(firm.id, {Cell("staff", 2025): Decimal(12)}, Opened({"staff-2025": None}), officer)

    undo_import(batch.id, (), officer)

    figures = db.session.scalars(sa.select(AnnualFigures)).one()
    assert left(batch) == []
    assert db.session.get_one(Firm, firm.id).address == "新址"
    assert (figures.sales_revenue, figures.staff) == (Decimal(100 * WAN), Decimal(12))
    assert figures.sources == {"sales_revenue": "form", "staff": "form"}


def test_officer_may_decide_to_take_the_later_edit_back_too(officer, firm):
    before = whole_county()
    batch = imported(officer, f"{firm.uscc},嘉善改名科技有限公司,,,120,33,,")
    update_firm(firm.id, {"name": "嘉善又改科技有限公司"}, Opened({"name": "嘉善改名科技有限公司"}), officer)
    (edited,) = undoing_of(batch, None).left

    undo_import(batch.id, {edited.firm_id}, officer)

    county = whole_county()
    assert edited.can_be_forced
    assert db.session.get_one(Firm, firm.id).name == "嘉善旧识科技有限公司"
    assert [row for row in county["former_names"] if "改名" in str(row)] != []  # it was called so, by the later edit
    assert county["annual_figures"] == before["annual_figures"]


def test_new_firm_that_was_worked_on_stays_whole(officer):
    batch = imported(officer, f"{a_uscc()},嘉善新来科技有限公司,西塘镇,,88,,李四,13800000003")
    new = db.session.scalars(sa.select(Firm)).one()
    add_contact(new.id, {"name": "王五", "role": ContactRole.OTHER, "phone": "13800000005"}, officer)
    county = whole_county()
    (told,) = undoing_of(batch, None).left

    undo_import(batch.id, {new.id}, officer)

    assert whole_county() == county
    assert not told.can_be_forced
    assert "又有了联系人 1 条（王科员 " in told.why
    assert told.why.endswith("本次新增的这家企业保留")


@pytest.mark.parametrize("is_taken_back", [False, True])
def test_new_firm_whose_values_were_changed_since_stays_unless_that_was_taken_back(officer, is_taken_back):
    code = a_uscc()
    batch = imported(officer, f"{code},嘉善新来科技有限公司,西塘镇,,88,,李四,13800000003")
    later = imported(officer, f"{code},嘉善新来科技有限公司,,,99,,,")
    if is_taken_back:
        undo_import(later.id, (), officer)

    undo_import(batch.id, (), officer)

    told = [why for _, why in left(batch)]
    assert (db.session.scalars(sa.select(Firm)).all() == []) is is_taken_back
    assert bool(told) is not is_taken_back
    assert all(why.startswith("导入后又修改年度数据（王科员 ") for why in told)


def test_new_right_that_an_application_was_built_on_stays(officer, firm):
    from crm.models.application_part import PART_RIGHTS, ApplicationPart
    from pipelines.vocabulary import PartKind

    titles, rows_for = KINDS[ImportKind.IP_RIGHT]
    batch = imported(officer, *rows_for(firm), titles=titles)
    candidacy = a_candidacy(firm)
    part = ApplicationPart(candidacy_id=candidacy.id, kind=PartKind.PROJECT, number=1, name="项目")
    db.session.add(part)
    db.session.flush()
    right = db.session.scalars(sa.select(IpRight).where(IpRight.name == "一种新的装置")).one()
    db.session.execute(sa.insert(PART_RIGHTS).values(part_id=part.id, ip_right_id=right.id))
    db.session.commit()

    undo_import(batch.id, {firm.id}, officer)

    assert db.session.get(IpRight, right.id) is not None
    assert "知识产权已被别处用到" in left(batch)[0][1]


def test_later_move_of_a_candidacy_stands(officer, firm):
    titles, rows_for = KINDS[ImportKind.APPLICATION]
    passed = [row.replace("未通过,研发费用占比不足", "通过,") for row in rows_for(firm)]
    batch = imported(officer, *passed, titles=titles)
    candidacy = db.session.scalars(sa.select(Candidacy)).one()
    move_stage(candidacy.id, Stage.REJECTED, clock.today(), "公示有异议", officer)

    undo_import(batch.id, (), officer)

    db.session.expire_all()
    assert candidacy.stage is Stage.REJECTED
    assert db.session.scalar(sa.select(sa.func.count()).where(StageMove.undone_at.is_not(None))) == 0
    assert "培育对象" in left(batch)[0][1] or "阶段" in left(batch)[0][1]


def test_second_undo_is_refused_with_who_and_when(officer, firm):
    batch = imported(officer, f"{firm.uscc},{firm.name},西塘镇,,120,33,,")
    undo_import(batch.id, (), officer)

    with pytest.raises(Refusal, match="已由王科员于 .* 撤销，不必再撤销一次"):
        undo_import(batch.id, (), officer)


def test_what_was_never_written_cannot_be_undone(officer, firm):
    batch = preview_import(BytesIO(f"{LEDGER}\n{firm.uscc},{firm.name},西塘镇,,,,,".encode()), "台账.csv", officer)

    with pytest.raises(Refusal, match="没有写入过数据"):
        undo_import(batch.id, (), officer)


def test_same_file_can_be_imported_again_after_the_undo(officer, firm):
    row = f"{a_uscc()},嘉善新来科技有限公司,西塘镇,,88,,李四,13800000003"
    first = imported(officer, row)
    first_id = db.session.scalars(sa.select(Firm.id).where(Firm.name.contains("新来"))).one()
    undo_import(first.id, (), officer)

    second = imported(officer, row)

    new_id = db.session.scalars(sa.select(Firm.id).where(Firm.name.contains("新来"))).one()
    assert (second.counts["create"], new_id > first_id) == (1, True)  # the old number belongs to the old events


def test_firm_entered_by_hand_after_an_undo_gets_a_number_of_its_own(officer):
    batch = imported(officer, f"{a_uscc()},嘉善新来科技有限公司,西塘镇,,88,,,")
    gone = db.session.scalars(sa.select(Firm.id)).one()
    undo_import(batch.id, (), officer)

    firm = create_firm({"uscc": a_uscc(), "name": "嘉善手录科技有限公司"}, officer)

    assert firm.id > gone


def test_two_imports_undone_last_first_leave_the_county_as_it_began(officer, firm):
    before = whole_county()
    first = imported(officer, f"{firm.uscc},{firm.name},西塘镇,,120,33,,")
    second = imported(officer, f"{firm.uscc},{firm.name},,,125,34,,", f"{a_uscc()},嘉善新来科技有限公司,,,1,,,")

    for batch in (second, first):
        undo_import(batch.id, (), officer)

    assert whole_county() == before


def test_first_of_two_imports_cannot_go_from_under_the_second(officer, firm):
    first = imported(officer, f"{firm.uscc},{firm.name},,,120,,,")
    imported(officer, f"{firm.uscc},{firm.name},,,125,,,")

    undo_import(first.id, (), officer)

    assert db.session.scalars(sa.select(AnnualFigures.sales_revenue)).one() == Decimal(125 * WAN)
    assert "2025年销售收入已另改" in left(first)[0][1]


def test_firm_that_has_moved_out_of_the_township_is_left_and_not_named(app):
    own, other = a_township("西塘镇"), a_township("姚庄镇")
    user = a_user(Role.TOWNSHIP_OFFICER, township=own)
    db.session.commit()
    by = Author.of(user)
    batch = imported(by, f"{a_uscc()},嘉善新来科技有限公司,西塘镇,,88,,,")
    firm = db.session.scalars(sa.select(Firm)).one()
    firm.township_id = other.id
    db.session.commit()

    undo_import(batch.id, (), by)

    assert db.session.get(Firm, firm.id) is not None
    assert left(batch) == [("一家企业", "已不在您的辖区")]


def test_undo_takes_as_many_statements_for_thirty_firms_as_for_three(officer, queries):
    def undone(number: int) -> int:
        known = [a_firm() for _ in range(number)]
        rows = [f"{each.uscc},{each.name},西塘镇,,120,33,赵六,13800000006" for each in known]
        rows += [f"{a_uscc()},嘉善新来{each}科技有限公司,西塘镇,,88,9,李四,13800000003" for each in range(number)]
        batch = imported(officer, *rows)
        with queries() as statements:
            undo_import(batch.id, (), officer)
        return len(statements)

    assert undone(3) == undone(30)


def test_every_table_of_firms_is_named_or_derived():
    known = set(tables_of_firms())

    assert known == set(LABELS) | DERIVED
    assert LABELS.keys() & DERIVED == set()


def test_import_from_before_images_were_kept_is_refused_in_a_sentence(officer, firm):
    batch = imported(officer, f"{firm.uscc},{firm.name},西塘镇,,120,33,,")
    db.session.execute(sa.delete(RowImages))
    db.session.commit()

    with pytest.raises(Refusal, match="没有留下这次导入的原值"):
        undo_import(batch.id, (), officer)


def test_contact_removed_since_needs_no_removing(officer, firm):
    from crm.actions.contacts import remove_contact

    batch = imported(officer, f"{firm.uscc},{firm.name},西塘镇,,,,赵六,13800000006")
    new = db.session.scalars(sa.select(Contact).where(Contact.name == "赵六")).one()
    remove_contact(firm.id, new.id, officer)

    undo_import(batch.id, (), officer)

    assert left(batch) == []
    assert db.session.get_one(Firm, firm.id).township_id is None


def test_contact_that_a_merge_has_moved_goes_back_where_it_is_and_the_firm_there_is_found_by_it(officer, firm):
    batch = imported(officer, f"{firm.name},张三,财务,13900000001", titles="企业名称,姓名,角色,手机")
    kept = a_firm()
    refresh_standings([kept.id], clock.today())
    db.session.commit()
    merge_firms(kept.id, firm.id, {}, compared(kept.id, firm.id).seen, officer)

    undo_import(batch.id, (), officer)

    assert [(contact.name, contact.phone) for contact in kept.contacts] == [("张三", "13800000001")]
    assert refresh_standings(None, clock.today()) == 0


def test_visit_with_a_photo_stays(officer, firm):
    titles, rows_for = KINDS[ImportKind.VISIT]
    batch = imported(officer, *rows_for(firm), titles=titles)
    visit = db.session.scalars(sa.select(Visit)).one()
    photo = Given(BytesIO(b"%PDF-1.4"), "照片.pdf")
    attach(firm.id, AttachedTo.VISIT, str(visit.id), [photo], officer)
    db.session.commit()

    undo_import(batch.id, (), officer)

    assert db.session.get(Visit, visit.id) is not None
    assert left(batch)[0][1].startswith("导入后走访已被别处用到")


def test_images_go_with_the_undo_and_after_half_a_year(officer, firm):
    first = imported(officer, f"{firm.uscc},{firm.name},西塘镇,,120,33,,")
    undo_import(first.id, (), officer)
    after_undo = db.session.scalar(sa.select(sa.func.count()).select_from(RowImages))
    second = imported(officer, f"{firm.uscc},{firm.name},西塘镇,,120,33,,")

    with time_machine.travel(clock.now() + timedelta(days=181)):
        purge_expired(clock.today())
        with pytest.raises(Refusal, match="原值保留 180 天"):
            undoing_of(second, None)

    assert after_undo == 0


def test_code_that_another_firm_was_entered_under_since_is_left(officer, firm):
    old, row = firm.uscc, f"{a_uscc()},{firm.name},西塘镇,,,,,"
    batch = preview_import(BytesIO(f"{LEDGER}\n{row}".encode()), "台账.csv", officer)
    answer_rows(batch.id, {"!2": str(firm.id)}, officer)
    apply_import(batch.id, officer)
    create_firm({"uscc": old, "name": "平湖另一家印染厂"}, officer)

    undo_import(batch.id, (), officer)

    assert f"原统一社会信用代码 {old} 已属于另一家企业" in left(batch)[0][1]
