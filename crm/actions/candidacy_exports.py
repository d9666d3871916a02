"""Candidacies as a workbook."""

from collections.abc import Iterator
from typing import Any

from crm import clock
from crm.actions.events import Author
from crm.actions.list_exports import list_column, write_list
from crm.extensions import db
from crm.models import User
from crm.queries.candidacies import CandidacyFilter, candidacy_rows
from pipelines.funnel.stages import days_in_stage
from pipelines.sheets.writing import Target

CANDIDACY_LIST = "培育对象"
_COLUMNS = (
    list_column("企业名称", "name"), list_column("统一社会信用代码", "uscc"), list_column("镇街", "text"),
    list_column("目标", "text"), list_column("重新认定", "yes_no"), list_column("批次", "text"),
    list_column("阶段", "text"), list_column("进入阶段", "date"), list_column("停留天数", "count"),
    list_column("责任人", "text"), list_column("要求完成", "date"), list_column("最大差距", "long_text"),
    list_column("结束日期", "date"), list_column("结束原因", "text"),
)  # fmt: skip


def export_candidacies(asked: CandidacyFilter, viewer: User | None, by: Author, target: Target) -> int:
    """Every candidacy the filter finds; answers how many."""
    conditions = asked.to_args()
    return write_list(CANDIDACY_LIST, _COLUMNS, CANDIDACY_LIST, _rows(asked, viewer), conditions, by, target, unit="个")


def _rows(asked: CandidacyFilter, viewer: User | None) -> Iterator[list[Any]]:
    today = clock.today()
    for row in db.session.execute(candidacy_rows(asked, viewer, today)):
        campaign = f"{row.campaign_year} {row.campaign_round}" if row.campaign_year else None
        days = None if row.closed_on else days_in_stage(row.stage_since, today)
        yield [
            row.name, row.uscc, row.township, row.target, row.is_renewal, campaign, row.stage, row.stage_since, days,
            row.owner, row.due_on, row.gap_words, row.closed_on, row.reason,
        ]  # fmt: skip
