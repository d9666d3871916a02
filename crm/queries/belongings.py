"""What hangs on a firm, read out of the tables themselves: a table that comes later cannot be forgotten."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from crm.extensions import Base
from crm.models import Firm

# What the office calls a row of each table that belongs to firms.
LABELS: Mapping[str, str] = {
    "former_names": "曾用名", "flags": "负面清单", "contacts": "联系人", "annual_figures": "年度数据",
    "ip_rights": "知识产权", "recognitions": "资质", "applications": "申报记录", "candidacies": "培育对象",
    "visits": "走访", "follow_ups": "跟进", "mentions": "提到的同事", "attachments": "文件", "answers": "核验和评分",
    "decisions": "人工认定", "pre_scores": "预评分", "questionnaires": "能力问卷", "feedbacks": "名单反馈",
    "attendances": "参加培训", "frozen_candidates": "锁定的候选名单",
    "institutions": "研发机构", "projects": "科技项目", "project_partners": "合作的科技项目",
    "alliance_members": "联合体", "firm_tags": "标签", "reminder_stops": "停用提醒",
}  # fmt: skip
# Worked out by the machine from all the rest: made anew, or gone with a firm that goes. Nobody's work is lost by it.
DERIVED = frozenset({
    "standings", "search_texts", "latest_evaluations", "evaluations", "fact_sets", "predictions", "ladder_changes",
})  # fmt: skip


@cache
def tables_of_firms() -> Mapping[str, sa.Table]:
    """Every table with a row's firm in it, by name."""
    return {column.table.name: column.table for column in referrers(_table(Firm))}


@cache
def referrers(table: sa.Table) -> Sequence[sa.Column[Any]]:
    """The columns of other tables that point at the rows of this one."""
    return [
        key.parent
        for other in Base.metadata.sorted_tables
        for key in other.foreign_keys
        if key.column.table is table and key.parent.table is not table
    ]


def _table(model: Any) -> sa.Table:
    return model.__table__
