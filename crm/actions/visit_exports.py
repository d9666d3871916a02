"""Visits, what is owed, and whom to visit, as workbooks."""

from collections.abc import Iterator
from typing import Any

from crm import clock
from crm.actions.events import Author
from crm.actions.list_exports import list_column, write_list
from crm.extensions import db
from crm.models import User
from crm.queries.follow_ups import follow_ups
from crm.queries.unvisited import firms_behind
from crm.queries.visits import VisitFilter, visit_rows
from crm.queries.work_filter import WorkFilter
from pipelines.sheets.writing import Target

VISIT_LIST, UNVISITED_LIST, FOLLOW_UP_LIST = "走访记录", "该走访的企业", "诉求和跟进"
_FIRM = (list_column("企业名称", "name"), list_column("统一社会信用代码", "uscc"), list_column("镇街", "text"))
_COLUMNS = (
    *_FIRM, list_column("走访日期", "date"), list_column("走访方式", "text"), list_column("见了谁", "text"),
    list_column("情况", "long_text"), list_column("走访人", "text"),
)  # fmt: skip

_OF_UNVISITED = (
    *_FIRM, list_column("责任人", "text"), list_column("频次", "text"), list_column("上次走访", "date"),
    list_column("最迟应走访", "date"),
)  # fmt: skip
_OF_FOLLOW_UPS = (
    *_FIRM[:2], list_column("事项", "long_text"), list_column("类别", "text"), list_column("责任人", "text"),
    list_column("日期", "date"), list_column("办结", "date"), list_column("结果或反馈", "long_text"),
)  # fmt: skip


def export_visits(asked: VisitFilter, viewer: User | None, by: Author, target: Target) -> int:
    """Every visit the filter finds; answers how many."""
    rows = _rows(asked, viewer)
    return write_list(VISIT_LIST, _COLUMNS, VISIT_LIST, rows, asked.to_args(), by, target, remark="", unit="次")


def export_unvisited(asked: WorkFilter, viewer: User | None, by: Author, target: Target) -> int:
    rows = (
        [row.name, row.uscc, row.township, row.owner, row.label, row.last_visit, row.due_on]
        for row in firms_behind(viewer, clock.today(), asked)
    )
    return write_list(UNVISITED_LIST, _OF_UNVISITED, UNVISITED_LIST, rows, asked.to_args(), by, target, remark="")


def export_follow_ups(asked: WorkFilter, viewer: User | None, by: Author, target: Target) -> int:
    rows = (
        [
            row.firm.name, row.firm.uscc, row.what, "企业诉求" if row.is_need else "跟进",
            row.owner and row.owner.name, row.due_on, row.done_on, row.outcome,
        ]
        for row in follow_ups(asked, viewer, clock.today())
    )  # fmt: skip
    conditions = asked.to_args()
    return write_list(FOLLOW_UP_LIST, _OF_FOLLOW_UPS, FOLLOW_UP_LIST, rows, conditions, by, target, "", "件")


def _rows(asked: VisitFilter, viewer: User | None) -> Iterator[list[Any]]:
    for row in db.session.execute(visit_rows(asked, viewer)):
        yield [row.name, row.uscc, row.township, row.visited_on, row.kind, row.people, row.found, row.by_name]
