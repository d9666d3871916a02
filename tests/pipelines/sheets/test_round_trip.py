"""What we export can be imported again and changes nothing."""

from datetime import date
from decimal import Decimal

from pipelines.sheets.columns import CONTACT_COLUMNS, FIGURE_COLUMNS, FIRM_COLUMNS, RECOGNITION_COLUMNS
from pipelines.sheets.known import KnownContact, KnownRecognition
from pipelines.sheets.plan import plan_import
from pipelines.sheets.writing import write_table
from pipelines.vocabulary import FirmStatus, LevyMode, RowOutcome, Title
from tests.pipelines.sheets.workbooks import PLACES, a_known_firm, knowing, read

VALUES = {
    "status": FirmStatus.MOVED_AWAY,
    "township_id": 1,
    "park": "=1+1 归谷",
    "address": "嘉善县魏塘街道 1 号",
    "founded_on": date(1988, 5, 1),
    "registered_capital": Decimal("123456789.01"),
    "legal_representative": "张三",
    "industry_code": "C391",
    "tech_field_code": "1.1",
    "levy_mode": LevyMode.AUDITED,
    "above_scale": False,
    "main_products": "<r>产品</r>",
    "owner_id": 7,
    "liaison": "李四",
    "remark": "+86 备注",
}
NAMES = {"township_id": "魏塘街道", "industry_code": "计算机制造", "tech_field_code": "软件", "owner_id": "李科员"}
FIGURES = {
    2024: {each.field: Decimal("0.01") if each.cell != "count" else 0 for each in FIGURE_COLUMNS},
    2025: {each.field: Decimal("120.25") if each.cell != "count" else 3 for each in FIGURE_COLUMNS},
}
CONTACT = KnownContact(1, "王五", "经理", "0573-84001234", "a@example.com")
RECOGNITIONS = [
    KnownRecognition(number, title, date(2020 + number % 5, 12, 8), date(2023 + number % 5, 12, 8), f"NO{number}")
    for number, title in enumerate(Title)
]


def test_export_of_everything_a_firm_has_is_unchanged_when_it_comes_back(tmp_path):
    firm = a_known_firm(
        values=VALUES,
        figures=FIGURES,
        contacts=[CONTACT],
        recognitions=RECOGNITIONS,
        former_names=["嘉善老厂", "嘉善旧厂（普通合伙）"],
    )
    titles = [each for each in RECOGNITION_COLUMNS if each.cell != "term"]
    held = {each.title: each for each in RECOGNITIONS}
    cells = [
        *((each, None, _own(firm, each.field)) for each in FIRM_COLUMNS),
        *((each, None, getattr(CONTACT, each.field)) for each in CONTACT_COLUMNS),
        *((each, None, getattr(held[each.word], each.attribute)) for each in titles),
        *((each, year, FIGURES[year][each.field]) for year in FIGURES for each in FIGURE_COLUMNS),
    ]

    write_table(
        tmp_path / "a.xlsx",
        [(column, year) for column, year, _ in cells],
        [[value for _, _, value in cells]],
        sheet_name="企业",
        unit_row="单位：万元、人　导出人：李科员　2026-03-02 08:30",
        footer_lines=lambda count: [f"共 {count} 家企业", "导出人：李科员，仅限内部使用"],
    )
    reading = read(tmp_path / "a.xlsx")
    plan = plan_import(reading, knowing(firm), {}, PLACES)

    assert reading.tables[0].unknown_titles == ()
    assert [(row.outcome, row.differences, row.doubts) for row in plan.rows] == [(RowOutcome.UNCHANGED, (), ())]


def _own(firm, field):
    if field in ("name", "uscc", "former_names"):
        return getattr(firm, field)
    return NAMES.get(field, VALUES[field])
