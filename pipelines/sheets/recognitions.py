"""Official lists of titles (名单): who was given which title, when, until when, by which batch; who lost it and why.

Authorities publish them under a heading that names the title; the heading counts for every row without its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pipelines.sheets.belongings import end_of_term
from pipelines.sheets.columns import Cell, Column
from pipelines.sheets.list_kind import ListKind, Said, Settled
from pipelines.sheets.spellings import TITLE_NAMES
from pipelines.vocabulary import ApplicationKind, RecognitionEnd, Title, Word

_LIST_WORDS = ("名单", "公告", "公示", "公布", "通知", "一览表")
_KINDS = (
    (ApplicationKind.FIRST, "首次 首次认定 新认定 新增 初次认定 首次申报"),
    (ApplicationKind.RENEWAL, "重新申报 复审 到期重新认定 复核 续报 到期复核 重新评价"),
)
_ENDS = (
    (RecognitionEnd.EXPIRED, "到期 期满 过期 有效期满"),
    (RecognitionEnd.CANCELLED, "取消 撤销 取消高企资格 撤销资格 取消高新技术企业资格"),
    (RecognitionEnd.MOVED_AWAY, "迁出本县 外迁 搬迁 已迁出"),
    (RecognitionEnd.DEREGISTERED, "已注销 注销登记 吊销"),
)
_SPELLINGS = {
    "title": "资质名称 称号 资质类别 名单类别 荣誉称号 认定类别 资质类型 认定名称 企业资质",
    "certificate_no": "证书号 编号 登记编号 入库登记编号 备案编号 高新技术企业证书编号 证书号码 入库编号",
    "recognized_on": "发证日期 发证时间 认定时间 入库日期 公布日期 批准日期 登记日期 认定年度 认定年份 入库时间",
    "valid_until": "有效期止 到期日期 到期时间 证书有效期至 有效期截止 有效期限至",
    "batch": "认定批次 公告批次 批次名称 批次号 公布批次",
    "is_renewal": "首次/重新认定 新认定/重新认定 是否重新认定 申报类型 认定方式",
    "ended_on": "取消日期 撤销日期 失效日期 终止时间 取消时间",
    "end_reason": "取消原因 撤销原因 失效原因",
}


def _column(field: str, title: str, cell: Cell, words: tuple[tuple[Word, str], ...] = (), longest: int = 60) -> Column:
    return Column(field, title, tuple(_SPELLINGS[field].split()), cell, "item", longest=longest, words=words)


_COLUMNS = (
    _column("title", "资质", "word", tuple(TITLE_NAMES.items())),
    _column("certificate_no", "证书编号", "text", longest=40),
    _column("recognized_on", "认定日期", "day"),
    _column("valid_until", "有效期至", "date"),
    _column("batch", "批次", "text"),
    _column("is_renewal", "认定类型", "word", _KINDS),
    _column("ended_on", "终止日期", "date"),
    _column("end_reason", "终止原因", "word", _ENDS),
)
_STORED = (
    "title", "certificate_no", "recognized_on", "valid_until", "batch", "is_renewal", "ended_on", "end_reason",
)  # fmt: skip


def _above(texts: Sequence[str]) -> Mapping[str, Any]:
    """The title that a heading names, the longest name of several: 专精特新“小巨人” is not 专精特新."""
    headings = [text.replace("“", "").replace("”", "") for text in texts if any(word in text for word in _LIST_WORDS)]
    named = [
        (len(name), title)
        for title, names in TITLE_NAMES.items()
        for name in names.replace("“", "").replace("”", "").split()
        if any(name in heading for heading in headings)
    ]
    return {"title": max(named, key=lambda pair: pair[0])[1]} if named else {}


def _key(values: Mapping[str, Any]) -> tuple[Title, date] | None:
    title, day = values.get("title"), values.get("recognized_on")
    return (title, day) if title and day else None


def _settle(stated: Mapping[str, Any], known: Mapping[str, Any] | None, others: Sequence[Mapping[str, Any]]) -> Settled:
    values = {name: value for name, value in stated.items() if name in _STORED}
    doubts: list[Said] = []
    if "is_renewal" in values:
        values["is_renewal"] = values["is_renewal"] is ApplicationKind.RENEWAL
    if known is None:
        doubts += _completed(values, others)
    whole = {**(known or {}), **values}
    return Settled(values, (*_faults(whole), *_bare_year(whole, others)), tuple(doubts))


def _completed(values: dict[str, Any], others: Sequence[Mapping[str, Any]]) -> Iterator[Said]:
    """What a list leaves out of a new title follows from its rules, and from what the firm held before."""
    title, day = values["title"], values["recognized_on"]
    if "valid_until" not in values and (until := end_of_term(title, day)):
        values["valid_until"] = until
        yield "valid_until", f"没有写有效期，按规定的期限记到 {until}"
    if "is_renewal" not in values:
        earlier = any(each["title"] is title and each["recognized_on"] < day for each in others)
        values["is_renewal"] = earlier
        if earlier:
            yield "is_renewal", "以前有过同一资质，按重新认定登记"


def _faults(whole: Mapping[str, Any]) -> Iterator[Said]:
    given, until, ended = whole["recognized_on"], whole.get("valid_until"), whole.get("ended_on")
    if until and until < given:
        yield "valid_until", "有效期至早于认定日期，请核对"
    if ended and ended < given:
        yield "ended_on", "终止日期早于认定日期，请核对"
    if ended and not whole.get("end_reason"):
        yield "end_reason", "请填写终止原因：到期未续、取消资格、迁出、注销"
    if whole.get("end_reason") and not ended:
        yield "ended_on", "写了终止原因，请填写终止日期"


def _bare_year(whole: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Iterator[Said]:
    """A year alone is kept as its first day: beside a known day of that year it would be a second title."""
    title, day = whole["title"], whole["recognized_on"]
    if (day.month, day.day) == (1, 1):
        for each in others:
            if each["title"] is title and each["recognized_on"].year == day.year:
                yield "recognized_on", f"只写了年份，库中已有 {each['recognized_on']} 认定的同一资质，请写明日期"


RECOGNITIONS = ListKind(
    "recognition", "资质认定", _COLUMNS, ("title", "recognized_on"), _STORED, _key, _settle, ("recognized_on",), _above
)
