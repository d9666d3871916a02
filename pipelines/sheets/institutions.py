"""Lists of R&D institutions (企业研发机构), as ledgers of an office and as official lists under a heading.

A heading says of every row what its columns leave out: the level, and the day or year of the list.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pipelines.sheets.columns import Cell, Column
from pipelines.sheets.list_kind import ListKind, Said, Settled
from pipelines.vocabulary import InstitutionKind, InstitutionLevel, ReviewResult, Word

_LEVELS = (
    (InstitutionLevel.COUNTY, "县 区级 区 县(市)级 县(区)级 本级"),
    (InstitutionLevel.CITY, "市 地市级 设区市级"),
    (InstitutionLevel.PROVINCE, "省 省部级"),
    (InstitutionLevel.NATIONAL, "国家 国家部委"),
)
_KINDS = (
    (InstitutionKind.RD_CENTRE, """企业研发中心 高新技术企业研究开发中心 高新技术研究开发中心 高企研发中心 研究开发中心
        企业研发(技术)中心 研发(技术)中心 高企研究开发中心"""),
    (InstitutionKind.INSTITUTE, "研究院 省企业研究院"),
    (InstitutionKind.KEY_INSTITUTE, "省重点企业研究院 重点研究院"),
    (InstitutionKind.TECH_CENTRE, "技术中心 省企业技术中心 市企业技术中心"),
    (InstitutionKind.ENGINEERING_CENTRE, "工程技术研究中心 工程研究中心 工程中心"),
    (InstitutionKind.KEY_LAB, "实验室 企业重点实验室"),
    (InstitutionKind.NEW_RD, "新型研究机构 新研机构"),
    (InstitutionKind.OTHER, "其他 其它"),
)  # fmt: skip
_RESULTS = (
    (ReviewResult.EXCELLENT, "优 A A级 优秀等次"),
    (ReviewResult.GOOD, "良 B B级"),
    (ReviewResult.PASSED, "C C级 通过 评估合格 考核合格"),
    (ReviewResult.TO_RECTIFY, "整改 限期整改(一年)"),
    (ReviewResult.FAILED, "D D级 不通过 评估不合格"),
)
_SPELLINGS = {
    "name": "研发机构名称 研发机构 研发中心名称 研究院名称 企业研究院名称 平台名称 创新平台名称 技术中心名称",
    "level": "机构级别 研发机构级别 等级 平台级别 认定级别 研发机构层级",
    "kind": "机构类型 研发机构类型 类别 机构类别 平台类型 平台类别 研发机构类别",
    "approved_on": "认定时间 批准日期 批准时间 认定年度 认定年份 批复时间 批复日期 备案日期 公布日期 认定(备案)时间",
    "document_number": "认定文号 文号 批复文号 认定文件 批准文件 文件号",
    "builds_from": "建设开始日期 建设期起 建设起始时间 建设起",
    "builds_until": "建设结束日期 建设期止 建设截止时间 建设期至 建设止",
    "review_due_on": "评估到期日期 下次评估时间 下次评估日期 绩效评价时间 评估到期时间 考核到期",
    "reviewed_on": "评估时间 评价日期 绩效评价日期 最近评估日期 考核日期",
    "review_result": "绩效评价结果 评价结果 考核结果 评估结论 绩效评价等级",
    "leader": "机构负责人 研发负责人 技术负责人 主任 院长 中心主任 负责人姓名",
    "staff": "研发人员数 研发人数 研发人员人数 人员数 专职研发人员 研发人员数量",
    "area": """面积 场地面积 建筑面积 研发面积 研发场地 面积平方米 场地面积平方米 研发场地面积平方米 建筑面积平方米
        研发面积平方米 面积m2 场地面积m2 研发场地面积m2 建筑面积m2 研发面积m2""",
    "equipment": "设备原值 科研设备 研发设备原值 仪器设备原值 科研仪器设备原值 设备价值 设备总值 研发设备",
    "withdrawn_on": "撤销时间 取消日期 摘牌日期 取消时间 注销日期",
    "withdrawn_reason": "取消原因 摘牌原因 注销原因",
    "note": "说明 备注说明",
}


def _column(
    field: str, title: str, cell: Cell, words: tuple[tuple[Word, str], ...] = (), longest: int = 60,
    unit: str | None = None,
) -> Column:  # fmt: skip
    aliases = tuple(_SPELLINGS[field].split())
    return Column(field, title, aliases, cell, "item", unit=unit, longest=longest, words=words)


_COLUMNS = (
    _column("name", "机构名称", "text", longest=120),
    _column("level", "级别", "word", _LEVELS),
    _column("kind", "类型", "word", _KINDS),
    _column("approved_on", "认定日期", "day"),
    _column("document_number", "批准文号", "text"),
    _column("builds_from", "建设期开始", "date"),
    _column("builds_until", "建设期结束", "date"),
    _column("review_due_on", "评估到期", "date"),
    _column("reviewed_on", "评估日期", "date"),
    _column("review_result", "评估结果", "word", _RESULTS),
    _column("leader", "负责人", "text"),
    _column("staff", "研发人员", "heads"),
    _column("area", "研发场地面积", "area"),
    _column("equipment", "科研设备原值", "money", unit="万元"),
    _column("withdrawn_on", "撤销日期", "date"),
    _column("withdrawn_reason", "撤销原因", "text", longest=200),
    _column("note", "备注", "text", longest=200),
)
_STATED = tuple(column.field for column in _COLUMNS)
_STORED = (*_STATED, "archived_at")  # what was put away is looked at, never written
# What a name says of its kind; the first that fits counts.
_IN_NAMES = (
    ("新型研发机构", InstitutionKind.NEW_RD),
    ("重点企业研究院", InstitutionKind.KEY_INSTITUTE),
    ("研究院", InstitutionKind.INSTITUTE),
    ("工程", InstitutionKind.ENGINEERING_CENTRE),
    ("研究开发中心", InstitutionKind.RD_CENTRE),
    ("研发", InstitutionKind.RD_CENTRE),
    ("技术中心", InstitutionKind.TECH_CENTRE),
    ("实验室", InstitutionKind.KEY_LAB),
)
_ABOUT = re.compile(r"研发机构|研发中心|研究开发中心|研究院|技术中心|工程中心|实验室")
_LIST_WORDS = ("名单", "公告", "公示", "公布", "通知", "一览表", "台账")
# Said outright, or by the authority that is named: of 浙江省某市某县 the last one is meant.
_LEVEL_MARKS = (
    (InstitutionLevel.NATIONAL, "国家级"), (InstitutionLevel.PROVINCE, "省级"), (InstitutionLevel.CITY, "市级"),
    (InstitutionLevel.COUNTY, "县级"), (InstitutionLevel.COUNTY, "县"), (InstitutionLevel.CITY, "市"),
    (InstitutionLevel.PROVINCE, "省"),
)  # fmt: skip
_DAY = re.compile(r"(20\d{2})年(?:(\d{1,2})月(\d{1,2})日)?")


def kind_in(name: str) -> InstitutionKind:
    return next((kind for mark, kind in _IN_NAMES if mark in name), InstitutionKind.OTHER)


def _above(texts: Sequence[str]) -> Mapping[str, Any]:
    headings = [text for text in texts if _ABOUT.search(text) and any(word in text for word in _LIST_WORDS)]
    said: dict[str, Any] = {}
    for heading in headings:
        if level := next((level for level, mark in _LEVEL_MARKS if mark in heading), None):
            said["level"] = level
        if day := _day_in(heading):
            said["approved_on"] = day
    return said


def _day_in(heading: str) -> date | None:
    """A year alone is kept as its first day, as in a column of days."""
    found = _DAY.search(heading)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def _key(values: Mapping[str, Any]) -> tuple[Any, Any, int] | None:
    """One recognition a firm, level, kind and year. What was put away is not there any more."""
    name, level, day = values.get("name"), values.get("level"), values.get("approved_on")
    if not (name and level and day) or values.get("archived_at"):
        return None
    return level, values.get("kind") or kind_in(name), day.year


def _settle(stated: Mapping[str, Any], known: Mapping[str, Any] | None, others: Sequence[Mapping[str, Any]]) -> Settled:
    values = {name: value for name, value in stated.items() if name in _STATED}
    doubts: list[Said] = []
    faults: list[Said] = []
    if known is None:
        if "kind" not in values:
            values["kind"] = kind_in(values["name"])
            doubts.append(("kind", f"没有写明类型，按名称登记为“{values['kind'].label}”"))
        faults += _already_there(values, others)
    elif _is_bare_year(values["approved_on"]):
        del values["approved_on"]  # the day that is known says more
    whole = {**(known or {}), **values}
    return Settled(values, (*faults, *_faults(whole)), tuple(doubts))


def _is_bare_year(day: date) -> bool:
    return (day.month, day.day) == (1, 1)


def _already_there(new: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Iterator[Said]:
    """Each recognition is counted once: one of another year may be the same, told with another day."""
    alike = [each for each in others if (each["level"], each["kind"]) == (new["level"], new["kind"])]
    for each in alike:
        if each["archived_at"]:
            if each["approved_on"].year == new["approved_on"].year:
                yield "name", f"“{each['name']}”已归档，需要时请在企业页恢复"
        elif not each["withdrawn_on"] and not new.get("withdrawn_on"):
            told = f"{each['level'].label}{each['kind'].label}“{each['name']}”（{each['approved_on']} 认定）"
            yield "approved_on", f"该企业已有{told}，请核对；确是另一个的请在企业页登记"


def _faults(whole: Mapping[str, Any]) -> Iterator[Said]:
    given, withdrawn, reviewed = whole["approved_on"], whole.get("withdrawn_on"), whole.get("reviewed_on")
    begun, built = whole.get("builds_from"), whole.get("builds_until")
    if begun and built and built < begun:
        yield "builds_until", "建设期的结束早于开始，请核对"
    if reviewed and reviewed < given:
        yield "reviewed_on", "评估日期早于认定日期，请核对"
    if withdrawn and withdrawn < given:
        yield "withdrawn_on", "撤销日期早于认定日期，请核对"
    if withdrawn and not whole.get("withdrawn_reason"):
        yield "withdrawn_reason", "请填写撤销原因"
    if whole.get("withdrawn_reason") and not withdrawn:
        yield "withdrawn_on", "写了撤销原因，请填写撤销日期"


INSTITUTIONS = ListKind(
    "institution", "研发机构", _COLUMNS, ("name", "level", "approved_on"), _STORED, _key, _settle,
    ("approved_on", "reviewed_on", "withdrawn_on"), _above,
)  # fmt: skip
