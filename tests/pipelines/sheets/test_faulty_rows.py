from pathlib import Path

import openpyxl

from pipelines.sheets.columns import column
from pipelines.sheets.faulty_rows import write_faulty
from pipelines.sheets.plan import PlannedRow, RowError
from pipelines.sheets.tables import Binding, SheetReading, Table
from pipelines.vocabulary import RowOutcome

AMBER = "FFFFE699"


def a_reading(rows: dict[int, list], sheet: str = "台账") -> SheetReading:
    """rows: Excel's row number → four cells."""
    table = Table(
        sheet=sheet,
        header_row=3,
        titles=("信用代码", "成立日期", "老板属相", "销售收入"),
        bindings=(
            Binding(0, column("uscc"), None, None, False, "信用代码"),
            Binding(1, column("founded_on"), None, None, False, "成立日期"),
            Binding(3, column("sales_revenue", "figures"), 2025, "万元", False, "销售收入"),
        ),
        unknown_titles=("老板属相",),
        numbers=list(rows),
        columns=list(zip(*rows.values(), strict=True)),
    )
    return SheetReading("台账.xlsx", "0" * 64, (table,), ())


def a_row(number: int, outcome: RowOutcome, *errors: RowError, sheet: str = "台账") -> PlannedRow:
    return PlannedRow(f"{sheet}!{number}", sheet, number, outcome, None, "甲", "A" * 18, errors=errors)


def test_faulty_row_comes_back_as_it_was_with_reason_and_coloured_cell(tmp_path: Path):
    reading = a_reading({4: ["=1+1", "2020.13", "虎", 12.5], 5: ["B", "2020", "", ""]})
    fault = RowError(4, "成立日期", "2020.13", "不是日期")

    count = write_faulty(
        str(tmp_path / "f.xlsx"), reading, [a_row(4, RowOutcome.FAULTY, fault), a_row(5, RowOutcome.UPDATE)]
    )

    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx").active
    assert count == 1
    assert [cell.value for cell in sheet[1]] == [
        "未导入原因",
        "信用代码",
        "成立日期",
        "老板属相",
        "2025年销售收入(万元)",
    ]
    assert [cell.value for cell in sheet[2]] == ["成立日期：不是日期", "=1+1", "2020.13", "虎", 12.5]
    assert sheet["B2"].data_type == "s"
    assert sheet["C2"].fill.start_color.rgb == AMBER
    assert sheet["D2"].fill.start_color.rgb != AMBER
    assert sheet.max_row == 2


def test_rows_with_a_question_and_duplicates_come_back_too(tmp_path: Path):
    reading = a_reading({4: ["A", "", "", ""], 5: ["A", "", "", ""]})

    count = write_faulty(
        str(tmp_path / "f.xlsx"), reading, [a_row(4, RowOutcome.QUESTION), a_row(5, RowOutcome.DUPLICATE)]
    )

    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx").active
    assert count == 2
    assert "拿不准是哪家企业" in sheet["A2"].value
    assert "不止一次" in sheet["A3"].value


def test_value_that_is_no_number_for_excel_comes_back_as_text(tmp_path: Path):
    reading = a_reading({4: ["A", float("inf"), True, float("nan")]})

    write_faulty(str(tmp_path / "f.xlsx"), reading, [a_row(4, RowOutcome.FAULTY)])

    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx").active
    assert [cell.value for cell in sheet[2]][1:] == ["A", "inf", True, "nan"]


def test_sheet_name_that_excel_forbids_is_made_fit(tmp_path: Path):
    reading = a_reading({4: ["A", "", "", ""]}, sheet="a/b:c*" + "长" * 40)
    row = a_row(4, RowOutcome.FAULTY, sheet="a/b:c*" + "长" * 40)

    write_faulty(str(tmp_path / "f.xlsx"), reading, [row])

    assert openpyxl.load_workbook(tmp_path / "f.xlsx").sheetnames == ["a_b_c_" + "长" * 23 + " 1"]
