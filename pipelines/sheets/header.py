"""Where a table begins on a sheet: below titles, notes and units, sometimes in two or three lines, sometimes again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pipelines.refusals import Refusal
from pipelines.sheets.columns import Column
from pipelines.sheets.columns import column as column_of
from pipelines.sheets.list_kind import ListKind
from pipelines.sheets.lists import list_kind
from pipelines.sheets.tables import Binding, Raw
from pipelines.sheets.titles import TitleMeaning, is_unit, read_title, unit_of_note, without_unit, year_of

_ZONE = 60
_TALLEST = 3
_CANDIDATES = 5
_LONGEST_KEY = 40
_KEY_WORDS = ("名", "单位", "企业", "公司", "代码", "号", "USCC", "uscc", "主体", "权人", "权利人")
_GROUPS = ("信息", "情况", "数据", "指标", "概况", "基本", "资质", "经营", "财务", "经济")
_DEDUCTION_MARKS = ("是否享受", "允许扣除", "加计")
_RESEARCH_TOTALS = ("研发费用合计", "研发费用总额", "研发费用小计", "研究开发费用合计", "研发费用")
_BESIDE_A_LIST = ("uscc", "name", "township_id")
_MAY_STAND_TWICE = ("contact", "derived", "row")


class Header(NamedTuple):
    """The lines top..bottom (places in the sheet's columns), what stands over each column and what it means.

    unit and year are what a note above the table, or the sheet's name, says for columns that do not say it. kind: what
    the sheet lists; None for a ledger. said: what the lines above say of every row of a list.
    """

    top: int
    bottom: int
    titles: tuple[str, ...]
    bindings: tuple[Binding, ...]
    unknown_titles: tuple[str, ...]
    unit: str | None
    year: int | None
    kind: ListKind | None = None
    said: Mapping[str, Any] = {}


class _Meant(NamedTuple):
    position: int
    title: str
    meaning: TitleMeaning


def find_header(columns: Sequence[Sequence[Raw]], sheet: str) -> Header | None:
    """The lines that name a firm by its name or its code and are understood best; None where no line does."""
    zone = [list(line) for line in zip(*(column[:_ZONE] for column in columns), strict=True)]
    best: tuple[int, int, list[_Meant]] | None = None
    for top, bottom in _places(zone):
        meant = _read_lines(zone[top : bottom + 1])
        if _names_a_firm(meant) and (best is None or _understood(meant) > _understood(best[2])):
            best = (top, bottom, meant)
    return _header(zone, _with_units(zone, *best), sheet) if best else None


def _with_units(zone: list[list[Raw]], top: int, bottom: int, meant: list[_Meant]) -> tuple[int, int, list[_Meant]]:
    """A line that holds nothing but units belongs to the titles above it."""
    below = [cell for cell in zone[bottom + 1] if cell != ""] if bottom + 1 < len(zone) else []
    if below and all(isinstance(cell, str) and is_unit(cell) for cell in below):
        return top, bottom + 1, _read_lines(zone[top : bottom + 2])
    return top, bottom, meant


def _places(zone: list[list[Raw]]) -> Iterator[tuple[int, int]]:
    """Blocks of up to three lines around a line with a title that names firms; small ones first."""
    named = [number for number, line in enumerate(zone) if any(_may_name_firms(cell) for cell in line)][:_CANDIDATES]
    for height in range(_TALLEST):
        for line in named:
            for top in range(max(0, line - height), line + 1):
                if top + height < len(zone):
                    yield top, top + height


def _may_name_firms(cell: Raw) -> bool:
    if not isinstance(cell, str) or len(cell) > _LONGEST_KEY or not any(word in cell for word in _KEY_WORDS):
        return False
    column = read_title(cell).column
    return column is not None and column.scope == "firm" and column.field in ("name", "uscc")


def _understood(meant: list[_Meant]) -> int:
    """How many different things the lines say: 销售收入 below 2024年 and 2025年 is two only together with the years."""
    return len({(each.meaning.column, each.meaning.year) for each in meant if each.meaning.column})


def _names_a_firm(meant: list[_Meant]) -> bool:
    fields = [
        each.meaning.column.field for each in meant if each.meaning.column and each.meaning.column.scope == "firm"
    ]
    return ("name" in fields or "uscc" in fields) and sum(bool(each.title) for each in meant) >= 2


def _read_lines(lines: list[list[Raw]]) -> list[_Meant]:
    """One meaning a column, from all lines above each other; an upper title reaches right over blank cells."""
    spread = [_spread(line, lines[number + 1 :]) for number, line in enumerate(lines)]
    return [_meant(position, [line[position] for line in spread]) for position in range(len(lines[0]))]


def _spread(line: list[Raw], below: list[list[Raw]]) -> list[str]:
    texts: list[str] = []
    for position, cell in enumerate(line):
        text = cell if isinstance(cell, str) else f"{cell:g}" if isinstance(cell, float) else str(cell)
        reaches = not text and position > 0 and any(lower[position] != "" for lower in below)
        reaches = reaches and any(lower[position - 1] != "" and lower[position - 1] != texts[-1] for lower in below)
        texts.append(texts[-1] if reaches else text)
    return texts


def _meant(position: int, parts: list[str]) -> _Meant:
    texts = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    title = " ".join(texts)
    meaning = read_title(
        f"{''.join(texts[:-1])}({texts[-1]})" if len(texts) > 1 and is_unit(texts[-1]) else "".join(texts)
    )
    if meaning.column is None and len(texts) > 1 and any(word in texts[0] for word in _GROUPS):
        meaning = read_title("".join(texts[1:]))
    return _Meant(position, title, meaning)


def _header(zone: list[list[Raw]], best: tuple[int, int, list[_Meant]], sheet: str) -> Header:
    top, bottom, meant = best
    above = list(dict.fromkeys(cell for line in zone[:top] for cell in line if isinstance(cell, str) and cell))
    kind, meant = _of_a_list(meant, [*above, sheet])
    meant = meant if kind else _of_the_deduction(meant)
    _refuse_twins(meant, sheet)
    bound: dict[tuple[Column, int | None], Binding] = {}
    unknown = []
    for position, title, (column, year, unit, of_average) in meant:
        if column is None or (column, year) in bound:
            unknown += [title] if title else []
        else:
            bound[column, year] = Binding(position, column, year, unit, of_average, title)
    titles = tuple(each.title for each in meant)
    unit, year = _last(map(unit_of_note, above)), _last(map(year_of, [*above, sheet]))
    return Header(
        top,
        bottom,
        titles,
        tuple(bound.values()),
        tuple(unknown),
        unit,
        year,
        kind,
        kind.above([*above, sheet]) if kind else {},
    )


def _of_a_list(meant: list[_Meant], above: Sequence[str]) -> tuple[ListKind | None, list[_Meant]]:
    """On a sheet that lists what belongs to firms, a firm is only named; the other titles speak of the things.

    A heading helps to tell a list only where nothing stands beside it that a ledger says of its firms.
    """
    beside = {each.meaning.column.scope for each in meant if each.meaning.column and _is_of_a_ledger(each)}
    kind = list_kind((each.title for each in meant), above, beside)
    if kind is None:
        return None, meant
    of_things = [each._replace(meaning=_of_a_thing(each, kind)) for each in meant]
    named = {
        each.meaning.column.field for each in of_things if each.meaning.column and each.meaning.column.scope == "firm"
    }
    return (kind, of_things) if named else (None, meant)


def _is_of_a_ledger(each: _Meant) -> bool:
    column = each.meaning.column
    return column is not None and (
        column.scope in ("figures", "contact") or (column.scope == "firm" and column.field not in _BESIDE_A_LIST)
    )


def _of_a_thing(each: _Meant, kind: ListKind) -> TitleMeaning:
    if column := kind.column_of(each.title):
        return TitleMeaning(column)
    if each.meaning.unit and (column := kind.column_of(without_unit(each.title))):
        return TitleMeaning(column, unit=each.meaning.unit)
    usual = each.meaning.column
    names_a_firm = usual is not None and usual.scope == "firm" and usual.field in ("name", "uscc")
    is_number = usual is not None and usual.field == "number"
    return each.meaning if names_a_firm or is_number else TitleMeaning(None)


def _of_the_deduction(meant: list[_Meant]) -> list[_Meant]:
    """On a sheet of the super-deduction alone (浙里加计扣除, 表 A107012) the research total is the deduction's figure.

    A ledger that only mentions the deduction beside sales or staff keeps its own reading.
    """
    marks = sum(any(mark in each.title for mark in _DEDUCTION_MARKS) for each in meant)
    fields = {each.meaning.column.field for each in meant if each.meaning.column}
    if marks < 2 or fields & {"sales_revenue", "tech_staff", "rd_spend_deduction"}:
        return meant
    deduction = column_of("rd_spend_deduction", "figures")
    return [
        each._replace(meaning=each.meaning._replace(column=deduction))
        if any(each.title.replace(" ", "").startswith(total) for total in _RESEARCH_TOTALS)
        and not any(mark in each.title for mark in _DEDUCTION_MARKS)
        else each
        for each in meant
    ]


def _last(found: Iterable[Any]) -> Any:
    return next((each for each in reversed(list(found)) if each), None)


def _refuse_twins(meant: list[_Meant], sheet: str) -> None:
    """Two columns of one title may disagree in every row; which of them counts is for the officer to say."""
    seen: dict[tuple[Any, Any], str] = {}
    for each in meant:
        column = each.meaning.column
        if column is None or column.scope in _MAY_STAND_TWICE:
            continue
        if seen.setdefault((column, each.meaning.year), each.title) == each.title and _count(meant, each) > 1:
            raise Refusal(f"工作表“{sheet}”中有两列都叫“{each.title}”：请删去或改名其中一列后再上传")


def _count(meant: list[_Meant], one: _Meant) -> int:
    return sum(each.title == one.title for each in meant)
