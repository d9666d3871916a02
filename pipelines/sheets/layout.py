"""Sheets → tables: which sheets hold a ledger, and which of their rows are data."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.names import folded
from pipelines.refusals import Refusal
from pipelines.sheets.header import Header, find_header
from pipelines.sheets.tables import Binding, Raw, Table
from pipelines.sheets.titles import is_unit, read_title, year_of

_TOTAL = re.compile(r"^[^计均]{0,20}(?:小计|合计|总计|共计|累计|平均值?)(?:[:：(（]?\d*[家户个]?[)）]?)?$")
_NOTE = re.compile(
    r"^[(（*★]?(?:注|说明|备注|填表|制表|填报|审核|单位|联系|导出|截至|数据来源|打印|共\s*\d|第\s*\d+\s*页|[一二三四五六七八九十]+、)"
)
_CODE_LENGTH = 18
_LONGER_THAN_A_TITLE = 8
_FIRM_ENDINGS = ("公司", "厂", "合作社", "（有限合伙）", "(有限合伙)")
_TITLES_SHOWN = 12
_SHEETS_SHOWN = 5
_KINDS = {"title": "重复的标题行", "total": "小计、合计行", "note": "说明行"}

Sheet = Mapping[str, Any]


def find_tables(
    sheets: Sequence[Sheet], file_name: str, most_rows: int, starts_1904: bool
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """The ledgers of a file, and notes on what was left out and how it was read.

    Those of later years come first, and of one year those that can create a firm: what comes first counts. Lists come
    last: what they list may belong to a firm that a ledger of the same file brings.
    """
    notes: list[str] = []
    tables: list[tuple[int, Table]] = []
    others: list[str] = []
    for sheet in sheets:
        header = find_header(sheet["columns"], sheet["name"]) if sheet["columns"] else None
        if header:
            year = header.year or year_of(file_name.rpartition(".")[0])
            tables.append((year or 0, _table(sheet, header, year, starts_1904, notes)))
        elif sheet["columns"] or sheet["hidden"]:
            others.append(sheet["name"])
    notes += _notes_on_others(sheets, others)
    if not tables:
        raise Refusal(_no_table(sheets))
    rows = sum(len(table.numbers) for _, table in tables)
    if not rows:
        raise Refusal("只有标题，下面没有数据行：请填好后再上传")
    if rows > most_rows:
        raise Refusal(f"表格超过 {most_rows} 行：请拆成几个文件再上传")
    ordered = sorted(tables, key=lambda pair: (pair[1].kind is not None, -pair[0], not _can_create(pair[1])))
    return tuple(table for _, table in ordered), tuple(notes)


def _can_create(table: Table) -> bool:
    scopes = {(bound.column.scope, bound.column.field) for bound in table.bindings}
    return {("firm", "name"), ("firm", "uscc")} <= scopes


def _table(sheet: Sheet, header: Header, year: int | None, starts_1904: bool, notes: list[str]) -> Table:
    columns, first = sheet["columns"], sheet["first_row"]
    bindings, unknown = _settled(header, year, sheet["name"], notes)
    runs, left_out = _runs(columns, header)
    for kind, number in sorted(left_out.items()):
        notes.append(f"{_on(sheet)}跳过 {number} 行{_KINDS[kind]}")
    if sheet.get("stray"):
        notes.append(f"{_on(sheet)}第 {sheet['stray']} 行附近还有零星内容，与表格隔着大片空行，未读取")
    if header.kind:
        notes.append(f"{_on(sheet)}按{header.kind.label}清单读取：一行一件，企业只用来认是哪一家，不新增、不改动")
    if unknown:
        notes.append(note_on_unknown(sheet["name"], unknown))
    return Table(
        sheet=sheet["name"],
        header_row=header.bottom + first,
        titles=header.titles,
        bindings=bindings,
        unknown_titles=unknown,
        numbers=[first + place for run in runs for place in run],
        columns=[_cells(column, runs) for column in columns],
        starts_1904=starts_1904,
        kind=header.kind,
        said=header.said,
    )


def _cells(column: Sequence[Raw], runs: list[range]) -> Sequence[Raw]:
    if len(runs) == 1:
        return column[runs[0].start : runs[0].stop]
    return [cell for run in runs for cell in column[run.start : run.stop]]


def _settled(
    header: Header, year: int | None, sheet: str, notes: list[str]
) -> tuple[tuple[Binding, ...], tuple[str, ...]]:
    """Give figures without a year the year of the sheet, and money without a unit the unit of the note above."""
    says_year = any(bound.column.field == "year" for bound in header.bindings)
    bindings: list[Binding] = []
    placed: list[str] = []
    lost: list[str] = []
    for bound in header.bindings:
        if bound.column.cell == "money" and bound.unit is None:
            bound = bound._replace(unit=header.unit)
        if bound.column.scope == "figures" and bound.year is None and not says_year:
            if year is None or any(other.column is bound.column and other.year == year for other in header.bindings):
                lost.append(bound.title)
                continue
            placed.append(bound.title)
            bound = bound._replace(year=year)
        bindings.append(bound)
    where = f"工作表“{sheet}”" if sheet else "表"
    if placed:
        notes.append(f"{where}中的“{'、'.join(placed)}”没有写年度，按标题或文件名中的 {year} 年读取")
    if lost:
        notes.append(f"{where}中的“{'、'.join(lost)}”没有写年度，未读取：请把标题改为如“2025年{lost[0]}”")
    unsaid = [bound.title for bound in bindings if bound.column.cell == "money" and bound.unit is None]
    if unsaid:
        notes.append(f"{where}中的“{'、'.join(unsaid)}”没有写单位，按万元读取")
    return tuple(bindings), (*header.unknown_titles, *lost)


def _runs(columns: Sequence[Sequence[Raw]], header: Header) -> tuple[list[range], Counter[str]]:
    """The stretches of rows that are data, and how many rows of each other kind there were."""
    positions = {bound.column.field: bound.position for bound in header.bindings if bound.column.scope == "firm"}
    names = columns[positions.get("name", positions.get("uscc", 0))]
    codes = columns[positions.get("uscc", positions.get("name", 0))]
    left_out: Counter[str] = Counter()
    breaks = []
    for place in range(header.bottom + 1, len(names)):
        name, code = names[place], codes[place]
        if code.__class__ is str and len(code) == _CODE_LENGTH and name != "" and name is not code:
            continue
        if name.__class__ is str and len(name) > _LONGER_THAN_A_TITLE and name.endswith(_FIRM_ENDINGS):
            continue
        if kind := _kind_of([column[place] for column in columns], name, code, header):
            breaks.append(place)
            left_out[kind] += kind in _KINDS
    return list(_stretches(header.bottom + 1, len(names), breaks)), +left_out


def _stretches(start: int, stop: int, breaks: Iterable[int]) -> Iterator[range]:
    for place in (*breaks, stop):
        if place > start:
            yield range(start, place)
        start = place + 1


def _kind_of(cells: list[Raw], name: Raw, code: Raw, header: Header) -> str | None:
    """Why a row is no data; None when it is."""
    filled = [cell for cell in cells if cell != "" and not (isinstance(cell, str) and not cell.strip())]
    if not filled:
        return "blank"
    if _repeats_title(name, code) or all(isinstance(cell, str) and is_unit(cell) for cell in filled):
        return "title"
    texts = [folded(cell) for cell in filled[:3] if isinstance(cell, str) and len(cell) <= _TITLES_SHOWN * 10]
    if any(_TOTAL.match(text) for text in texts):
        return "total"
    few = len(set(map(str, filled))) <= 2
    if few and (_is_note(filled[0]) or (_is_blank(name) and _is_blank(code))):
        return "note"
    return None


def _is_note(cell: Raw) -> bool:
    return isinstance(cell, str) and bool(_NOTE.match(cell.strip()))


def _is_blank(cell: Raw) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _repeats_title(name: Raw, code: Raw) -> bool:
    return any(isinstance(cell, str) and len(cell) < 30 and _names_firms(cell) for cell in (name, code) if cell)


def _names_firms(cell: str) -> bool:
    column = read_title(cell).column
    return column is not None and column.scope == "firm" and column.field in ("name", "uscc")


def _notes_on_others(sheets: Sequence[Sheet], others: list[str]) -> Iterator[str]:
    hidden = [sheet["name"] for sheet in sheets if sheet["hidden"]]
    visible = [name for name in others if name not in hidden]
    if hidden:
        yield f"隐藏的工作表没有读取：{_listed(hidden)}"
    if visible:
        yield f"没有“企业名称”或“统一社会信用代码”列的工作表没有读取：{_listed(visible)}"


def _listed(names: list[str]) -> str:
    more = f"等 {len(names)} 个" if len(names) > _SHEETS_SHOWN else ""
    return "、".join(names[:_SHEETS_SHOWN]) + more


def note_on_unknown(sheet: str, unknown: Sequence[str]) -> str:
    return f"{on_sheet(sheet)}没有认出的列不会导入：{'、'.join(unknown[:_TITLES_SHOWN])}"


def _on(sheet: Sheet) -> str:
    return on_sheet(sheet["name"])


def on_sheet(name: str) -> str:
    return f"工作表“{name}”：" if name else ""


def _no_table(sheets: Sequence[Sheet]) -> str:
    if not any(sheet["columns"] for sheet in sheets):
        hidden = any(sheet["hidden"] for sheet in sheets)
        return "有内容的工作表都被隐藏了：请取消隐藏后再上传" if hidden else "表格是空的：请确认保存后再上传"
    columns = next(sheet["columns"] for sheet in sheets if sheet["columns"])
    texts = [str(cell).strip() for line in zip(*(column[:5] for column in columns), strict=True) for cell in line]
    seen = list(dict.fromkeys(text for text in texts if text))[:_TITLES_SHOWN]
    return (
        "没有找到“企业名称”或“统一社会信用代码”列，不知道每行是哪家企业。"
        f"表中开头写的是：{'、'.join(text[:20] for text in seen)}。请下载导入模板，或把标题改为模板中的写法"
    )
