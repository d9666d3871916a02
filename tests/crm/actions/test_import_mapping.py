"""Columns mapped by hand once and remembered for that shape of file; sheets chosen; sources that are better stay."""

from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa
import xlsxwriter

from crm.actions.events import COMMAND, Author
from crm.actions.import_mapping import forget_mapping, wish_import
from crm.actions.import_plans import plan_of, raw_reading_of
from crm.actions.import_undoing import undo_import
from crm.actions.imports import answer_rows, apply_import, preview_import
from crm.extensions import db
from crm.models import AnnualFigures, ColumnMapping, Event, Firm, ImportBatch, Visit
from pipelines.refusals import Refusal
from pipelines.sheets.mapping import Wishes, fingerprint
from pipelines.vocabulary import EventKind, FiguresSource, ImportKind, RowOutcome
from tests.builders import WAN, a_firm, some_figures

BY = Author("王科员", "form")
UNKNOWN = "企业名称,统一社会信用代码,镇办,2025年产出(元)"


@pytest.fixture
def firm(app) -> Firm:
    return a_firm("嘉善对应科技有限公司")


def a_csv(*lines: str) -> BytesIO:
    return BytesIO("\n".join(lines).encode())


def previewed(*lines: str, name: str = "台账.csv") -> ImportBatch:
    db.session.commit()
    return preview_import(a_csv(*lines), name, BY)


def shape_of(batch: ImportBatch) -> str:
    return fingerprint(raw_reading_of(batch).tables[0])


def mapped(batch: ImportBatch, columns: dict[str, str], years: dict[str, int] | None = None) -> ImportBatch:
    shape = shape_of(batch)
    return wish_import(batch.id, Wishes((), {shape: columns}, {shape: years or {}}), None, BY)


def changes(batch: ImportBatch) -> list[tuple]:
    return [(each.field, each.year, each.new) for row in plan_of(batch).rows for each in row.differences]


def test_a_column_nobody_knows_is_read_as_it_was_said_with_its_own_year_and_unit(firm):
    batch = previewed(UNKNOWN, f"{firm.name},{firm.uscc},一区,4000000")
    assert set(plan_of(batch).unknown_titles) == {"镇办", "2025年产出(元)"}

    mapped(batch, {"○年产出(元)": "figures.sales_revenue", "镇办": "firm.park"})

    assert changes(batch) == [("park", None, "一区"), ("sales_revenue", 2025, Decimal(400 * WAN) / 1)]
    plan = plan_of(batch)
    assert plan.unknown_titles == ()
    assert any("“2025年产出(元)”读作“2025年销售收入(万元)”" in note for note in plan.notes)
    assert not any("没有认出" in note for note in plan.notes)
    event = db.session.scalars(sa.select(Event).where(Event.kind == EventKind.IMPORT_MAPPED)).one()
    assert event.particulars["columns"] == {
        shape_of(batch): {"○年产出(元)": "figures.sales_revenue", "镇办": "firm.park"}
    }


def test_the_next_file_of_that_shape_is_read_alike_though_its_year_is_another(firm):
    mapped(previewed(UNKNOWN, f"{firm.name},{firm.uscc},,4000000"), {"○年产出(元)": "figures.sales_revenue"})

    next_year = previewed(UNKNOWN.replace("2025", "2026"), f"{firm.name},{firm.uscc},,5000000")

    assert changes(next_year) == [("sales_revenue", 2026, Decimal(500 * WAN))]
    assert next_year.kind is ImportKind.FIGURES
    assert db.session.scalars(sa.select(ColumnMapping)).one().used_at is not None


def test_a_shape_that_was_forgotten_is_asked_again_and_what_was_imported_stays(firm):
    batch = mapped(previewed(UNKNOWN, f"{firm.name},{firm.uscc},,4000000"), {"○年产出(元)": "figures.sales_revenue"})
    apply_import(batch.id, BY)
    forget_mapping(db.session.scalars(sa.select(ColumnMapping.id)).one(), BY)
    forget_mapping(99, BY)

    again = previewed(UNKNOWN, f"{firm.name},{firm.uscc},,4100000")

    assert set(plan_of(again).unknown_titles) == {"镇办", "2025年产出(元)"}
    assert db.session.scalars(sa.select(AnnualFigures.sales_revenue)).one() == Decimal(400 * WAN)
    assert EventKind.MAPPING_FORGOTTEN in db.session.scalars(sa.select(Event.kind))


def test_a_figure_without_a_year_needs_one_and_the_year_is_not_remembered(firm):
    titles, line = "企业名称,统一社会信用代码,全年产出", f"{firm.name},{firm.uscc},400"
    batch = previewed(titles, line)
    with pytest.raises(Refusal, match="“全年产出”是年度数据，请填写年度"):
        mapped(batch, {"全年产出": "figures.sales_revenue"})
    db.session.rollback()

    mapped(batch, {"全年产出": "figures.sales_revenue"}, {"全年产出": 2024})
    later = previewed(titles, line)

    assert changes(batch) == [("sales_revenue", 2024, Decimal(400 * WAN))]
    assert changes(later) == []
    assert plan_of(later).unknown_titles == ("全年产出",)


def test_two_columns_cannot_mean_one_thing(firm):
    batch = previewed("企业名称,统一社会信用代码,园区,平台", f"{firm.name},{firm.uscc},甲园,乙园")

    with pytest.raises(Refusal, match="“平台”不能再对应到“园区”：已有一列对应到那里"):
        mapped(batch, {"平台": "firm.park"})
    db.session.rollback()

    assert db.session.get(ImportBatch, batch.id).wishes == {}


def test_a_column_of_a_list_is_mapped_to_the_columns_of_that_list(firm):
    batch = previewed("企业名称,走访日期,走访人,讲了啥", f"{firm.name},2026-03-05,老周,准备申报高企")
    mapped(batch, {"讲了啥": "item.found"})
    apply_import(batch.id, BY)

    assert db.session.scalars(sa.select(Visit.found)).all() == ["准备申报高企"]


def two_sheets(firm: Firm) -> BytesIO:
    content = BytesIO()
    book = xlsxwriter.Workbook(content)
    ledger, people = book.add_worksheet("企业情况"), book.add_worksheet("通讯录")
    for sheet, lines in (
        (ledger, [("统一社会信用代码", "企业名称", "园区"), (firm.uscc, firm.name, "甲园")]),
        (people, [("企业名称", "姓名", "角色", "手机"), (firm.name, "张三", "财务", "13800000001")]),
    ):
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    book.close()
    content.seek(0)
    return content


def test_several_sheets_each_of_its_kind_come_at_once_and_one_may_be_left_out(firm):
    db.session.commit()
    batch = preview_import(two_sheets(firm), "两张表.xlsx", BY)
    assert (batch.kind, batch.counts["create"], batch.counts["update"]) == (ImportKind.SEVERAL, 1, 1)

    wish_import(batch.id, Wishes(("企业情况",)), None, BY)

    assert (batch.kind, batch.counts["create"], batch.counts["update"]) == (ImportKind.CONTACT, 1, 0)
    with pytest.raises(Refusal, match="请至少选一张"):
        wish_import(batch.id, Wishes(("企业情况", "通讯录")), None, BY)


def figures_of(firm: Firm) -> AnnualFigures:
    db.session.rollback()
    return db.session.scalars(sa.select(AnnualFigures).where(AnnualFigures.firm_id == firm.id)).one()


FIGURES = "企业名称,统一社会信用代码,2025年销售收入(万元),2025年研发费用(万元)"


@pytest.fixture
def taxed(firm) -> Firm:
    """A firm whose sales are known from its tax return; its research spending from the firm itself."""
    some_figures(firm, 2025, sales_revenue=None, rd_spend=Decimal(20 * WAN), sources={"rd_spend": "form"})
    line = f"{firm.name},{firm.uscc},500,"
    batch = previewed(FIGURES, line, name="2025年汇算清缴.csv")
    assert batch.source is FiguresSource.TAX_RETURN
    apply_import(batch.id, BY)
    return firm


def survey(firm: Firm, sales: int = 400) -> ImportBatch:
    return previewed(FIGURES, f"{firm.name},{firm.uscc},{sales},30", name="填报表.csv")


def test_a_figure_from_a_better_source_stays_and_the_conflict_is_shown(taxed):
    batch = survey(taxed)

    (row,) = plan_of(batch).rows
    (conflict,) = row.conflicts
    assert (conflict.difference.field, conflict.difference.new, conflict.is_taken) == (
        "sales_revenue", Decimal(400 * WAN), False
    )  # fmt: skip
    assert conflict.better == "汇算清缴，导入 #1"
    assert changes(batch) == [("rd_spend", 2025, Decimal(30 * WAN))]
    apply_import(batch.id, BY)
    figures = figures_of(taxed)
    assert (figures.sales_revenue, figures.rd_spend) == (Decimal(500 * WAN), Decimal(30 * WAN))
    assert figures.sources["sales_revenue"] == "import:1"


@pytest.mark.parametrize("key", ["conflict:*", "conflict:!2"])
def test_the_officer_may_take_the_file_for_one_row_or_for_all(taxed, key):
    batch = survey(taxed)
    seen = batch.plan_digest
    answer_rows(batch.id, {key: "take"}, BY)
    assert batch.plan_digest != seen
    apply_import(batch.id, BY)

    assert figures_of(taxed).sales_revenue == Decimal(400 * WAN)
    undo_import(batch.id, (), BY)
    figures = figures_of(taxed)
    assert (figures.sales_revenue, figures.sources["sales_revenue"]) == (Decimal(500 * WAN), "import:1")


def test_one_row_may_keep_what_all_others_give_up(taxed):
    batch = survey(taxed)

    answer_rows(batch.id, {"conflict:*": "take", "conflict:!2": "keep"}, BY)

    assert [field for field, _, _ in changes(batch)] == ["rd_spend"]


def test_a_row_that_only_contradicts_a_better_source_changes_nothing(taxed):
    batch = previewed("企业名称,统一社会信用代码,2025年销售收入(万元)", f"{taxed.name},{taxed.uscc},400")

    (row,) = plan_of(batch).rows
    assert (row.outcome, len(row.conflicts)) == (RowOutcome.UNCHANGED, 1)


def test_an_equal_or_better_source_and_an_empty_field_are_no_conflict(taxed):
    again = previewed(FIGURES, f"{taxed.name},{taxed.uscc},510,40", name="汇算清缴更正.csv")

    assert plan_of(again).rows[0].conflicts == ()
    assert len(changes(again)) == 2


def test_an_estimate_does_not_replace_what_was_typed_in_by_hand(firm):
    some_figures(firm, 2025, sales_revenue=Decimal(500 * WAN), rd_spend=None, sources={"*": "form"})
    batch = previewed(FIGURES, f"{firm.name},{firm.uscc},400,", name="摸底表.csv")

    assert [conflict.better for row in plan_of(batch).rows for conflict in row.conflicts] == ["手工"]
    wish_import(batch.id, Wishes(), FiguresSource.STATISTICS, BY)  # it was no estimate after all
    assert [row.conflicts for row in plan_of(batch).rows] == [()]


def test_an_import_by_command_recalls_what_was_mapped_on_the_page(firm):
    mapped(previewed(UNKNOWN, f"{firm.name},{firm.uscc},,4000000"), {"○年产出(元)": "figures.sales_revenue"})

    batch = preview_import(a_csv(UNKNOWN, f"{firm.name},{firm.uscc},,4200000"), "台账.csv", COMMAND)

    assert changes(batch) == [("sales_revenue", 2025, Decimal(420 * WAN))]


def test_what_is_over_can_no_longer_be_mapped(firm):
    batch = previewed(UNKNOWN, f"{firm.name},{firm.uscc},一区,4000000")
    apply_import(batch.id, BY)

    with pytest.raises(Refusal, match="已经完成，不能再改"):
        mapped(batch, {"镇办": "firm.park"})
