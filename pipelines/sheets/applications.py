"""Lists of past applications for 高企 with their results: the history the model learns from.

Failures matter most: a public list of certified firms holds none, and teaches nothing (CLASSIFIER §6.2).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.sheets.columns import Cell, Column
from pipelines.sheets.list_kind import ListKind, Said, Settled
from pipelines.vocabulary import ApplicationKind, ApplicationResult, Title, Word

_LINE = 70  # 32号 第十一条（七）: above 70
_KINDS = (
    (ApplicationKind.FIRST, "首次 首次申报 新认定 新申报 初次认定 首次申请 认定"),
    (ApplicationKind.RENEWAL, "重新申报 复审 到期重新认定 复核 续报 到期复核"),
)
_RESULTS = (
    (ApplicationResult.PASSED, "已通过 认定通过 是 合格 认定 已认定 √ 通过认定 公示通过"),
    (ApplicationResult.FAILED, "不通过 未认定 否 不合格 未过 × 落选 专家评审未通过 评审未通过 未通过认定"),
    (ApplicationResult.WITHDRAWN, "撤回申报 主动撤回 退出 放弃 已撤回"),
    (ApplicationResult.PENDING, "待定 评审中 已申报 补正 补正中 待公布 未公布 审核中"),
)
_SPELLINGS = {
    "year": "申报年份 申请年度 认定年度 年度 年份 申报年",
    "kind": "申报类型 认定类型 申报类别 类别 申请类型 首次/重新认定",
    "result": "结果 申报结果 评审结果 是否通过 认定情况 是否认定 评审结论",
    "submitted_on": "申报日期 提交日期 提交时间 申报时间 申请日期",
    "decided_on": "结果日期 认定日期 公布日期 发证日期 公示日期 认定时间",
    "expert_score": "专家评分 得分 评分 专家打分 评审得分 综合得分 总分",
    "reason": "未通过原因 原因 不通过原因 失败原因 存在问题 评审意见",
}


def _column(field: str, title: str, cell: Cell, words: tuple[tuple[Word, str], ...] = (), longest: int = 200) -> Column:
    return Column(field, title, tuple(_SPELLINGS[field].split()), cell, "item", longest=longest, words=words)


_COLUMNS = (
    _column("year", "申报年度", "application_year"),
    _column("kind", "首次或重新认定", "word", _KINDS),
    _column("result", "认定结果", "word", _RESULTS),
    _column("submitted_on", "申报提交日期", "date"),
    _column("decided_on", "结果公布日期", "date"),
    _column("expert_score", "专家评审得分", "points"),
    _column("reason", "未通过的原因", "text"),
)
_STORED = ("programme", "year", "kind", "result", "submitted_on", "decided_on", "expert_score", "reason")


def _key(values: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """One application a firm, programme and year; the sheet speaks of 高企 only."""
    year = values.get("year")
    return (values.get("programme", Title.HIGH_TECH), year) if year else None


def _settle(stated: Mapping[str, Any], known: Mapping[str, Any] | None, _others: Sequence[Any]) -> Settled:
    values = {name: value for name, value in stated.items() if name in _STORED}
    if known:
        whole = {**known, **values}
    else:
        values.setdefault("kind", ApplicationKind.FIRST)
        values |= {"programme": Title.HIGH_TECH}
        whole = values
    return Settled(values, tuple(_faults(whole)), tuple(_doubts(stated, whole, known)))


def _faults(whole: Mapping[str, Any]) -> Iterator[Said]:
    year, submitted, decided = whole["year"], whole.get("submitted_on"), whole.get("decided_on")
    if whole.get("result") is None:
        yield "result", "请填写认定结果，如 通过、未通过、撤回、评审中"
    if submitted and decided and decided < submitted:
        yield "decided_on", "结果日期早于申报日期，请核对"
    elif decided and decided.year < year:
        yield "decided_on", f"结果日期早于申报年度 {year} 年，请核对"
    if submitted and submitted.year != year:
        yield "submitted_on", f"申报日期不在申报年度 {year} 年内，请核对"


def _doubts(stated: Mapping[str, Any], whole: Mapping[str, Any], known: Mapping[str, Any] | None) -> Iterator[Said]:
    result, score = whole.get("result"), whole.get("expert_score")
    if known is None and "kind" not in stated:
        yield "kind", "没有写首次还是重新认定，按首次认定登记"
    if result is ApplicationResult.PASSED and score is not None and score <= _LINE:
        yield "expert_score", f"写着通过，得分却不超过 {_LINE} 分，请核对"
    if result in (ApplicationResult.PASSED, ApplicationResult.FAILED) and not whole.get("decided_on"):
        yield "decided_on", "没有结果日期，按申报年度的年底认定为已知"


APPLICATIONS = ListKind(
    "application", "历年申报结果", _COLUMNS, ("year", "result"), _STORED, _key, _settle, ("decided_on",)
)
