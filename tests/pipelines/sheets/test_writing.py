import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from pipelines.sheets.columns import CONTACT_COLUMNS, FIGURE_COLUMNS, FIRM_COLUMNS, column
from pipelines.sheets.writing import write_table
from pipelines.vocabulary import FirmStatus

USCC = (column("uscc"), None)
NAME = (column("name"), None)


def written(tmp_path: Path, columns, rows) -> Path:
    path = tmp_path / "out.xlsx"
    footer = lambda count: [f"共 {count} 家", "制表：张三"]  # noqa: E731 - as short as what it stands for
    write_table(path, columns, rows, sheet_name="企业台账", unit_row="单位：万元", footer_lines=footer)
    return path


def sheet_of(path: Path):
    return openpyxl.load_workbook(path).active


def test_code_and_phone_are_text_cells_that_stay_text_when_edited(tmp_path):
    phone = (column("phone", "contact"), None)

    sheet = sheet_of(written(tmp_path, [USCC, phone], [["913304210000000019", "057300000001"]]))

    assert [(cell.value, cell.data_type, cell.number_format) for cell in sheet[3]] == [
        ("913304210000000019", "s", "@"),
        ("057300000001", "s", "@"),
    ]


def test_money_shares_people_and_dates_are_numbers_and_dates(tmp_path):
    columns = [
        (column("sales_revenue", "figures"), 2025),
        (column("staff", "figures"), 2025),
        (column("rd_ratio", "derived"), None),
        (column("founded_on"), None),
    ]

    sheet = sheet_of(written(tmp_path, columns, [[Decimal("1234567.89"), Decimal("120.25"), 0.052, date(2016, 3, 15)]]))

    assert [cell.value for cell in sheet[2]] == [
        "2025年销售收入(万元)", "2025年职工总数(年平均)", "研发费用占比(%)", "成立日期",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[3]][:3] == [123.456789, 120.25, 5.2]
    assert sheet["D3"].value.date() == date(2016, 3, 15)
    assert sheet["D3"].number_format == "yyyy-mm-dd"


def test_unknown_is_an_empty_cell_and_zero_is_zero(tmp_path):
    columns = [NAME, (column("sales_revenue", "figures"), 2025), (column("rd_spend", "figures"), 2025)]

    sheet = sheet_of(written(tmp_path, columns, [["某企业", None, Decimal(0)]]))

    assert [cell.value for cell in sheet[3]] == ["某企业", None, 0]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "\t=1", "http://example.cn", "<r><t>x</t></r>",
        "_x0041_", "</t></is>", "a\nb", " x ", "0001", "1e5", "𠮷野家", "\u202egnp.exe",
    ],
)  # fmt: skip
def test_text_comes_back_as_it_was_and_never_as_a_formula(tmp_path, text):
    path = written(tmp_path, [NAME], [[text]])

    cell = sheet_of(path)["A3"]
    read = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[2][0]

    assert cell.data_type == "s"
    assert read.strip() == text.strip()
    assert b"<f>" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")


def test_words_and_lists_read_as_people_write_them(tmp_path):
    columns = [(column("above_scale"), None), (column("status"), None), (column("former_names"), None)]
    sheet = sheet_of(written(tmp_path, columns, [[True, FirmStatus.ACTIVE, ["甲公司", "乙公司"]]]))

    assert [cell.value for cell in sheet[3]] == ["是", "在营", "甲公司、乙公司"]


def test_sheet_has_unit_head_filter_and_a_footer_that_counts(tmp_path):
    sheet = sheet_of(written(tmp_path, [USCC, NAME], [["A" * 18, "甲"], ["B" * 18, "乙"]]))

    assert sheet["A1"].value == "单位：万元"
    assert [cell.value for cell in sheet[2]] == ["统一社会信用代码", "企业名称"]
    assert [sheet["A6"].value, sheet["A7"].value] == ["共 2 家", "制表：张三"]
    assert sheet.freeze_panes == "C3"
    assert sheet.auto_filter.ref == "A2:B4"
    assert sheet.column_dimensions["B"].width > 30


def test_day_before_excel_counts_days_is_written_in_words(tmp_path):
    sheet = sheet_of(written(tmp_path, [(column("founded_on"), None)], [[date(1898, 5, 1)]]))

    assert sheet["A3"].value == "1898-05-01"


def test_every_kind_of_cell_can_be_written(tmp_path):
    columns = [(each, None) for each in (*FIRM_COLUMNS, *CONTACT_COLUMNS, *FIGURE_COLUMNS)]

    path = written(tmp_path, columns, [[None] * len(columns)])

    assert sheet_of(path).max_column == len(columns)
