"""Real files: the same ledger in every format is the same; numbers, names and phones come out byte for byte."""

import datetime as dt
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from pipelines.refusals import Refusal
from pipelines.sheets.reading import read_sheets
from pipelines.sheets.tables import Limits
from tests.pipelines.sheets.workbooks import (
    CODES,
    a_raw_workbook,
    a_text_file,
    a_workbook,
    cell,
    day_style,
    read,
    rows_of,
    shared_strings,
    two_rows,
)

FILES = Path(__file__).parent / "files"
HEAD = ["企业名称", "统一社会信用代码", "手机", "2025年营业收入(万元)"]
ROWS = [
    ["嘉善甲科技有限公司", CODES[0], "0573-84001234", "1234.56"],
    ["嘉善“乙”（浙江）𠮷野有限公司", CODES[1], "13800138000", "0"],
]


@pytest.mark.parametrize(
    ("encoding", "delimiter", "newline"),
    [
        ("utf-8", ",", "\r\n"),
        ("utf-8-sig", ",", "\n"),
        ("gb18030", ",", "\r\n"),
        ("utf-16", "\t", "\r\n"),
        ("utf-16", ",", "\r\n"),
        ("utf-8", ";", "\r\n"),
        ("gb18030", "\t", "\r\n"),
        ("utf-8", ",", "\r"),
    ],
)
def test_text_file_is_read_in_every_usual_encoding_and_delimiter(tmp_path, encoding, delimiter, newline):
    path = a_text_file(tmp_path / "a.csv", [HEAD, *ROWS], encoding, delimiter, newline)

    assert rows_of(read(path)) == ROWS


def test_workbook_is_read_as_the_text_file_is(tmp_path):
    assert rows_of(read(a_workbook(tmp_path / "a.xlsx", {"台账": [HEAD, *ROWS]}))) == ROWS


@pytest.mark.parametrize(
    "name", ["a.csv", "a.xls", "a.xlsx", "a", "a.XLSX", "../../a.exe", "a\r\nb.xlsx", "企业" * 100 + ".xlsx", "CON"]
)
def test_file_is_read_by_its_content_whatever_it_is_called(tmp_path, name):
    workbook = a_workbook(tmp_path / "workbook", {"台账": [HEAD, *ROWS]})
    text = a_text_file(tmp_path / "text", [HEAD, *ROWS])

    assert rows_of(read(workbook, name)) == rows_of(read(text, name)) == ROWS


def test_old_workbook_of_excel_97_is_read():
    reading = read(FILES / "ledger.xls")

    assert reading.tables[0].header_row == 2
    assert rows_of(reading) == [
        ["嘉善甲科技有限公司", CODES[0], "2015-03-15", 13800138000.0, 1234.56, "无"],
        ["嘉善乙科技有限公司", CODES[1], "2016.5.8", "0573-84001234", "", "x"],
    ]


def test_hidden_sheet_is_left_out_and_named(tmp_path):
    path = a_workbook(
        tmp_path / "a.xlsx", {"旧": [HEAD, ["旧企业", CODES[2], "", ""]], "新": [HEAD, *ROWS]}, hidden=["旧"]
    )

    reading = read(path)

    assert rows_of(reading) == ROWS
    assert reading.notes == ("隐藏的工作表没有读取：旧",)


def test_row_numbers_are_those_excel_shows(tmp_path):
    path = a_workbook(tmp_path / "a.xlsx", {"台账": [[], ["台账"], [], HEAD, ROWS[0], [], ROWS[1]]})

    assert [row.row for row in read(path).tables[0].rows] == [5, 7]


def test_days_numbers_and_answers_keep_their_kind(tmp_path):
    path = a_workbook(
        tmp_path / "a.xlsx",
        {
            "台账": [
                ["企业名称", "信用代码", "成立日期", "发证日期", "是否规上"],
                ["甲", CODES[0], dt.date(2015, 3, 15), dt.datetime.fromisoformat("2020-01-02 08:30"), True],
            ]
        },
    )

    assert rows_of(read(path)) == [["甲", CODES[0], "2015-03-15", "2020-01-02 08:30:00", True]]


def test_text_merged_over_rows_and_titles_reads_in_each_cell(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["企业名称", "信用代码", "镇街", "2025年", None, "2025年产值"])
    sheet.append([None, None, None, "营业收入(万元)", "研发费用(万元)", None])
    sheet.append(["甲", CODES[0], "大云镇", 1, 2, 100])
    sheet.append(["乙", CODES[1], None, 3, 4, None])
    for area in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "C3:C4", "F3:F4"):
        sheet.merge_cells(area)
    book.save(tmp_path / "a.xlsx")

    reading = read(tmp_path / "a.xlsx")

    assert rows_of(reading) == [["甲", CODES[0], "大云镇", 1.0, 2.0, 100.0], ["乙", CODES[1], "大云镇", 3.0, 4.0, ""]]
    assert [(bound.column.field, bound.year) for bound in reading.tables[0].bindings[3:]] == [
        ("operating_revenue", 2025),
        ("rd_spend", 2025),
    ]


def test_shared_and_rich_and_inline_text_is_text(tmp_path):
    rich = '<c r="C2" t="inlineStr"><is><r><t>大</t></r><r><t xml:space="preserve">云 镇</t></r></is></c>'
    path = a_raw_workbook(
        tmp_path / "a.xlsx",
        two_rows(rich + '<c r="D2" t="s"><v>0</v></c>', head=cell("C1", "镇街") + cell("D1", "备注")),
        **shared_strings("&lt;b&gt;备注&amp;"),
    )

    assert rows_of(read(path))[0][2:] == ["大云 镇", "<b>备注&"]


def test_errors_and_formulas_nobody_computed_are_seen_and_results_are_values(tmp_path):
    cells = (
        '<c r="C2" t="e"><v>#DIV/0!</v></c><c r="D2"><f>1+1</f></c><c r="E2"><f>1+1</f><v>2</v></c>'
        '<c r="F2" t="str"><f>A2</f><v>甲</v></c><c r="G2"><f>1+1</f><v></v></c>'
    )
    path = a_raw_workbook(tmp_path / "a.xlsx", two_rows(cells, head=cell("G1", "备注")))

    assert rows_of(read(path))[0][2:] == ["#DIV/0!", "#未计算", 2.0, "甲", "#未计算"]


def test_workbook_counting_from_1904_says_so(tmp_path):
    content = two_rows('<c r="C2" s="1"><v>43592</v></c><c r="D2"><v>43592</v></c>', head=cell("C1", "成立日期"))
    path = a_raw_workbook(tmp_path / "a.xlsx", content, settings='<workbookPr date1904="1"/>', **day_style())

    reading = read(path)

    assert reading.tables[0].starts_1904
    assert rows_of(reading)[0][2:] == ["2023-05-08", 43592.0]


def test_strict_workbook_of_another_namespace_is_read(tmp_path):
    path = a_workbook(tmp_path / "a.xlsx", {"台账": [HEAD, *ROWS]})
    strict = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    }
    _rewrite(path, strict)

    assert rows_of(read(path)) == ROWS


def test_cells_without_references_stand_side_by_side(tmp_path):
    plain = two_rows().replace(' r="A1"', "").replace(' r="B1"', "").replace(' r="A2"', "").replace(' r="B2"', "")

    assert rows_of(read(a_raw_workbook(tmp_path / "a.xlsx", plain)))[0] == ["嘉善甲科技有限公司", CODES[0]]


def test_dimension_that_lies_is_not_believed(tmp_path):
    path = a_raw_workbook(tmp_path / "a.xlsx", '<dimension ref="A1:XFD1048576"/>' + two_rows())

    assert len(rows_of(read(path))) == 1


def test_slip_of_the_hand_far_below_is_left_out_and_told(tmp_path):
    far = f'<row r="60000">{cell("A60000", ".")}</row></sheetData>'
    path = a_raw_workbook(tmp_path / "a.xlsx", two_rows().replace("</sheetData>", far))

    reading = read(path)

    assert len(rows_of(reading)) == 1
    assert reading.notes == ("工作表“台账”：第 60000 行附近还有零星内容，与表格隔着大片空行，未读取",)


def test_macros_and_pictures_beside_the_cells_do_no_harm(tmp_path):
    path = a_raw_workbook(
        tmp_path / "a.xlsm", parts={"xl/vbaProject.bin": b"\xd0\xcf macro", "xl/media/image1.png": b"\x89PNG"}
    )

    assert len(rows_of(read(path))) == 1


def test_csv_formula_trick_for_text_is_undone(tmp_path):
    path = a_text_file(tmp_path / "a.csv", [HEAD, ["甲", f'="{CODES[0]}"', '="057384001234"', ""]])

    assert rows_of(read(path)) == [["甲", CODES[0], "057384001234", ""]]


@pytest.mark.parametrize("text", ["甲;乙;丙;丁", "甲|乙|丙", '"甲";乙,丙'])
def test_delimiter_is_that_of_the_table_whatever_stands_in_a_cell(tmp_path, text):
    rows = [["企业名称", "信用代码"], ["甲公司", CODES[0]], [f"{text}公司", CODES[1]]]

    assert rows_of(read(a_text_file(tmp_path / "a.csv", rows))) == rows[1:]


def test_csv_may_name_its_delimiter_and_keep_line_breaks_in_cells(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f'sep=;\n企业名称;信用代码;备注\n甲;{CODES[0]};"两行\n备注"\n', encoding="utf-8")

    table = read(path).tables[0]

    assert rows_of(read(path)) == [["甲", CODES[0], "两行\n备注"]]
    assert (table.header_row, list(table.numbers)) == (2, [3])


def test_same_bytes_have_the_same_digest(tmp_path):
    one, other = (a_text_file(tmp_path / name, [HEAD, *ROWS]) for name in ("a.csv", "b.csv"))

    assert read(one).sha256 == read(other).sha256


def _rewrite(path: Path, changes: dict[bytes, bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            for old, new in changes.items():
                part = part.replace(old, new)
            archive.writestr(name, part)


def test_file_that_was_read_before_is_not_opened_again(tmp_path, monkeypatch):
    path = a_workbook(tmp_path / "a.xlsx", {"台账": [HEAD, *ROWS]})
    kept = tmp_path / "kept"
    kept.mkdir()
    first = read_sheets(path, "a.xlsx", Limits(), kept)

    with monkeypatch.context() as without_child:
        without_child.delattr(subprocess, "Popen")
        again = read_sheets(path, "b.xlsx", Limits(), kept)

    assert again.tables == first.tables
    assert again.file_name == "b.xlsx"


def test_file_is_opened_again_for_other_limits_and_when_it_holds_something_else(tmp_path):
    path = a_workbook(tmp_path / "a.xlsx", {"台账": [HEAD, *ROWS]})
    kept = tmp_path / "kept"
    kept.mkdir()
    read_sheets(path, "a.xlsx", Limits(), kept)

    with pytest.raises(Refusal, match="最多 3 列"):
        read_sheets(path, "a.xlsx", Limits(columns=3), kept)
    a_workbook(path, {"台账": [HEAD, ROWS[0]]})

    assert rows_of(read_sheets(path, "a.xlsx", Limits(), kept)) == ROWS[:1]


def test_nothing_is_kept_of_a_file_that_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")

    for _ in range(2):
        with pytest.raises(Refusal, match="已损坏"):
            read_sheets(path, "a.xlsx", Limits(), tmp_path)

    assert list(tmp_path.iterdir()) == [path]
