"""What is not read, and the sentence that says why and what to do (TRUST §2.3)."""

import gzip
import io
import os
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.pipelines.sheets.workbooks import (
    CODES,
    HEAD,
    a_raw_workbook,
    a_text_file,
    a_workbook,
    cell,
    read,
    refusal,
    rows_of,
    shared_strings,
    two_rows,
)

SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传"
DAMAGED = f"文件已损坏或不完整，不能读取：{SAVE_AS}"
ONLY_SHEETS = "请上传 .xlsx、.xls 或 .csv 文件"
PAGE = f"这是网页（HTML/XML）文件，只是扩展名写成了表格：{SAVE_AS}"
ENCRYPTED = "文件已加密：请在 Excel 或 WPS 中打开，去掉打开密码后另存为 .xlsx 再上传"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
FIRM = ["嘉善甲科技有限公司", CODES[0], "大云镇"]


class Canary:
    """What a pickle could do to whoever loads it."""

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, ("/tmp/canary-of-the-sheets",))  # noqa: S108 - it must never come to be


def a_zip(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
    return data.getvalue()


def _no_sheet(thing: str) -> str:
    return f"这是{thing}，不是表格：{ONLY_SHEETS}"


OTHER_TYPES = {
    "nothing": (b"", "文件是空的（0 字节）：请确认保存后再上传"),
    "pdf": (b"%PDF-1.7 ...", _no_sheet("PDF 文件")),
    "png": (b"\x89PNG\r\n\x1a\n...", _no_sheet("图片")),
    "jpeg": (b"\xff\xd8\xff\xe0...", _no_sheet("图片")),
    "exe": (b"MZ\x90\0...", _no_sheet("Windows 程序")),
    "elf": (b"\x7fELF...", _no_sheet("程序")),
    "gzip": (gzip.compress(b"a,b"), _no_sheet("压缩包（gzip）")),
    "pickle": (pickle.dumps(Canary()), f"文件中有空字符（NUL），不是表格，或已损坏：{ONLY_SHEETS}"),
    "html": (b"<html><table><tr><td>x</td></tr></table></html>", PAGE),
    "xml": (b"\xef\xbb\xbf\n<?xml version='1.0'?><Workbook/>", PAGE),
    "encrypted": (OLE + "EncryptedPackage".encode("utf-16-le"), ENCRYPTED),
    "doc": (OLE + "WordDocument".encode("utf-16-le"), f"这是 Word 文档，不是表格：{SAVE_AS}"),
    "ole junk": (OLE + b"junk" * 100, f"这不是表格文件：{ONLY_SHEETS}"),
    "xls junk": (OLE + "Workbook".encode("utf-16-le") + bytes(range(256)) * 8, DAMAGED),
    "zip junk": (b"PK\x03\x04" + b"x" * 200, DAMAGED),
    "docx": (a_zip("word/document.xml"), "这是 Word 文档，不是表格：请把表格复制到 Excel 中，另存为 .xlsx 后再上传"),
    "ods": (a_zip("content.xml", "mimetype"), f"这是 OpenDocument 文件（.ods），不能读取：{SAVE_AS}"),
    "xlsb": (a_zip("xl/workbook.bin"), f"这是二进制工作簿（.xlsb），不能读取：{SAVE_AS}"),
    "zip": (a_zip("a.txt"), "这是压缩包，不是表格：请解压后上传里面的 .xlsx、.xls 或 .csv 文件"),
    "other office": (a_zip("[Content_Types].xml"), f"文件里没有工作簿，已损坏或不是表格：{SAVE_AS}"),
}


@pytest.mark.parametrize("kind", OTHER_TYPES)
@pytest.mark.parametrize("name", ["台账.xlsx", "台账.csv"])
def test_file_of_another_type_is_named_whatever_it_is_called(tmp_path, kind, name):
    content, sentence = OTHER_TYPES[kind]
    (tmp_path / name).write_bytes(content)

    assert refusal(tmp_path / name) == sentence
    assert not Path("/tmp/canary-of-the-sheets").exists()  # noqa: S108


def test_half_a_file_is_refused(tmp_path):
    path = a_workbook(tmp_path / "a.xlsx", {"台账": [HEAD, FIRM]})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    assert refusal(path) == DAMAGED


def test_byte_that_fell_over_is_noticed(tmp_path):
    path = a_raw_workbook(tmp_path / "a.xlsx")
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\x03\x04", data.find(b"sheet1.xml") - 80) + 60] ^= 0x40
    path.write_bytes(data)

    assert refusal(path) == DAMAGED


@pytest.mark.parametrize("part", ["xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"])
def test_workbook_without_a_part_is_refused(tmp_path, part):
    assert refusal(a_raw_workbook(tmp_path / "a.xlsx", without=[part])) == DAMAGED


BROKEN_SHEETS = {
    "cut": f'<sheetData><row r="1">{cell("A1", "企业名称")}',
    "text index": two_rows('<c r="C2" t="s"><v>999</v></c>'),
    "no reference": two_rows('<c r="0A"><v>1</v></c>'),
    "bad utf-8": b'<worksheet><sheetData><row r="1"><c r="B1" t="inlineStr"><is><t>\xff\xfe</t></is></c></row>',
    "utf-16": "<sheetData>".encode("utf-16"),
}


@pytest.mark.parametrize("fault", BROKEN_SHEETS)
def test_broken_sheet_is_refused_and_nothing_of_it_is_read(tmp_path, fault):
    assert refusal(a_raw_workbook(tmp_path / "a.xlsx", BROKEN_SHEETS[fault], **shared_strings("x"))) == DAMAGED


def test_workbook_whose_sheets_are_all_hidden_or_empty_says_so(tmp_path):
    path = a_raw_workbook(tmp_path / "a.xlsx", parts={"xl/workbook.xml": _hidden_book(tmp_path)})

    assert refusal(path) == "有内容的工作表都被隐藏了：请取消隐藏后再上传"
    assert refusal(a_workbook(tmp_path / "b.xlsx", {"空": []})) == "表格是空的：请确认保存后再上传"


def _hidden_book(folder: Path) -> bytes:
    with zipfile.ZipFile(a_raw_workbook(folder / "seen.xlsx")) as archive:
        return archive.read("xl/workbook.xml").replace(b'sheetId="1"', b'sheetId="1" state="hidden"')


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"bytes": 1024 * 1024}, "文件有 1.9 MB，最多 1 MB：请删去图片和多余的工作表，或拆成几个文件再上传"),
        ({"rows": 100}, "文件超过 100 行：请拆成几个文件再上传"),
        ({"columns": 2}, "第 1 行有 3 列，最多 2 列：请删去多余的列后再上传"),
    ],
)
def test_limits_are_named_in_the_message(tmp_path, limits, sentence):
    path = a_text_file(tmp_path / "a.csv", [HEAD, *[FIRM] * 34_000])
    path.write_bytes(path.read_bytes()[: 2 * 1024 * 1024 + 1].rpartition(b"\n")[0])

    assert refusal(path, **limits) == sentence


def test_limits_of_a_workbook_count_rows_of_data_and_filled_columns(tmp_path):
    rows = a_workbook(tmp_path / "rows.xlsx", {"台账": [["标题"], HEAD, *[FIRM] * 21]})
    columns = a_workbook(tmp_path / "columns.xlsx", {"台账": [[*HEAD, *map(str, range(30))], FIRM]})

    assert refusal(rows, rows=20) == "表格超过 20 行：请拆成几个文件再上传"
    assert len(rows_of(read(rows, rows=21))) == 21
    assert refusal(columns, columns=32) == (
        "工作表“台账”有 33 列，最多 32 列：请删去多余的列（包括右侧很远处误填的单元格）后再上传"
    )


def test_data_below_a_desert_of_blank_rows_is_not_quietly_lost(tmp_path):
    below = "".join(f'<row r="{row}">{cell(f"A{row}", "甲")}</row>' for row in range(4000, 4010))
    path = a_raw_workbook(tmp_path / "a.xlsx", two_rows().replace("</sheetData>", f"{below}</sheetData>"))

    assert refusal(path) == "工作表“台账”中间有 3000 多个空行，下面还有数据：请删去空行后再上传"


AS_TEXT = "请用 Excel 或 WPS 打开，另存为 .xlsx 或“CSV UTF-8”后再上传"
QUOTES = "第 2 行起的引号不成对：请用 Excel 或 WPS 打开检查，另存为 .xlsx 后再上传"
MALFORMED_TEXTS = {
    "nul": ("企业名称,代码\n甲\0,1".encode(), f"文件中有空字符（NUL），不是表格，或已损坏：{ONLY_SHEETS}"),
    "mixed": (
        "企业名称,代码\n甲公司,1\n".encode() + "乙公司,2".encode("gb18030"),
        f"文件中混用了 UTF-8 和 GBK 两种编码：{AS_TEXT}",
    ),
    "neither": (b"a,b\n\xff\xff\xff,1", f"文字编码不是 UTF-8、GBK（GB18030）或 UTF-16，不能读取：{AS_TEXT}"),
    "unclosed quote": ('企业名称,代码\n"甲,1\n乙,2'.encode(), QUOTES),
    "text after a quote": ('企业名称,代码\n"甲"乙,1'.encode(), QUOTES),
    "huge field": (
        b"\xef\xbb\xbfa,b\n" + b"x" * 5_000_000 + b",1",
        "第 2 行起有一个单元格超过 40000 字，多半是少了一个引号：请改正后再上传",
    ),
}


@pytest.mark.parametrize("fault", MALFORMED_TEXTS)
def test_text_file_that_is_not_well_formed_is_refused(tmp_path, fault):
    content, sentence = MALFORMED_TEXTS[fault]
    (tmp_path / "a.csv").write_bytes(content)

    assert refusal(tmp_path / "a.csv") == sentence


# Files that want to exhaust whoever opens them. No test measures the time: the limits of the child do.

TOO_LARGE = (
    "文件解压后过大（单个工作表超过 40 MB，或合计超过 60 MB）：请删去多余的工作表和空白格式，或把数据拆成几个文件再上传"
)
ODD = f"不像正常的表格：{SAVE_AS}"
TOO_MUCH_MEMORY = (
    "读取这个文件需要的内存超过 400 MB。常见原因是在很远的行或列误填了一个单元格："
    "请把数据区域复制到新的工作簿，或拆成几个文件再上传"
)


def test_zip_bomb_is_refused_by_what_it_declares(tmp_path):
    path = a_raw_workbook(tmp_path / "a.xlsx", parts={"xl/media/zeros.xml": b"\0" * (41 * 1024 * 1024)})

    assert refusal(path) == TOO_LARGE


def a_bomb_that_lies(path: Path) -> Path:
    """A workbook whose sheet declares 1,000 bytes and unpacks to 600 MB."""
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(bomb.compress(b" " * 1024 * 1024) for _ in range(600)) + bomb.flush()
    a_raw_workbook(path, without=["xl/worksheets/sheet1.xml"], parts={"xl/worksheets/sheet1.xm_": b" "})
    path.write_bytes(_with_lie(path.read_bytes(), packed))
    return path


def test_zip_bomb_that_lies_about_its_size_is_refused(tmp_path):
    assert refusal(a_bomb_that_lies(tmp_path / "a.xlsx")) == TOO_MUCH_MEMORY


def _with_lie(archive: bytes, packed: bytes) -> bytes:
    """Append a member that declares 1,000 bytes and unpacks to 600 MB."""
    name = b"xl/worksheets/sheet1.xml"
    end = archive.rfind(b"PK\x05\x06")
    count, size, start = struct.unpack("<HII", archive[end + 10 : end + 20])
    sums = struct.pack("<IIIHH", 0, len(packed), 1000, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sums + name + packed
    entry = (
        b"PK\x01\x02"
        + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33)
        + sums
        + struct.pack("<HHHII", 0, 0, 0, 0, start)
        + name
    )
    directory = archive[start : start + size] + entry
    tail = struct.pack("<HHHHIIH", 0, 0, count + 1, count + 1, len(directory), start + len(local), 0)
    return archive[:start] + local + directory + b"PK\x05\x06" + tail


def a_crowded_archive(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(60_000):
            archive.writestr(f"x{number}", b"")
    return path


def test_sixty_thousand_members_are_refused_unlisted(tmp_path):
    assert refusal(a_crowded_archive(tmp_path / "a.xlsx")) == f"文件里的部件超过 2000 个，{ODD}"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\a.xml", "c:/a.xml"])
def test_member_that_leads_out_of_the_file_is_refused(tmp_path, name):
    assert refusal(a_raw_workbook(tmp_path / "a.xlsx", parts={name: b"x"})) == f"文件的内部目录指向文件之外，{ODD}"


def test_member_that_is_there_twice_is_refused(tmp_path):
    path = a_raw_workbook(tmp_path / "a.xlsx")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")

    assert refusal(path) == f"文件的内部目录有重复或过多的部件，{ODD}"


ENTITIES = {
    "billion laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    "file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "net": '<!DOCTYPE x SYSTEM "http://example.com/x.dtd">',
    "lower case far down": " " * 70_000 + "<!doctype x>",
}


@pytest.mark.parametrize("kind", ENTITIES)
def test_entities_are_refused_undeclared_and_unread(tmp_path, kind):
    path = a_raw_workbook(tmp_path / "a.xlsx", prologue=ENTITIES[kind])

    assert refusal(path) == f"文件里有实体声明（DOCTYPE/ENTITY），正常的表格没有，不予读取：{SAVE_AS}"


@pytest.mark.parametrize("where", ["sheet", "texts"])
def test_xml_two_hundred_thousand_deep_is_refused(tmp_path, where):
    deep = "<x>" * 200_000 + "</x>" * 200_000
    content = two_rows() + deep if where == "sheet" else two_rows('<c r="C2" t="s"><v>0</v></c>')

    path = a_raw_workbook(tmp_path / "a.xlsx", content, **shared_strings(deep if where == "texts" else "x"))

    assert refusal(path) == f"文件的内部结构嵌套超过 100 层，{ODD}"


def a_far_cell(path: Path, corner: str) -> Path:
    far = f'<row r="1048576">{cell(corner, "x")}</row></sheetData>'
    return a_raw_workbook(path, two_rows().replace("</sheetData>", far))


@pytest.mark.parametrize("corner", ["XFD1048576", "ZZZZZZ99999999"])
def test_cell_at_the_far_corner_is_refused_and_nobody_is_hurt(tmp_path, corner):
    assert refusal(a_far_cell(tmp_path / "a.xlsx", corner)) == TOO_MUCH_MEMORY


def test_time_limit_ends_the_reading(tmp_path):
    path = a_workbook(tmp_path / "a.xlsx", {"台账": [HEAD, FIRM]})

    assert refusal(path, seconds=0).startswith("读取这个文件超过 0 秒，已停止。")


WITHOUT_END = {
    "one merge over everything": '<mergeCells count="1"><mergeCell ref="A3:XFD1048576"/></mergeCells>',
    "a hundred thousand merges": "<mergeCells>"
    + "".join(f'<mergeCell ref="C{row}:D{row}"/>' for row in range(3, 100_003))
    + "</mergeCells>",
    "formats": f"<conditionalFormatting>{'<x/>' * 100_000}</conditionalFormatting>",
}


@pytest.mark.parametrize("kind", WITHOUT_END)
def test_merges_and_formats_without_end_do_not_matter(tmp_path, kind):
    assert len(rows_of(read(a_raw_workbook(tmp_path / "a.xlsx", two_rows() + WITHOUT_END[kind])))) == 1


def names_and_styles_without_end(path: Path) -> Path:
    names = "".join(f'<definedName name="n{number}">A1</definedName>' for number in range(100_000))
    styles = "<styleSheet><cellXfs>" + '<xf numFmtId="14"/>' * 60_000 + "</cellXfs></styleSheet>"
    return a_raw_workbook(path, settings=f"<definedNames>{names}</definedNames>", parts={"xl/styles.xml": styles})


def test_names_and_styles_without_end_do_not_matter(tmp_path):
    assert len(rows_of(read(names_and_styles_without_end(tmp_path / "a.xlsx")))) == 1


def test_three_hundred_sheets_are_read_and_the_ledger_among_them_found(tmp_path):
    sheets = {f"第{number}张": [["姓名"], ["张三"]] for number in range(300)} | {"台账": [HEAD, FIRM]}

    reading = read(a_workbook(tmp_path / "a.xlsx", sheets))

    assert rows_of(reading) == [FIRM]
    assert reading.notes[-1].endswith("第0张、第1张、第2张、第3张、第4张等 300 个")


BUSY_TEXTS = (
    "(" * 30_000,
    "9" * 30_000,
    "1," * 15_000,
    "a@" * 15_000,
    " " * 30_000 + "x",
    "2023-" * 6_000,
    "小计" * 15_000,
)


@pytest.mark.parametrize("text", BUSY_TEXTS)
def test_text_meant_to_keep_a_pattern_busy_is_just_text(tmp_path, text):
    titles = ["2025年营业收入(万元)", "成立日期", "手机", "邮箱", "镇街", "高企有效期", text]

    reading = read(a_text_file(tmp_path / "a.csv", [[*HEAD[:2], *titles], [*FIRM[:2], *[text] * 7]]))

    assert rows_of(reading)[0][2] == text
