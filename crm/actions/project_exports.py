"""Research projects as a workbook."""

from collections.abc import Iterator
from typing import Any

from crm import clock
from crm.actions.events import Author
from crm.actions.list_exports import list_column, write_list
from crm.extensions import db
from crm.models import User
from crm.queries.projects import ProjectFilter, project_rows
from pipelines.sheets.projects import PROJECTS
from pipelines.sheets.writing import Target

PROJECT_LIST = "科技项目"
# The columns of the import: what leaves can come back, and changes nothing.
_COLUMNS = (
    list_column("企业名称", "name"), list_column("统一社会信用代码", "uscc"), list_column("镇街", "text"),
    list_column("责任人", "text"), *((column, None) for column in PROJECTS.columns),
)  # fmt: skip


def export_projects(asked: ProjectFilter, viewer: User | None, by: Author, target: Target) -> int:
    """Every project the filter finds; answers how many."""
    conditions, name = asked.to_args(), PROJECT_LIST
    return write_list(name, _COLUMNS, "单位：万元", _rows(asked, viewer), conditions, by, target, remark="", unit="项")


def _rows(asked: ProjectFilter, viewer: User | None) -> Iterator[list[Any]]:
    for row in db.session.execute(project_rows(asked, viewer, clock.today())):
        values = row._asdict() | {"partners": "、".join((row.partners or "").splitlines()) or None}
        yield [row.firm, row.uscc, row.township, row.owner, *(values[column.field] for column in PROJECTS.columns)]
