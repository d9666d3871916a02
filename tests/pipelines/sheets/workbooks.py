"""Small real files, and the values around them: what the tests of the sheets are made of."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from pipelines.names import normalised_name
from pipelines.refusals import Refusal
from pipelines.sheets.known import KnownContact, KnownFirm, KnownFirms, KnownRecognition, Places
from pipelines.sheets.layout import find_tables
from pipelines.sheets.plan import ImportPlan, PlannedRow, plan_import
from pipelines.sheets.reading import read_sheets
from pipelines.sheets.tables import Limits, SheetReading
from pipelines.vocabulary import RowOutcome

# Made-up firms with valid check digits (POLICY §11).
CODES = ("91330421MA28A1B21J", "91330421MA2JL0K93D", "91330421589061235T")
HEAD = ["企业名称", "统一社会信用代码", "镇街"]
PLACES = Places(
    townships={"魏塘街道": 1, "罗星街道": 2, "大云镇": 3, "西塘镇": 4, "嘉善经济技术开发区": 5, "嘉善经开区": 5},
    industries={"计算机制造": "C391", "C391": "C391", "塑料制品业": "C292", "C292": "C292"},
    tech_fields={"电子信息": "1", "1": "1", "软件": "1.1", "1.1": "1.1", "新材料": "4", "4": "4"},
    owners={"李科员": 7},
)
NOBODY = KnownFirms({}, {})

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = '<sheet name="台账" sheetId="1" r:id="rId1"/>'


def a_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], hidden: Iterable[str] = ()) -> Path:
    """An xlsx as openpyxl writes it; text beginning with = is a formula nobody computed."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    book.save(path)
    return path


def a_text_file(
    path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ",", newline: str = "\r\n"
) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def two_rows(more: str = "", head: str = "") -> str:
    """The XML of a small good ledger; more goes into its second row."""
    return (
        f'<sheetData><row r="1">{cell("A1", "企业名称")}{cell("B1", "统一社会信用代码")}{head}</row>'
        f'<row r="2">{cell("A2", "嘉善甲科技有限公司")}{cell("B2", CODES[0])}{more}</row></sheetData>'
    )


def a_raw_workbook(
    path: Path,
    content: str | bytes | None = None,
    *,
    prologue: str = "",
    settings: str = "",
    relations: str = "",
    parts: Mapping[str, str | bytes] | None = None,
    without: Iterable[str] = (),
) -> Path:
    """An xlsx put together by hand: content is what stands inside <worksheet>, or the whole part as bytes."""
    content = two_rows() if content is None else content
    sheet = content if isinstance(content, bytes) else f'{prologue}<worksheet xmlns="{_MAIN}">{content}</worksheet>'
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations(_relation(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": _book(settings),
        "xl/_rels/workbook.xml.rels": _relations(_relation(1, "worksheet", "worksheets/sheet1.xml") + relations),
        "xl/worksheets/sheet1.xml": sheet,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (members | dict(parts or {})).items():
            if name not in without:
                archive.writestr(name, part)
    return path


def _book(settings: str) -> str:
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{settings}<sheets>{_SHEET}</sheets></workbook>'


def _relations(relations: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'


def shared_strings(*texts: str) -> dict[str, Any]:
    """A workbook whose cells of type s refer to these texts."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return {
        "relations": _relation(2, "sharedStrings", "sharedStrings.xml"),
        "parts": {"xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{items}</sst>'},
    }


def day_style() -> dict[str, Any]:
    """A workbook whose cells of style 1 show days."""
    part = (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    return {"relations": _relation(3, "styles", "styles.xml"), "parts": {"xl/styles.xml": part}}


def read(path: Path, file_name: str | None = None, **limits: int) -> SheetReading:
    return read_sheets(path, file_name or path.name, Limits(**limits))


def refusal(path: Path, **limits: int) -> str:
    """The sentence a file is refused with; fails when it is not."""
    try:
        reading = read(path, **limits)
    except Refusal as refused:
        return str(refused)
    raise AssertionError(f"was read: {reading.tables}")


def rows_of(reading: SheetReading) -> list[list[Any]]:
    return [row.cells for table in reading.tables for row in table.rows]


def a_reading(
    *sheets: Sequence[Sequence[Any]], names: Sequence[str] = ("台账", "第二张", "第三张"), file_name: str = "a.xlsx"
) -> SheetReading:
    """Rows as if they had been read, first row 1, without a file and a child."""
    sent = [
        {"name": name, "hidden": False, "stray": 0, "first_row": 1, "columns": _columns(rows)}
        for name, rows in zip(names, sheets, strict=False)
    ]
    tables, notes = find_tables(sent, file_name, 40_000, False)
    return SheetReading(file_name, "0" * 64, tables, notes)


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    width = max(map(len, rows))
    return [list(column) for column in zip(*([*row, *[""] * (width - len(row))] for row in rows), strict=True)]


def a_plan(
    *rows: Sequence[Any],
    known: KnownFirms = NOBODY,
    answers: Mapping[str, str] | None = None,
    places: Places = PLACES,
) -> ImportPlan:
    """The plan of a sheet called 台账 whose first row is its header."""
    return plan_import(a_reading(rows), known, answers or {}, places)


def only_row(plan: ImportPlan) -> PlannedRow:
    assert len(plan.rows) == 1, plan.rows
    return plan.rows[0]


def one_row(*head_and_cells: tuple[str, Any], known: KnownFirms = NOBODY, **more: Any) -> PlannedRow:
    """The plan of one row, given as pairs of title and cell; a new firm with a code unless the pairs say otherwise."""
    pairs = dict(head_and_cells)
    whole = {"企业名称": "嘉善甲科技有限公司", "统一社会信用代码": CODES[0]} | pairs
    return only_row(a_plan(list(whole), list(whole.values()), known=known, **more))


def a_known_firm(number: int = 1, **values: Any) -> KnownFirm:
    defaults: dict[str, Any] = {
        "id": number,
        "uscc": CODES[number - 1],
        "name": f"嘉善{'甲乙丙'[number - 1]}科技有限公司",
        "version": 1,
        "values": {},
    }
    return KnownFirm(**defaults | values)


def knowing(*firms: KnownFirm) -> KnownFirms:
    by_name: dict[str, list[KnownFirm]] = {}
    for firm in firms:
        for name in {normalised_name(each) for each in (firm.name, *firm.former_names)}:
            by_name.setdefault(name, []).append(firm)
    return KnownFirms({firm.uscc: firm for firm in firms}, by_name)


def applied(plan: ImportPlan, known: KnownFirms = NOBODY) -> KnownFirms:
    """The register after the plan was carried out, as the action would leave it."""
    firms = {firm.uscc: firm for firm in known.by_uscc.values()}
    ids = {firm.id: firm.uscc for firm in firms.values()}
    for row in plan.rows:
        if row.outcome not in (RowOutcome.CREATE, RowOutcome.UPDATE):
            continue
        code = ids.get(row.firm_id or 0, row.uscc)
        before = firms.pop(code, KnownFirm(len(ids) + 1, row.uscc, row.name, 0, {}))
        after = _after(before, row)
        firms[after.uscc] = after
        ids[after.id] = after.uscc
    return knowing(*firms.values())


def _after(firm: KnownFirm, row: PlannedRow) -> KnownFirm:
    values = {field: value for field, value in row.firm.items() if field not in ("name", "uscc")}
    years = {*firm.figures, *row.figures}
    return firm._replace(
        uscc=row.firm.get("uscc", firm.uscc),
        name=row.firm.get("name", firm.name),
        version=firm.version + 1,
        values={**firm.values, **values},
        figures={year: {**firm.figures.get(year, {}), **row.figures.get(year, {})} for year in years},
        contacts=_contacts_after(firm, row),
        recognitions=_recognitions_after(firm, row),
        former_names=(*firm.former_names, *row.former_names),
    )


def _contacts_after(firm: KnownFirm, row: PlannedRow) -> list[KnownContact]:
    contacts = list(firm.contacts)
    if row.contact is None:
        return contacts
    if row.contact.id is None:
        new = KnownContact(len(contacts) + 1, "", None, None, None)
        return [*contacts, new._replace(**row.contact.values)]
    return [each._replace(**row.contact.values) if each.id == row.contact.id else each for each in contacts]


def _recognitions_after(firm: KnownFirm, row: PlannedRow) -> list[KnownRecognition]:
    held = {each.id: each for each in firm.recognitions}
    for number, planned in enumerate(row.recognitions, start=len(held) + 1):
        stated = {name: value for name, value in planned._asdict().items() if name != "id" and value is not None}
        before = held.get(planned.id or 0) or KnownRecognition(number, planned.title, planned.recognized_on, None, None)
        held[before.id] = before._replace(**stated)
    return list(held.values())
