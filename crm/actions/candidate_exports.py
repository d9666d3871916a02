"""The candidate list as a workbook a leader can sign."""

from collections.abc import Iterator
from typing import Any

from crm import clock
from crm.actions.events import Author
from crm.actions.list_exports import list_column as column
from crm.actions.list_exports import write_list
from crm.extensions import db
from crm.models import Scoring, User
from crm.queries.candidate_filter import CandidateFilter
from crm.queries.candidates import biggest_gap, candidate_rows, chance_words, tier_words
from pipelines.sheets.writing import Target

CANDIDATE_LIST = "候选名单"
_COLUMNS = (
    column("企业名称", "name"), column("统一社会信用代码", "uscc"), column("镇街", "text"), column("潜力", "text"),
    column("若申报，通过概率", "text"), column("规则档次", "text"), column("最大差距", "long_text"),
    column("所需数据完整度(%)", "percent"), column("阶段", "text"), column("责任人", "text"), column("签字", "text"),
)  # fmt: skip


def export_candidates(asked: CandidateFilter, scoring: Scoring, viewer: User | None, by: Author, target: Target) -> int:
    """Every candidate the filter finds, the most promising first; answers how many."""
    demo = "演示模型，" if scoring.version.is_demo else ""
    heading = f"高企候选名单（{demo}模型 {scoring.version_id}，按 {scoring.as_of} 的数据）"
    remark = "潜力由模型排序，仅供参考，不替代规则判断；概率只对已决定申报的企业有意义"
    rows = _rows(asked, scoring, viewer)
    return write_list(CANDIDATE_LIST, _COLUMNS, heading, rows, asked.to_args(), by, target, remark=remark)


def _rows(asked: CandidateFilter, scoring: Scoring, viewer: User | None) -> Iterator[list[Any]]:
    tells = scoring.version.tells_percentages
    for row in db.session.execute(candidate_rows(asked, scoring, viewer, clock.today())):
        yield [
            row.name, row.uscc, row.township, tier_words(row), chance_words(row, tells), row.shortlist,
            biggest_gap(row), row.data_ratio, row.stage, row.owner, None,
        ]  # fmt: skip
