"""The firms that a number of the ladder counts, as a workbook."""

from collections.abc import Iterator
from typing import Any

from crm.actions.events import Author
from crm.actions.list_exports import list_column, write_list
from crm.models import User
from crm.queries.ladder import LIST_LABELS, LadderFilter, firm_rows, moved_ids
from pipelines.sheets.writing import Target
from pipelines.vocabulary import Tier

LADDER_LIST = "雁阵名单"
_ROWS_A_QUERY = 500
_COLUMNS = (
    list_column("企业名称", "name"), list_column("统一社会信用代码", "uscc"), list_column("镇街", "text"),
    list_column("期初层级", "text"), list_column("期末层级", "text"), list_column("变化", "text"),
    list_column("责任人", "text"),
)  # fmt: skip


def export_ladder(asked: LadderFilter, viewer: User | None, by: Author, target: Target) -> int:
    """asked with its days filled in; answers how many firms there are."""
    heading = f"{Tier(asked.tier).label} {LIST_LABELS[asked.part]}（{asked.first} 至 {asked.last}）"
    return write_list(LADDER_LIST, _COLUMNS, heading, _rows(asked, viewer), asked.to_args(), by, target, remark="")


def _rows(asked: LadderFilter, viewer: User | None) -> Iterator[list[Any]]:
    moves = moved_ids(asked, viewer)
    ids = list(moves)
    for start in range(0, len(ids), _ROWS_A_QUERY):
        for row in firm_rows(ids[start : start + _ROWS_A_QUERY]):
            moved = moves[row.id]
            yield [row.name, row.uscc, row.township, moved.before, moved.after, moved.movement, row.owner]
