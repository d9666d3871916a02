from datetime import date

import openpyxl
import pytest
from stdnum.cn import uscc

from seeds.messy_workbook import CREATED, UNCHANGED, UPDATED, write_messy_workbook
from tests.seeds.counties import TODAY, a_county

FIRST = 6
ROWS = UNCHANGED + UPDATED + CREATED


@pytest.fixture(scope="module")
def messy(tmp_path_factory):
    return write_messy_workbook(tmp_path_factory.mktemp("desk") / "摸底表.xlsx", TODAY)


@pytest.fixture(scope="module")
def sheet(messy):
    return openpyxl.load_workbook(messy.path)["研发投入情况"]


def column(sheet, letter):
    return [sheet[f"{letter}{row}"].value for row in range(FIRST, FIRST + ROWS)]


def test_heads_stand_below_title_and_unit_with_years_over_several_columns(sheet):
    merged = {str(cells) for cells in sheet.merged_cells.ranges}

    assert "模拟" in sheet["A1"].value
    assert "单位：万元" in sheet["A3"].value
    assert sheet["B4"].value == "企业名称"
    assert (sheet["I4"].value, sheet["M4"].value) == ("2024年", "2025年")
    assert merged >= {"I4:L4", "M4:P4", "B4:B5"}


def test_total_and_note_stand_below_the_rows(sheet):
    assert sheet[f"B{FIRST + ROWS}"].value == "合计"
    assert sheet[f"M{FIRST + ROWS}"].value == f"=SUM(M{FIRST}:M{FIRST + ROWS - 1})"
    assert sheet[f"A{FIRST + ROWS + 2}"].value.startswith("注：")


def test_workbook_has_a_sheet_of_words_and_a_hidden_one(messy):
    sheets = openpyxl.load_workbook(messy.path).worksheets

    assert [(sheet.title, sheet.sheet_state) for sheet in sheets] == [
        ("研发投入情况", "visible"), ("填表说明", "visible"), ("旧表", "hidden"),
    ]  # fmt: skip


def test_rows_are_partly_known_to_the_county_and_partly_new(sheet):
    known = {firm["uscc"] for firm in a_county(200).firms}
    codes = [code.strip(" '").upper() for code in column(sheet, "C")]

    assert sum(code in known for code in codes) == UNCHANGED + UPDATED
    assert len(set(codes)) == ROWS


def test_first_rows_say_what_the_county_knows(sheet):
    figures = {
        (firm["uscc"], row["year"]): row["rd_spend"]
        for firm in a_county(200).firms
        for row in a_county(200).annual_figures
        if row["firm_id"] == firm["id"]
    }
    told = [(sheet[f"C{row}"].value.strip().upper(), sheet[f"N{row}"].value) for row in range(FIRST, FIRST + UNCHANGED)]

    assert [round(rd * 10_000) for _, rd in told] == [figures[code, 2025] for code, _ in told]


def test_two_cells_are_faulty_and_their_correction_is_told(messy, sheet):
    code, figure = messy.faulty

    assert sheet[f"{code.column}{code.row}"].value == code.wrong
    assert not uscc.is_valid(code.wrong)
    assert uscc.is_valid(code.right)
    assert sheet[f"{figure.column}{figure.row}"].value == figure.wrong == "见附表"
    assert figure.right > 0
    invalid = [code for code in column(sheet, "C") if not uscc.is_valid(code.strip(" '"))]
    assert invalid == [code.wrong]


def test_days_codes_figures_and_phones_come_in_many_spellings(sheet):
    assert len({type(day).__name__ for day in column(sheet, "E")}) > 1
    assert {"约1200", "暂无", "—"} <= {*column(sheet, "I"), *column(sheet, "J")}
    assert any(isinstance(phone, int | float) for phone in column(sheet, "H"))
    assert any("，" in str(sales) for sales in column(sheet, "M"))


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2027, 6, 30), date(2028, 2, 29)], ids=str)
def test_workbook_is_whole_on_any_day(tmp_path, day):
    messy = write_messy_workbook(tmp_path / "a.xlsx", day)

    assert messy.created + messy.updated + messy.unchanged + len(messy.faulty) == ROWS
    assert messy.years == (day.year - 2, day.year - 1)


def test_workbook_is_the_same_bytes_again(tmp_path, messy):
    again = write_messy_workbook(tmp_path / "b.xlsx", TODAY)

    assert again.path.read_bytes() == messy.path.read_bytes()
