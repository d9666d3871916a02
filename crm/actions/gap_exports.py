"""差距清单, 缺数据 and 三色榜 as workbooks: every row that the filter finds, with a trace."""

from collections.abc import Iterator
from typing import Any

from crm import clock
from crm.actions.events import Author
from crm.actions.list_exports import list_column as column
from crm.actions.list_exports import write_list
from crm.extensions import db
from crm.models import User
from crm.queries.askings import askings, people_to_ask
from crm.queries.colours import ColourFilter, colour_rows, reasons_of
from crm.queries.deduction import LISTS, DeductionFilter, deduction_rows
from crm.queries.gap_filter import GapFilter
from crm.queries.gaps import condition_labels, doubtful_rows, missing_figure_rows, single_gap_rows
from pipelines.qualification.points import span_of
from pipelines.sheets.writing import Target

_FIRM = (column("企业名称", "name"), column("统一社会信用代码", "uscc"), column("镇街", "text"))
_TIER = column("候选档次", "text")
_ROWS_A_QUERY = 500
GAP_LIST, MISSING_LIST, DOUBT_LIST = "差距清单", "缺数据", "数据存疑"
COLOUR_LIST, DEDUCTION_LIST = "三色榜", "加计扣除"
_COLUMNS = {
    GAP_LIST: (
        *_FIRM, column("卡住的条件", "long_text"), column("还差多少", "long_text"), column("其余待定", "count"),
        _TIER,
    ),
    MISSING_LIST: (*_FIRM, column("待定条件", "count"), column("向谁收集什么", "long_text"), _TIER),
    DEDUCTION_LIST: (
        *_FIRM, column("层级", "text"), column("加计扣除口径(万元)", "money"), column("高企口径(万元)", "money"),
        column("销售收入(万元)", "money"), column("Ⅰ类", "count"), column("Ⅱ类", "count"),
    ),
    DOUBT_LIST: (*_FIRM, column("存疑之处", "long_text")),
    COLOUR_LIST: (
        *_FIRM, column("颜色", "text"), column("得分", "text"), column("原来的颜色", "text"),
        column("变化日期", "date"), column("理由", "long_text"),
    ),
}  # fmt: skip


def export_gaps(name: str, asked: GapFilter, viewer: User | None, by: Author, target: Target) -> int:
    """name is one of the three lists of gaps; answers how many firms it holds."""
    rows = {GAP_LIST: _gap_rows, MISSING_LIST: _missing_rows, DOUBT_LIST: _doubt_rows}[name](asked, viewer)
    heading = name if name == DOUBT_LIST else f"{asked.programme.label}{name}"
    return write_list(name, _COLUMNS[name], heading, rows, asked.to_args(), by, target)


def export_colours(asked: ColourFilter, viewer: User | None, by: Author, target: Target) -> int:
    return write_list(
        COLOUR_LIST, _COLUMNS[COLOUR_LIST], COLOUR_LIST, _colour_rows(asked, viewer), asked.to_args(), by, target
    )


def export_deductions(asked: DeductionFilter, viewer: User | None, by: Author, target: Target) -> int:
    lines = _deduction_rows(asked, viewer)
    return write_list(DEDUCTION_LIST, _COLUMNS[DEDUCTION_LIST], LISTS[asked.list], lines, asked.to_args(), by, target)


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
