"""Lists of intellectual property: patents, software, layout designs, as offices and agents keep them.

Classes Ⅰ and Ⅱ follow from the kind (国科发火〔2016〕195号 三（二）); a column that says otherwise is told, not obeyed.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.sheets.columns import Cell, Column
from pipelines.sheets.list_kind import ListKind, Said, Settled
from pipelines.vocabulary import IpAcquisition, IpClass, IpKind, IpStatus, Word

_KINDS = (
    (IpKind.INVENTION, "发明 授权发明 授权发明专利 国内发明专利 发明授权"),
    (IpKind.UTILITY_MODEL, "实用新型专利 新型 实用"),
    (IpKind.DESIGN, "外观 外观专利 外观设计专利 外观设计(工业设计)"),
    (IpKind.SOFTWARE, "软著 计算机软件著作权 软件 软件著作权登记 软件著作"),
    (IpKind.LAYOUT_DESIGN, "集成电路布图设计专有权 布图设计"),
    (IpKind.PLANT_VARIETY, "植物新品种权"),
    (IpKind.CROP_VARIETY, "农作物品种 国家级农作物新品种"),
    (IpKind.NEW_DRUG, "新药"),
    (IpKind.PROTECTED_TCM, "中药保护品种"),
    (IpKind.TRADEMARK, "注册商标"),
)
_STATUSES = (
    (IpStatus.VALID, "授权 已授权 授权有效 专利权维持 维持 有效专利 已登记 登记 在有效期"),
    (IpStatus.PENDING, "申请 受理 已受理 实审 实质审查 审查中 公开 已公开 实审中 在审"),
    (IpStatus.LAPSED, "无效 终止 已终止 放弃 未缴年费终止 权利终止 驳回 撤回 视为撤回 过期 到期"),
)
_ACQUIRED = (
    (IpAcquisition.SELF_DEVELOPED, "自主 自主研究 自研 自有 原始取得 自主申请"),
    (IpAcquisition.TRANSFERRED, "转让 购买 外购 受让取得 继受取得"),
    (IpAcquisition.DONATED, "赠与"),
    (IpAcquisition.MERGED, "并购取得 收购"),
)
_CLASSES = (
    (IpClass.ONE, "Ⅰ类 I类 一类 Ⅰ I 1类"),
    (IpClass.TWO, "Ⅱ类 II类 二类 Ⅱ II 2类"),
)


_SPELLINGS = {
    "number": """专利号 授权号 授权公告号 登记号 专利号/登记号 授权号/登记号 专利(登记)号 专利号(登记号) 专利号或登记号
        知识产权号 知识产权证书号 专利申请号 申请号 申请号/专利号 专利号/申请号 专利申请号/专利号 著作权登记号
        软著登记号""",
    "kind": "类型 类别 专利类型 专利类别 知识产权类别 知识产权种类 种类 专利种类",
    "name": "专利名称 名称 发明名称 发明创造名称 软件名称 专利(软著)名称 项目名称",
    "ip_class": "Ⅰ/Ⅱ类 知识产权分类 分类 I类或II类 Ⅰ类/Ⅱ类 I/II类",
    "status": "状态 专利状态 当前法律状态 知识产权状态 有效性 权利状态",
    "applied_on": "申请日 申请时间 专利申请日 专利申请日期",
    "granted_on": """授权日 授权时间 授权公告日 登记日期 登记日 授权公告日期 授权(登记)日期 获得日期 取得日期 获得时间
        证书日期""",
    "acquired": "取得方式 来源 知识产权来源 获取方式 取得途径",
    "used_in_year": """用于申报年度 使用年度 申报使用年度 用于哪年申报 已用于高企申报 是否已用于申报 是否使用
        使用情况 用于申报""",
}


def _column(field: str, title: str, cell: Cell, words: tuple[tuple[Word, str], ...] = (), longest: int = 60) -> Column:
    return Column(field, title, tuple(_SPELLINGS[field].split()), cell, "item", longest=longest, words=words)


_COLUMNS = (
    _column("number", "知识产权编号", "text"),
    _column("kind", "知识产权类型", "word", _KINDS),
    _column("name", "知识产权名称", "text", longest=200),
    _column("ip_class", "Ⅰ类或Ⅱ类", "word", _CLASSES),
    _column("status", "法律状态", "word", _STATUSES),
    _column("applied_on", "申请日期", "date"),
    _column("granted_on", "授权日期", "date"),
    _column("acquired", "获得方式", "word", _ACQUIRED),
    _column("used_in_year", "已用于申报年度", "application_year"),
)
_STORED = ("number", "kind", "name", "status", "applied_on", "granted_on", "acquired", "used_in_year")


def plain_number(text: str) -> str:
    """ZL 2021 1 0123456.7 and ｚｌ202110123456.7 are one number, kept like this."""
    return unicodedata.normalize("NFKC", text).replace(" ", "").upper()


def _key(values: Mapping[str, Any]) -> str | None:
    """With ZL or without, with the point before the check digit or without: the same right."""
    number = values.get("number")
    return re.sub(r"^(?:ZL|CN)|[.．·]", "", plain_number(number)) if number else None


def _settle(stated: Mapping[str, Any], known: Mapping[str, Any] | None, _others: Sequence[Any]) -> Settled:
    values = {name: value for name, value in stated.items() if name in _STORED}
    if known:
        values["number"] = known["number"]
        whole = {**known, **values}
    else:
        values["number"] = plain_number(values["number"])
        values.setdefault("status", _status(values))
        whole = values
    return Settled(values, tuple(_faults(whole)), tuple(_doubts(stated, whole, known)))


def _status(values: Mapping[str, Any]) -> IpStatus:
    """Nobody says it: what was granted is taken for valid, what has no day of grant for applied for."""
    return IpStatus.VALID if values.get("granted_on") else IpStatus.PENDING


def _faults(whole: Mapping[str, Any]) -> Iterator[Said]:
    applied, granted = whole.get("applied_on"), whole.get("granted_on")
    if whole.get("kind") is None:
        yield "kind", "请填写类型，如 发明专利、实用新型、软件著作权"
    if applied and granted and granted < applied:
        yield "granted_on", "授权日期早于申请日期，请核对"
    if granted and whole.get("status") is IpStatus.PENDING:
        yield "status", "写着申请中，却有授权日期，请核对"


def _doubts(stated: Mapping[str, Any], whole: Mapping[str, Any], known: Mapping[str, Any] | None) -> Iterator[Said]:
    kind, said = whole.get("kind"), stated.get("ip_class")
    if kind and said and kind.ip_class is not said:
        really = kind.ip_class.label if kind.ip_class else "不计入Ⅰ类、Ⅱ类"
        yield "ip_class", f"{kind.label}属{really}，按类型认定"
    if known is None and "status" not in stated and whole["status"] is IpStatus.PENDING:
        yield "status", "没有授权日期和状态，按申请中登记"


IP_RIGHTS = ListKind("ip_right", "知识产权", _COLUMNS, ("number", "kind"), _STORED, _key, _settle)
