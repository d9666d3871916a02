"""Lists of earlier visits, as township officers kept them in workbooks: each keeps its author and its day."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from pipelines.sheets.columns import Cell, Column
from pipelines.sheets.list_kind import ListKind, Settled
from pipelines.vocabulary import VisitKind, Word

_KINDS = (
    (VisitKind.ON_SITE, "上门走访 实地 实地走访 现场 走访 上门服务 实地调研 调研"),
    (VisitKind.CALL, "电话沟通 电话回访 微信 线上 电话联系"),
    (VisitKind.IN_OFFICE, "来访接待 企业来访 来局 来电来访"),
    (VisitKind.MEETING, "座谈会 会议 培训会 交流会"),
)
_SPELLINGS = {
    "visited_on": "走访时间 日期 服务日期 联系日期 拜访日期 时间 走访日",
    "by_name": "走访人员 服务人员 联系人员 走访干部 记录人 走访者 服务专员",
    "kind": "走访形式 方式 服务方式 联系方式类型 走访类型",
    "people": "走访对象 接待人员 接待人 企业人员 对接人 参加人员 企业接待人",
    "found": "走访情况 情况 走访内容 服务内容 企业情况 走访记录 情况记录 沟通内容 内容",
    "need": "诉求 企业诉求 存在问题 问题和诉求 问题诉求 困难问题 困难和诉求 需求",
}


def _column(field: str, title: str, cell: Cell, words: tuple[tuple[Word, str], ...] = (), longest: int = 200) -> Column:
    return Column(field, title, tuple(_SPELLINGS[field].split()), cell, "item", longest=longest, words=words)


_COLUMNS = (
    _column("visited_on", "走访日期", "date"),
    _column("by_name", "走访人", "text", longest=60),
    _column("kind", "走访方式", "word", _KINDS),
    _column("people", "见了谁", "text"),
    _column("found", "走访情况记录", "long_text", longest=5000),
    _column("need", "诉求和问题", "long_text", longest=2000),
)
_STORED = ("visited_on", "by_name", "kind", "people", "found")


def _key(values: Mapping[str, Any]) -> Hashable | None:
    """One visit a firm, day and visitor: two colleagues may have come on one day."""
    day, visitor = values.get("visited_on"), values.get("by_name")
    return (day, visitor) if day and visitor else None


def _settle(stated: Mapping[str, Any], known: Mapping[str, Any] | None, _others: Sequence[Any]) -> Settled:
    """A need of former days stays in the words of its visit: it was dealt with, or it will be asked again."""
    values = {name: value for name, value in stated.items() if name in _STORED}
    if need := stated.get("need"):
        values["found"] = "\n".join(filter(None, [values.get("found"), f"诉求：{need}"]))
    if known is None:
        values.setdefault("kind", VisitKind.ON_SITE)
    faults = () if values.get("found") or (known and known.get("found")) else (("found", "请填写走访情况"),)
    return Settled(values, faults)


VISITS = ListKind("visit", "走访记录", _COLUMNS, ("visited_on", "by_name"), _STORED, _key, _settle, ("visited_on",))
