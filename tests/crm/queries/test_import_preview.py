from datetime import date
from decimal import Decimal

import pytest

from crm.models import ImportBatch
from crm.queries.import_preview import Summary, preview_page
from pipelines.sheets.plan import Difference, ImportPlan, PlannedContact, PlannedRow
from pipelines.vocabulary import RowOutcome
from tests.builders import a_township


def a_row(number: int, outcome: RowOutcome, **values) -> PlannedRow:
    return PlannedRow(f"台账!{number}", "台账", number, outcome, None, f"企业{number}", "", **values)


def a_plan(*rows: PlannedRow) -> ImportPlan:
    counts = {outcome: sum(row.outcome is outcome for row in rows) for outcome in RowOutcome}
    return ImportPlan(rows, (), (), counts, "")


def page_of(plan: ImportPlan, **args: str):
    return preview_page(plan, ImportBatch(answers={}), args)


def test_page_opens_on_what_needs_a_person(app):
    plan = a_plan(a_row(2, RowOutcome.CREATE), a_row(3, RowOutcome.FAULTY), a_row(4, RowOutcome.UNCHANGED))

    page = page_of(plan)

    assert (page.outcome, [row.name for row in page.rows]) == (RowOutcome.FAULTY, ["企业3"])


@pytest.mark.parametrize(("asked", "shown"), [("1", 1), ("3", 3), ("99", 3), ("-1", 1), ("x", 1), ("0", 1)])
def test_page_beyond_the_last_is_the_last(app, asked, shown):
    plan = a_plan(*(a_row(number, RowOutcome.CREATE) for number in range(2, 44)))

    page = page_of(plan, page=asked, size="20")

    assert (page.number, page.pages, page.total) == (shown, 3, 42)


def test_differences_are_told_in_words_and_units(app):
    changes = (
        Difference("sales_revenue", 2025, Decimal("1000000"), Decimal("1234567.89")),
        Difference("staff", 2025, None, Decimal("120.00")),
        Difference("founded_on", None, date(2015, 3, 1), date(2016, 3, 15)),
        Difference("contact.phone", None, "13800000001", "13800000002"),
        Difference("high_tech.valid_until", None, None, date(2026, 12, 8)),
        Difference("former_names", None, (), ("甲公司", "乙公司")),
    )

    (row,) = page_of(a_plan(a_row(2, RowOutcome.UPDATE, differences=changes))).rows

    assert [(each.label, each.old, each.new) for each in row.differences] == [
        ("2025年销售收入", "100 万元", "123.456789 万元"),
        ("2025年职工总数(年平均)", "—", "120"),
        ("成立日期", "2015-03-01", "2016-03-15"),
        ("电话", "138****0001", "138****0002"),
        ("高企有效期至", "—", "2026-12-08"),
        ("曾用名", "—", "甲公司、乙公司"),
    ]


def test_new_firm_tells_what_it_brings_with_places_by_name(app):
    township = a_township("西塘镇")
    new = a_row(
        2,
        RowOutcome.CREATE,
        firm={"township_id": township.id},
        figures={2025: {"rd_spend": Decimal(0)}},
        contact=PlannedContact(None, {"name": "李四"}),
    )

    (row,) = page_of(a_plan(new)).rows

    assert [(each.label, each.new) for each in row.differences] == [
        ("镇街", "西塘镇"),
        ("2025年研发费用", "0 万元"),
        ("姓名", "李四"),
    ]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({RowOutcome.CREATE: 12, RowOutcome.UPDATE: 174}, "确认导入 186 条（新增 12，更新 174）"),
        ({RowOutcome.UPDATE: 1200}, "确认导入 1,200 条（更新 1,200）"),
    ],
)
def test_button_repeats_the_counts(counts, words):
    assert Summary(counts).confirmation == words
