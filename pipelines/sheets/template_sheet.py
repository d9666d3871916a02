"""The empty workbook that is handed out: titles the importer knows, drop-downs, and a page that says how to fill it."""

from collections.abc import Iterator, Mapping, Sequence

import xlsxwriter

from pipelines.sheets.columns import (
    CONTACT_COLUMNS,
    FIGURE_COLUMNS,
    FIRM_COLUMNS,
    RECOGNITION_COLUMNS,
    Cell,
    Column,
    column,
    heading,
)
from pipelines.sheets.list_kind import ListKind
from pipelines.sheets.writing import BoundColumn, Target, open_workbook, text_style, width, write_headings, write_text
from pipelines.vocabulary import FirmStatus, LevyMode, Title

_ROWS_TO_FILL = 5000
_LADDER = frozenset({Title.TECH_SME, Title.NATIONAL_TECH_SME, Title.HIGH_TECH, Title.LITTLE_GIANT, Title.LEADING})
_WORDS: dict[Cell, Sequence[str]] = {
    "yes_no": ("是", "否"),
    "status": [word.label for word in FirmStatus],
    "levy_mode": [word.label for word in LevyMode],
}
_HOW: dict[Cell, tuple[str, str]] = {
    "uscc": ("18 位；单元格已设为文本，请勿改为数字", "91330421MAXN00001…"),
    "name": ("营业执照上的全称", "嘉善某某科技有限公司"),
    "names": ("多个名称用顿号隔开", "嘉善某某有限公司"),
    "date": ("年-月-日；只知道年月也可写", "2016-03-15"),
    "day": ("年-月-日；只知道年份时写年份", "2023-12-08"),
    "money": ("数字，单位见标题；不知道就留空，零才写 0", "4000.5"),
    "people": ("全年月平均人数，可带小数", "120.5"),
    "count": ("整数", "3"),
    "heads": ("整数", "18"),
    "area": ("平方米，可带小数", "350"),
    "phone": ("手机或座机；多个号码用顿号隔开", "13800000000"),
    "email": ("工作邮箱", "name@example.cn"),
    "yes_no": ("是 或 否", "是"),
    "township": ("从下拉列表中选择", ""),
    "industry": ("从下拉列表中选择，也可写行业代码", ""),
    "tech_field": ("从下拉列表中选择", ""),
    "owner": ("从下拉列表中选择", ""),
    "status": ("从下拉列表中选择", "在营"),
    "levy_mode": ("从下拉列表中选择", "查账征收"),
    "word": ("从下拉列表中选择", ""),
    "points": ("0–100 的分数，可带小数", "78.5"),
    "application_year": ("用于哪一年的申报；没有用过就留空", "2023"),
}
_NOTES = (
    "一行一家企业。标题可以增删、换位置，不认识的列会在预览时列出，不会导入。",
    "空白的格子不改动库中原有内容；要写零请写 0。",
    "以统一社会信用代码认企业；没有代码时按名称查找，拿不准的会在预览时询问。",
    "上传后先看预览，确认之前不写入任何数据；有误的行可以下载、改好后再传。",
)
_LIST_NOTES = (
    "一行一件。企业只用来认是哪一家：有信用代码按代码，没有的按名称；清单不新增企业，也不改企业的名称。",
    *_NOTES[1:2],
    *_NOTES[3:],
)


def write_template(target: Target, years: Sequence[int], choices: Mapping[Cell, Sequence[str]]) -> None:
    """choices: kind of cell → what its drop-down offers, in the spelling that the importer understands."""
    _write(target, "企业台账", _columns(years), _NOTES, {**_WORDS, **choices})


def write_list_template(target: Target, kind: ListKind) -> None:
    firm = (column("name"), column("uscc"))
    _write(target, f"{kind.label}清单", [(each, None) for each in (*firm, *kind.columns)], _LIST_NOTES, {})


def _write(
    target: Target,
    name: str,
    columns: Sequence[BoundColumn],
    notes: Sequence[str],
    choices: Mapping[Cell, Sequence[str]],
) -> None:
    workbook = open_workbook(target)
    sheet = workbook.add_worksheet(name)
    write_headings(workbook, sheet, 0, columns)
    for index, (each, _) in enumerate(columns):
        sheet.set_column(index, index, width(each.cell), text_style(workbook, each.cell))
    sheet.freeze_panes(1, 2)
    _offer_choices(workbook, columns, choices)
    _write_notes(workbook, columns, notes)
    workbook.close()


def _columns(years: Sequence[int]) -> list[BoundColumn]:
    recognitions = [each for each in RECOGNITION_COLUMNS if each.word in _LADDER and each.cell != "term"]
    figures = [(each, year) for year in years for each in FIGURE_COLUMNS]
    return [*((each, None) for each in (*FIRM_COLUMNS, *CONTACT_COLUMNS, *recognitions)), *figures]


def _offer_choices(
    workbook: xlsxwriter.Workbook, columns: Sequence[BoundColumn], choices: Mapping[Cell, Sequence[str]]
) -> None:
    """Lists lie on a hidden sheet: Excel takes no list longer than 255 characters in the cell's own rule."""
    ledger = workbook.worksheets()[0]
    lists = workbook.add_worksheet("选项")
    lists.hide()
    for position, (places, words) in enumerate(_offers(columns, choices)):
        lists.write_column(0, position, words)
        last = chr(ord("A") + position)
        rule = {
            "validate": "list",
            "source": f"=选项!${last}$1:${last}${max(len(words), 1)}",
            "error_type": "warning",
            "error_title": "不在列表中",
            "error_message": "请从下拉列表中选择；确定要这样写也可以继续，预览时会再核对。",
        }
        for index in places:
            ledger.data_validation(1, index, _ROWS_TO_FILL, index, rule)


def _offers(
    columns: Sequence[BoundColumn], choices: Mapping[Cell, Sequence[str]]
) -> Iterator[tuple[list[int], Sequence[str]]]:
    """The columns that share a drop-down, and what it offers."""
    for cell, words in choices.items():
        yield [index for index, (each, _) in enumerate(columns) if each.cell == cell], words
    for index, (each, _) in enumerate(columns):
        if each.words:
            yield [index], [word.label for word, _ in each.words]


def _write_notes(workbook: xlsxwriter.Workbook, columns: Sequence[BoundColumn], notes: Sequence[str]) -> None:
    """One sentence a line: side by side, titles and explanations would look like a ledger to the importer."""
    sheet = workbook.add_worksheet("填写说明")
    sheet.set_column(0, 0, 100)
    lines = [*notes, "", *(_explained(each, year) for each, year in columns)]
    for row, line in enumerate(lines):
        write_text(sheet, row, 0, line)


def _explained(of: Column, year: int | None) -> str:
    how, example = _HOW.get(of.cell, ("文字", ""))
    required = "（必填）" if of.required else ""
    return f"{heading(of, year)}{required}：{how}" + (f"，例如 {example}" if example else "")
