"""The files of TRUST's uploads, group by group: what an office sends, and what somebody who means harm would."""

import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tests.builders import a_uscc
from tests.drills.county import a_plain_ledger
from tests.pipelines.sheets.test_refusals import (
    BROKEN_SHEETS,
    BUSY_TEXTS,
    ENTITIES,
    MALFORMED_TEXTS,
    OTHER_TYPES,
    WITHOUT_END,
    a_bomb_that_lies,
    a_crowded_archive,
    a_far_cell,
    names_and_styles_without_end,
)
from tests.pipelines.sheets.test_texts import NAUGHTY
from tests.pipelines.sheets.workbooks import a_raw_workbook, a_text_file, a_workbook, cell, shared_strings, two_rows

OLD_WORKBOOK = Path(__file__).parents[1] / "pipelines" / "sheets" / "files" / "ledger.xls"
REFUSED, READ, EITHER = "refused", "read", "either"

HEAD = [
    "企业名称",
    "统一社会信用代码",
    "镇街",
    "成立日期",
    "联系人",
    "联系电话",
    "2025年营业收入(万元)",
    "2025年职工总数",
]
_RARE = ("𠮷野", "㛃", "䶮", "“华”（浙江）", "Ａ－１", "嘉·善")
FIRMS = [
    [
        f"嘉善{_RARE[number % len(_RARE)]}{number}号有限公司", a_uscc(70_000 + number), "罗星街道",
        f"2015-03-{number:02}",
        f"联系{'甲乙丙丁'[number % 4]}", f"138001380{number:02}" if number % 2 else f"0573-840012{number:02}",
        f"{number}234.56", f"{number + 9}",
    ]
    for number in range(1, 21)
]  # fmt: skip
SAME = {"unchanged": len(FIRMS)}  # once the first control is in, each other guise of it says nothing new

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://example.com","点")',
    "=IMPORTXML(1,2)",
    "\t=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "=WEBSERVICE(1)", '"=1+1', "=DDE(1)",
]  # fmt: skip
SCRIPTS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>',
    "'><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "{{7*7}}", "${7*7}", "<iframe src=javascript:alert(1)>", "javascript:alert(1)",
    "</textarea><script>alert(1)</script>", "<b onmouseover=alert(1)>x</b>", "<!--<script>alert(1)//-->",
    "&lt;script&gt;",
    "]]><script>alert(1)</script>", "<a href='javascript:alert(1)'>x</a>",
]  # fmt: skip
STATEMENTS = [
    "'; DROP TABLE firms; --", "' OR '1'='1", '" OR ""="', "1; DELETE FROM users", "%' AND 1=1 --", "\\'; --", "_%_",
]  # fmt: skip


class Case(NamedTuple):
    """expects: refused, read, either; or how many rows a preview must count of each outcome."""

    group: str
    name: str
    make: Callable[[Path], Path]
    expects: str | dict[str, int] = REFUSED
    file_name: str = "台账.xlsx"


def cases() -> Iterator[Case]:
    yield from _controls()
    yield from _office_habits()
    yield from _cells()
    yield from _refusals()
    yield from _other_types()
    yield from _broken()
    yield from _resources()
    yield from _contents()
    yield from _names()


def first_control(path: Path) -> Path:
    return a_workbook(path, {"台账": [HEAD, *FIRMS]})


def _controls() -> Iterator[Case]:
    case = partial(Case, "controls")
    yield case("xlsx", first_control, {"create": len(FIRMS)})
    yield case("xlsx again", first_control, SAME)
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        yield case(f"csv {encoding}", _text([HEAD, *FIRMS], encoding), SAME, "台账.csv")
    order = random.Random(7).sample(range(len(HEAD)), len(HEAD))
    yield case("shuffled columns", _book([[row[place] for place in order] for row in (HEAD, *FIRMS)]), SAME)
    noisy = [f" {title} *\n" for title in HEAD[:6]] + HEAD[6:]
    yield case("noisy headers", _book([noisy, *FIRMS]), SAME)
    more = [[*HEAD, "身份证号", "星座"], *([*row, "330421199001010011", "狮子"] for row in FIRMS)]
    yield case("extra columns", _book(more), SAME)
    yield case("blank rows", _book([HEAD, *(line for row in FIRMS for line in (row, []))]), SAME)
    yield case("hidden first sheet", lambda path: a_workbook(
        path, {"旧": [HEAD, ["旧企业", *FIRMS[0][1:]]], "新": [HEAD, *FIRMS]}, hidden=["旧"]), SAME)  # fmt: skip
    yield case("inline strings", lambda path: a_raw_workbook(path, _as_xml([HEAD, *FIRMS])), SAME)
    yield case("shared strings", _with_shared_strings, SAME)
    yield case("numbers and days as such", _book([HEAD, *map(_typed, FIRMS)]), SAME)
    yield case("xls", lambda path: Path(path.write_bytes(OLD_WORKBOOK.read_bytes()) and path), READ, "台账.xls")
    yield case("2,000 rows", _bytes(a_plain_ledger(2000)), {"create": 2000}, "台账.csv")


def _office_habits() -> Iterator[Case]:
    case = partial(Case, "office habits")
    total = ["合计", "", "", "", "", "", "999999", "390"]
    yield case("title rows above", _book([["嘉善县企业台账"], ["单位：万元"], [], HEAD, *FIRMS]), SAME)
    yield case("total below", _book([HEAD, *FIRMS, total, ["注：数据由镇街上报"]]), SAME)
    above = [*HEAD[:6], "2025年", ""]
    yield case("two-level header", _book([above, ["", "", "", "", "", "", "营业收入(万元)", "职工总数"], *FIRMS]), SAME)
    yield case("two sheets", lambda path: a_workbook(
        path, {"台账": [HEAD, *FIRMS[:10]], "续表": [HEAD, *FIRMS[10:]]}), SAME)  # fmt: skip
    yield case("hidden rows", _with_hidden_rows, EITHER)
    yield case("strict", _strict, SAME)
    yield case("utf-16", _text([HEAD, *FIRMS], "utf-16", "\t"), SAME, "台账.txt")
    yield case("semicolon", _text([HEAD, *FIRMS], "utf-8", ";"), SAME, "台账.csv")
    yield case("CR only", _text([HEAD, *FIRMS], "utf-8", ",", "\r"), SAME, "台账.csv")


# What a figure must not become is 0 or NaN: tests/drills/uploads.py looks into the table after confirming these.
WRONG_FIGURES = ("#N/A", "nan", "inf", "1e309", "-5", "12.3.4", "=1+1", "abc", "1" * 400)


def _cells() -> Iterator[Case]:
    head = [*HEAD, "邮箱", "2025年研发人员数"]

    def row(number: int, **wrong: Any) -> list[Any]:
        code = a_uscc(71_000 + number)
        values = dict(
            zip(
                head,
                [f"嘉善格子{number}号有限公司", code, "罗星街道", "2015-03-01", "", "", "", "", "", ""],
                strict=True,
            )
        )
        return list((values | wrong).values())

    figures = [row(number, **{HEAD[6]: wrong, HEAD[7]: wrong}) for number, wrong in enumerate(WRONG_FIGURES)]
    yield Case("cells", "figures that are none", _book([head, *figures]), READ)
    bad_rows = {
        "code as a number": {HEAD[1]: 913304210000000000.0},
        "code with a wrong check digit": {HEAD[1]: "91330421MA28A1B21X"},
        "name of 32,767 characters": {HEAD[0]: "长" * 32_767}, "name of a number": {HEAD[0]: "12345"},
    }  # fmt: skip
    for number, (name, wrong) in enumerate(bad_rows.items()):
        yield Case("cells", name, _book([head, row(100 + number, **wrong)]), {"faulty": 1})
    odd_rows = {
        "phone as a number": {HEAD[5]: 13800138000.0}, "phone of letters": {HEAD[5]: "call me"},
        "e-mail with a header": {"邮箱": "a@example.com\nBcc: b@example.com"}, "unknown town": {HEAD[2]: "火星镇"},
        "more research staff than staff": {HEAD[7]: "5", "2025年研发人员数": "50"}, "3.7 people": {HEAD[7]: "3.7"},
        "day that is none": {HEAD[3]: "2015-02-30"}, "remark of 32,767 characters": {HEAD[4]: "长" * 32_767},
    }  # fmt: skip
    for number, (name, wrong) in enumerate(odd_rows.items()):
        yield Case("cells", name, _book([head, row(200 + number, **wrong)]), READ)
    computed = two_rows('<c r="C2"><f>1+1</f><v>2</v></c><c r="D2"><f>1+1</f></c>', cell("C1", "2025年职工总数"))
    yield Case("cells", "formulas kept and not", lambda path: a_raw_workbook(path, computed), READ)


def _refusals() -> Iterator[Case]:
    case = partial(Case, "refusals")
    yield case("missing column", _book([["镇街", "成立日期"], ["罗星街道", "2015-03-01"]]))
    yield case("duplicate column", _book([[*HEAD, HEAD[0]], *([*row, "另"] for row in FIRMS)]))
    yield case("no header", _book(FIRMS))
    yield case("other template", _book([["姓名", "身份证号", "工资"], ["张三", "330421199001010011", 5000]]))
    yield case("empty", _book([]))
    yield case("0 bytes", _bytes(b""))
    yield case(
        "50,000 rows", _text([HEAD[:2], *([f"嘉善{n}号公司", a_uscc(n)] for n in range(50_000))]), REFUSED, "a.csv"
    )
    yield case("100 MB", _bytes(b"a,b\n" * 25 * 1024 * 1024), REFUSED, "a.csv")
    yield case("500 columns", _book([[*HEAD, *(f"列{n}" for n in range(492))], *FIRMS]))
    yield case("16,384 columns", _book([[*HEAD, *(f"列{n}" for n in range(16_376))], *FIRMS]))
    for name, (content, _) in MALFORMED_TEXTS.items():
        yield case(name, _bytes(content), REFUSED, "a.csv")


def _other_types() -> Iterator[Case]:
    case = partial(Case, "wrong type")
    for name, (content, _) in OTHER_TYPES.items():
        yield case(name, _bytes(content))
    yield case("xlsx called xls", first_control, SAME, "台账.xls")
    yield case("xlsx called csv", first_control, SAME, "台账.csv")
    yield case("csv called xlsx", _text([HEAD, *FIRMS]), SAME, "台账.xlsx")
    yield case("xls called csv", _bytes(OLD_WORKBOOK.read_bytes()), READ, "台账.csv")


def _broken() -> Iterator[Case]:
    case = partial(Case, "broken")
    yield case("half a file", _half)
    yield case("bad sum", _with_a_fallen_byte)
    for part in ("xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"):
        yield case(f"without {part}", partial(_without, part), EITHER if part.startswith("[") else REFUSED)
    for name, content in BROKEN_SHEETS.items():
        yield case(name, partial(_raw, content=content, **shared_strings("x")))
    yield case("old workbook, half", _bytes(OLD_WORKBOOK.read_bytes()[:3000]), REFUSED, "台账.xls")


def _resources() -> Iterator[Case]:
    case = partial(Case, "resource")
    yield case("zip bomb of 1.2 GB", partial(_bomb, 1200))
    yield case("zip bomb of 600 MB", partial(_bomb, 600))
    yield case("lying size", a_bomb_that_lies)
    yield case("60,000 members", a_crowded_archive)
    yield case("zip slip", partial(_raw, parts={"../../etc/passwd": b"x"}))
    yield case("duplicate member", _doubled)
    for name, prologue in ENTITIES.items():
        yield case(f"entities: {name}", partial(_raw, prologue=prologue))
    quadratic = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'
    yield case("entities: quadratic", partial(_raw, content=two_rows(cell("C2", "&a;" * 50_000)), prologue=quadratic))
    yield case("dimension lies", partial(_raw, content='<dimension ref="A1:XFD1048576"/>' + two_rows()), READ)
    yield case("cell at XFD1048576", partial(a_far_cell, corner="XFD1048576"))
    yield case("cell beyond the sheet", partial(a_far_cell, corner="ZZZZZZ99999999"))
    for name, more in WITHOUT_END.items():
        yield case(name, partial(_raw, content=two_rows() + more), READ)
    yield case("100,000 names, 60,000 styles", names_and_styles_without_end, READ)
    deep = "<x>" * 200_000 + "</x>" * 200_000
    yield case("200,000 deep", partial(_raw, content=two_rows() + deep))
    yield case(
        "200,000 deep texts", partial(_raw, content=two_rows('<c r="C2" t="s"><v>0</v></c>'), **shared_strings(deep))
    )
    many = {f"第{number}张": [["姓名"], ["张三"]] for number in range(300)} | {"台账": [HEAD, *FIRMS]}
    yield case("300 sheets", lambda path: a_workbook(path, many), SAME)
    for text in BUSY_TEXTS:
        titles = [*HEAD[:2], "2025年营业收入(万元)", "成立日期", "手机", "邮箱", "镇街", "高企有效期", text]
        rows = [titles, [*FIRMS[0][:2], *[text] * 7]]
        yield case(f"pattern kept busy: {text[:8].strip()}", _text(rows), EITHER, "a.csv")
    yield case("40,000 rows", _bytes(a_plain_ledger(40_000)), READ, "a.csv")


CONTENTS = {"formulas": FORMULAS, "scripts": SCRIPTS, "statements": STATEMENTS, "unicode": NAUGHTY}


def names_of(family: str) -> list[str]:
    first = 100 * list(CONTENTS).index(family)  # no two of one name
    return [f"{text}公司{number}" for number, text in enumerate(CONTENTS[family], first)]


def _contents() -> Iterator[Case]:
    for place, family in enumerate(CONTENTS):
        rows = [[name, a_uscc(72_000 + 100 * place + number)] for number, name in enumerate(names_of(family))]
        yield Case("content", family, _text([HEAD[:2], *rows]), {"create": len(rows)}, "a.csv")
    alike = [
        ["嘉善华科技有限公司", a_uscc(73_001)],
        ["嘉善华科技有限公司\u200b", a_uscc(73_002)],
        ["嘉善⼀科技有限公司", a_uscc(73_003)],
    ]
    yield Case("content", "names that look alike", _text([HEAD[:2], *alike]), READ, "a.csv")
    macro = {"xl/vbaProject.bin": b"\xd0\xcf macro"}
    yield Case("content", "macros", partial(_raw, parts=macro), READ, "a.xlsm")


def _names() -> Iterator[Case]:
    names = (
        "../../../etc/passwd", "..\\..\\a.xlsx", "a\r\nX-Header: 1\r\nb.xlsx", "a\0.xlsx", "企业" * 150 + ".xlsx",
        "CON",
        "<script>alert(1)</script>.xlsx", "台账", "台账.XLSX", '台"账;.xlsx', "=1+1.xlsx", "台账\u202exslx.exe",
    )  # fmt: skip
    for name in names:
        shown = name.encode("unicode_escape").decode()[:24]
        yield Case("names", shown, first_control, EITHER if "\r" in name or "\0" in name else SAME, name)


def _text(rows: Sequence[Sequence[Any]], *form: str) -> Callable[[Path], Path]:
    return lambda path: a_text_file(path, rows, *form)


def _book(rows: Sequence[Sequence[Any]]) -> Callable[[Path], Path]:
    return lambda path: a_workbook(path, {"台账": rows})


def _bytes(content: bytes) -> Callable[[Path], Path]:
    def made(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return made


def _raw(path: Path, content: str | bytes | None = None, **more: Any) -> Path:
    return a_raw_workbook(path, content, **more)


def _without(part: str, path: Path) -> Path:
    return a_raw_workbook(path, without=[part])


def _typed(row: list[str]) -> list[Any]:
    phone = int(row[5]) if row[5].isdigit() else row[5]
    return [*row[:3], date.fromisoformat(row[3]), row[4], phone, float(row[6]), int(row[7])]


def _as_xml(rows: Sequence[Sequence[str]]) -> str:
    lines = (
        f'<row r="{number}">{"".join(cell(f"{chr(65 + place)}{number}", text) for place, text in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    return f"<sheetData>{''.join(lines)}</sheetData>"


def _with_shared_strings(path: Path) -> Path:
    texts = [text for row in (HEAD, *FIRMS) for text in row]
    numbers = iter(range(len(texts)))
    lines = (
        f'<row r="{number}">'
        + "".join(f'<c r="{chr(65 + place)}{number}" t="s"><v>{next(numbers)}</v></c>' for place in range(len(HEAD)))
        + "</row>"
        for number in range(1, len(FIRMS) + 2)
    )
    return a_raw_workbook(path, f"<sheetData>{''.join(lines)}</sheetData>", **shared_strings(*texts))


def _with_hidden_rows(path: Path) -> Path:
    shown = _as_xml([HEAD, *FIRMS])
    return a_raw_workbook(path, shown.replace('<row r="5">', '<row r="5" hidden="1">'))


def _strict(path: Path) -> Path:
    """Every part in the namespace of strict OOXML."""
    plain = first_control(path.with_suffix(".plain"))
    before, after = (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(before, after))
    return path


def _half(path: Path) -> Path:
    first_control(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def _with_a_fallen_byte(path: Path) -> Path:
    data = bytearray(a_raw_workbook(path).read_bytes())
    data[data.find(b"PK\x03\x04", data.find(b"sheet1.xml") - 80) + 60] ^= 0x40
    path.write_bytes(data)
    return path


def _bomb(megabytes: int, path: Path) -> Path:
    a_raw_workbook(path, without=["xl/worksheets/sheet1.xml"])
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _ in range(megabytes):
            part.write(b" " * 1024 * 1024)
    return path


def _doubled(path: Path) -> Path:
    """Put together by hand, since zipfile warns of it."""
    a_raw_workbook(path, parts={"xl/worksheets/sheet2.xml": b"<worksheet/>"})
    path.write_bytes(path.read_bytes().replace(b"xl/worksheets/sheet2.xml", b"xl/worksheets/sheet1.xml"))
    return path
