"""差距清单, 缺数据 and 三色榜 as workbooks: every row that the filter finds, with a trace."""

from collections.abc import Iterator
from typing import Any

from crm import clock
from crm.actions.events import Author, record_event
from crm.extensions import db
from crm.models import User
from crm.queries.askings import askings, people_to_ask
from crm.queries.colours import ColourFilter, colour_rows, reasons_of
from crm.queries.deduction import LISTS, DeductionFilter, deduction_rows
from crm.queries.gap_filter import GapFilter
from crm.queries.gaps import condition_labels, doubtful_rows, missing_figure_rows, single_gap_rows
from pipelines.qualification.points import span_of
from pipelines.sheets.columns import Cell, Column
from pipelines.sheets.writing import Target, write_table
from pipelines.vocabulary import EventKind


def _column(title: str, cell: Cell) -> tuple[Column, None]:
    return Column("", title, (), cell, "derived"), None


_FIRM = (_column("企业名称", "name"), _column("统一社会信用代码", "uscc"), _column("镇街", "text"))
_TIER = _column("候选档次", "text")
_ROWS_A_QUERY = 500
GAP_LIST, MISSING_LIST, DOUBT_LIST = "差距清单", "缺数据", "数据存疑"
COLOUR_LIST, DEDUCTION_LIST = "三色榜", "加计扣除"
_COLUMNS = {
    GAP_LIST: (
        *_FIRM, _column("卡住的条件", "long_text"), _column("还差多少", "long_text"), _column("其余待定", "count"),
        _TIER,
    ),
    MISSING_LIST: (*_FIRM, _column("待定条件", "count"), _column("向谁收集什么", "long_text"), _TIER),
    DEDUCTION_LIST: (
        *_FIRM, _column("层级", "text"), _column("加计扣除口径(万元)", "money"), _column("高企口径(万元)", "money"),
        _column("销售收入(万元)", "money"), _column("Ⅰ类", "count"), _column("Ⅱ类", "count"),
    ),
    DOUBT_LIST: (*_FIRM, _column("存疑之处", "long_text")),
    COLOUR_LIST: (
        *_FIRM, _column("颜色", "text"), _column("得分", "text"), _column("原来的颜色", "text"),
        _column("变化日期", "date"), _column("理由", "long_text"),
    ),
}  # fmt: skip


def export_gaps(name: str, asked: GapFilter, viewer: User | None, by: Author, target: Target) -> int:
    """name is one of the three lists of gaps; answers how many firms it holds."""
    rows = {GAP_LIST: _gap_rows, MISSING_LIST: _missing_rows, DOUBT_LIST: _doubt_rows}[name](asked, viewer)
    heading = name if name == DOUBT_LIST else f"{asked.programme.label}{name}"
    return _export(name, heading, rows, asked.to_args(), by, target)


def export_colours(asked: ColourFilter, viewer: User | None, by: Author, target: Target) -> int:
    return _export(COLOUR_LIST, COLOUR_LIST, _colour_rows(asked, viewer), asked.to_args(), by, target)


def export_deductions(asked: DeductionFilter, viewer: User | None, by: Author, target: Target) -> int:
    lines = _deduction_rows(asked, viewer)
    return _export(DEDUCTION_LIST, LISTS[asked.list], lines, asked.to_args(), by, target)


def _export(
    name: str, heading: str, rows: Iterator[list[Any]], conditions: dict[str, Any], by: Author, target: Target
) -> int:
    made = f"制表：{by.name}　{clock.now().astimezone(clock.OFFICE_ZONE):%Y-%m-%d %H:%M}"
    count = write_table(
        target,
        _COLUMNS[name],
        rows,
        sheet_name=name,
        unit_row=heading,
        footer_lines=lambda written: [f"共 {written} 家", "系统预判，请以官方文件为准", made],
    )
    record_event(EventKind.EXPORTED, by, None, {"list": name, "filter": conditions, "count": count})
    db.session.commit()
    return count


def file_name(name: str, about: str = "") -> str:
    return f"{name}_{clock.today():%Y%m%d}{about and f'_{about}'}.xlsx"


def _doubt_rows(asked: GapFilter, viewer: User | None) -> Iterator[list[Any]]:
    for row in db.session.execute(doubtful_rows(asked, viewer)):
        yield [row.name, row.uscc, row.township, "；".join(row.doubts)]


def _colour_rows(asked: ColourFilter, viewer: User | None) -> Iterator[list[Any]]:
    for row in db.session.execute(colour_rows(asked, viewer, clock.today())):
        score = span_of(row.score_lo, row.score_hi)
        since, reasons = row.colour_since if row.colour_before else None, "；".join(reasons_of(row))
        yield [row.name, row.uscc, row.township, row.colour, score, row.colour_before, since, reasons]


def _deduction_rows(asked: DeductionFilter, viewer: User | None) -> Iterator[list[Any]]:
    for row in db.session.execute(deduction_rows(asked, viewer, clock.today())):
        figures = (row.rd_spend_deduction, row.rd_spend, row.sales_revenue)
        yield [row.name, row.uscc, row.township, row.tier, *figures, row.class_one_ip, row.class_two_ip]


def _gap_rows(asked: GapFilter, viewer: User | None) -> Iterator[list[Any]]:
    labels = condition_labels(asked.programme, clock.today())
    for row in db.session.execute(single_gap_rows(asked, viewer)):
        condition = labels.get(row.only_missed, row.only_missed)
        yield [row.name, row.uscc, row.township, condition, row.gap_words, row.open_count, row.shortlist]


def _missing_rows(asked: GapFilter, viewer: User | None) -> Iterator[list[Any]]:
    for rows in db.session.execute(missing_figure_rows(asked, viewer)).partitions(_ROWS_A_QUERY):
        people = people_to_ask([row.id for row in rows])
        for row in rows:
            lacking = "；".join(f"{whom}：{what}" for whom, what in askings(row.id, row.lacking, people))
            told = lacking or "数据已齐，只等人工核验和评分"
            yield [row.name, row.uscc, row.township, row.open_count, told, row.shortlist]
