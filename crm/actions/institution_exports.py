"""R&D institutions, and the firms on their way to the next level, as workbooks."""

from collections.abc import Iterator
from typing import Any

from crm import clock
from crm.actions.events import Author
from crm.actions.list_exports import list_column, write_list
from crm.extensions import db
from crm.models import User
from crm.queries.cultivation import CultivationFilter, cultivated_firms
from crm.queries.institutions import InstitutionFilter, institution_rows
from pipelines.sheets.institutions import INSTITUTIONS
from pipelines.sheets.writing import Target

INSTITUTION_LIST, CULTIVATION_LIST = "研发机构", "研发机构梯度培育"
_FIRM = (list_column("企业名称", "name"), list_column("统一社会信用代码", "uscc"), list_column("镇街", "text"))
# The columns of the import: what leaves can come back, and changes nothing.
_COLUMNS = (*_FIRM, *((column, None) for column in INSTITUTIONS.columns))
_OF_CULTIVATION = (
    *_FIRM, list_column("现有最高级别的机构", "text"), list_column("现有级别", "text"), list_column("下一级别", "text"),
    list_column("下一级的规则", "long_text"), list_column("判断", "text"), list_column("未达到的条件", "long_text"),
    list_column("待补的条件", "count"),
)  # fmt: skip


def export_institutions(asked: InstitutionFilter, viewer: User | None, by: Author, target: Target) -> int:
    """Every institution the filter finds; answers how many."""
    rows = (
        [row.firm, row.uscc, row.township, *(getattr(row, column.field) for column in INSTITUTIONS.columns)]
        for row in db.session.execute(institution_rows(asked, viewer, clock.today()))
    )
    conditions, name = asked.to_args(), INSTITUTION_LIST
    return write_list(name, _COLUMNS, name, rows, conditions, by, target, remark="", unit="个")


def export_cultivation(asked: CultivationFilter, viewer: User | None, by: Author, target: Target) -> int:
    conditions, name = asked.to_args(), CULTIVATION_LIST
    return write_list(name, _OF_CULTIVATION, name, _rises(asked, viewer), conditions, by, target)


def _rises(asked: CultivationFilter, viewer: User | None) -> Iterator[list[Any]]:
    for rise in cultivated_firms(asked, viewer, clock.today()):
        yield [
            rise.name, rise.uscc, rise.township, rise.institution, rise.level, rise.next_level,
            rise.policy and rise.policy.title, rise.standing, "；".join(rise.missed) or None, rise.open_count,
        ]  # fmt: skip
