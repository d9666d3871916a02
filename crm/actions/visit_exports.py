"""Visits as a workbook."""

from collections.abc import Iterator
from typing import Any

from crm.actions.events import Author
from crm.actions.list_exports import list_column, write_list
from crm.extensions import db
from crm.models import User
from crm.queries.visits import VisitFilter, visit_rows
from pipelines.sheets.writing import Target

VISIT_LIST = "走访记录"
_COLUMNS = (
    list_column("企业名称", "name"), list_column("统一社会信用代码", "uscc"), list_column("镇街", "text"),
    list_column("走访日期", "date"), list_column("走访方式", "text"), list_column("见了谁", "text"),
    list_column("情况", "long_text"), list_column("走访人", "text"),
)  # fmt: skip


def export_visits(asked: VisitFilter, viewer: User | None, by: Author, target: Target) -> int:
    """Every visit the filter finds; answers how many."""
    rows = _rows(asked, viewer)
    return write_list(VISIT_LIST, _COLUMNS, VISIT_LIST, rows, asked.to_args(), by, target, remark="", unit="次")


def _rows(asked: VisitFilter, viewer: User | None) -> Iterator[list[Any]]:
    for row in db.session.execute(visit_rows(asked, viewer)):
        yield [row.name, row.uscc, row.township, row.visited_on, row.kind, row.people, row.found, row.by_name]
