"""Lists of research projects (科技项目): of one programme under its heading, or of several with a column for it.

A list enters projects and completes their record; it moves none from stage to stage: a move is signed and dated.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.projects import FINISHED, STAGES, record_faults
from pipelines.sheets.columns import Cell, Column
from pipelines.sheets.list_kind import ListKind, Said, Settled
from pipelines.sheets.titles import folded_title
from pipelines.vocabulary import ProjectProgramme, ProjectStage, Word

_PROGRAMMES = (
    (ProjectProgramme.COUNTY, "科创祥符 科创祥符计划 县级 县科技计划 县级科技计划 科创祥符攻关计划"),
    (ProjectProgramme.VANGUARD, "“尖兵” 尖兵计划 省尖兵 “尖兵”研发攻关计划 尖兵研发攻关计划"),
    (ProjectProgramme.LEADING_GOOSE, "“领雁” 领雁计划 省领雁 “领雁”研发攻关计划 领雁研发攻关计划"),
    (ProjectProgramme.NATIONAL, "国家 国家重点研发 国家重点研发计划 国家科技计划 国家级科技项目"),
    (ProjectProgramme.OWN, "自立 自主 企业自立 自主攻关 企业自主攻关 自主研发 企业自主 自选"),
)
_STAGE_WORDS = {
    ProjectStage.APPLIED: "已申报 申报中",
    ProjectStage.EVALUATION: "评审中 专家评审",
    ProjectStage.PUBLICIZED: "公示 公示中",
    ProjectStage.APPROVED: "已立项",
    ProjectStage.UNDERWAY: "实施中 进行中 执行中 研究中 在建",
    ProjectStage.ACCEPTANCE: "待验收 验收中",
    ProjectStage.ACCEPTED: "已验收 通过验收 验收合格",
    ProjectStage.CONCLUDED: "已结题",
    ProjectStage.TERMINATED: "已终止",
    ProjectStage.REVOKED: "已撤销 撤项",
    ProjectStage.NOT_APPROVED: "不立项 不予立项",
}
_STAGE_SPELLINGS = tuple((stage, _STAGE_WORDS.get(stage, "")) for stage in STAGES)
_SPELLINGS = {
    "title": "课题名称 项目题目 攻关项目名称 科技项目名称 研发项目名称 攻关项目",
    "programme": "计划类型 项目类别 项目类型 计划名称 项目级别 专项类别 所属计划",
    "number": "立项编号 项目号 任务书编号 合同编号 课题编号 计划编号",
    "partners": "参与单位 合作企业 联合单位 协作单位 参加单位 合作单位名称",
    "stage": "项目阶段 项目状态 进展阶段 实施状态 项目进度",
    "budget_total": "项目总经费 总投入 项目总投入 经费总额 项目预算 总预算 预算总额 项目总预算",
    "budget_subsidy": "补助 财政补助 补助金额 省补助 资助经费 财政经费 补助资金 专项经费",
    "budget_own": "自筹 自筹资金 企业自筹 企业自筹经费 自筹金额",
    "applied_on": "申报时间 申请日期 申请时间",
    "approved_on": "立项时间 立项年份 立项年度 下达日期 立项批复日期",
    "starts_on": "起始日期 开始时间 起始时间 实施开始日期 项目开始日期",
    "ends_on": "终止日期 结束时间 完成日期 完成时间 实施结束日期 项目结束日期",
    "acceptance_due_on": "应验收时间 验收期限 计划验收日期 验收截止日期 验收到期",
    "accepted_on": "验收时间 结题日期 通过验收日期 实际验收日期",
    "note": "说明 备注说明",
}


def _column(
    field: str, title: str, cell: Cell, words: tuple[tuple[Word, str], ...] = (), longest: int = 60,
    unit: str | None = None,
) -> Column:  # fmt: skip
    aliases = tuple(_SPELLINGS[field].split())
    return Column(field, title, aliases, cell, "item", unit=unit, longest=longest, words=words)


_COLUMNS = (
    _column("title", "项目名称", "text", longest=200),
    _column("programme", "计划类别", "word", _PROGRAMMES),
    _column("number", "项目编号", "text"),
    _column("stage", "阶段", "word", _STAGE_SPELLINGS),
    _column("partners", "合作单位", "long_text", longest=2000),
    _column("budget_total", "总经费", "money", unit="万元"),
    _column("budget_subsidy", "补助经费", "money", unit="万元"),
    _column("budget_own", "自筹经费", "money", unit="万元"),
    _column("applied_on", "申报日期", "date"),
    _column("approved_on", "立项日期", "day"),
    _column("starts_on", "开始日期", "date"),
    _column("ends_on", "结束日期", "date"),
    _column("acceptance_due_on", "应验收日期", "date"),
    _column("accepted_on", "验收日期", "date"),
    _column("note", "备注", "long_text", longest=2000),
)
_STATED = tuple(column.field for column in _COLUMNS)
_STORED = (*_STATED, "archived_at")  # what was put away is looked at, never written
_LIST_WORDS = ("名单", "清单", "公告", "公示", "公布", "通知", "一览表", "汇总表", "台账")
_IN_HEADINGS = (
    (ProjectProgramme.COUNTY, "科创祥符"), (ProjectProgramme.VANGUARD, "尖兵"),
    (ProjectProgramme.LEADING_GOOSE, "领雁"), (ProjectProgramme.NATIONAL, "国家重点研发"),
    (ProjectProgramme.NATIONAL, "国家级"), (ProjectProgramme.OWN, "自主攻关"), (ProjectProgramme.OWN, "自立项目"),
)  # fmt: skip
_SEPARATORS = re.compile(r"[、；;，,\n]+")


def _above(texts: Sequence[str]) -> Mapping[str, Any]:
    """The programme that a heading names; one that names several says nothing of a single row."""
    headings = [text for text in texts if any(word in text for word in _LIST_WORDS)]
    named = {programme for text in headings for programme, mark in _IN_HEADINGS if mark in text}
    return {"programme": named.pop()} if len(named) == 1 else {}


def _key(values: Mapping[str, Any]) -> tuple[Any, str] | None:
    """One project a firm, programme and title, however it is spaced. What was put away is not there any more."""
    title, programme = values.get("title"), values.get("programme")
    return (programme, folded_title(title)) if title and programme and not values.get("archived_at") else None


def _settle(stated: Mapping[str, Any], known: Mapping[str, Any] | None, others: Sequence[Mapping[str, Any]]) -> Settled:
    values = {name: value for name, value in stated.items() if name in _STATED}
    doubts: list[Said] = []
    faults = list(_already_there(values, known, others))
    if "partners" in values:
        values["partners"] = "\n".join(
            dict.fromkeys(filter(None, map(str.strip, _SEPARATORS.split(values["partners"]))))
        )
    if known:
        del values["title"]  # spaced otherwise it is the same title
        doubts += _stage_left_alone(values, known)
        if (day := values.get("approved_on")) and _is_less_exact(day, known.get("approved_on")):
            del values["approved_on"]
    else:
        doubts += _stage_of_new(values)
    whole = {**(known or {}), **values}
    if not known:
        since = _since(whole)
        values["stage_since"] = since
        if since is None:
            faults.append(("approved_on", "请填写申报日期或立项日期"))
    return Settled(values, (*faults, *record_faults(whole)), tuple(doubts))


def _stage_left_alone(values: dict[str, Any], known: Mapping[str, Any]) -> Iterator[Said]:
    stage = values.pop("stage", known["stage"])
    if stage is not known["stage"]:
        yield "stage", f"库中在“{known['stage'].label}”，阶段不随清单改动，请在项目页移动"


def _stage_of_new(values: dict[str, Any]) -> Iterator[Said]:
    """Nobody says where it stands: its days do."""
    if "stage" in values:
        return
    if values.get("accepted_on"):
        values["stage"] = ProjectStage.ACCEPTED
    else:
        values["stage"] = ProjectStage.UNDERWAY if values.get("approved_on") else ProjectStage.APPLIED
    yield "stage", f"没有写阶段，按日期登记为“{values['stage'].label}”"


def _since(whole: Mapping[str, Any]) -> Any:
    """The latest day that the record knows of the stage it stands in."""
    days = ["accepted_on"] if whole["stage"] in FINISHED else []
    return next((day for name in (*days, "approved_on", "applied_on") if (day := whole.get(name))), None)


def _is_less_exact(day: Any, known: Any) -> bool:
    """A year alone is kept as its first day; a known day of that year says more."""
    return known is not None and (day.month, day.day) == (1, 1) and day.year == known.year


def _already_there(
    values: Mapping[str, Any], known: Mapping[str, Any] | None, others: Sequence[Mapping[str, Any]]
) -> Iterator[Said]:
    for each in others:
        number = values.get("number")
        if number and each["number"] == number and not each["archived_at"]:
            yield "number", f"编号与库中另一项目“{each['title']}”相同，请核对"
        if known is None and each["archived_at"] and _key({**each, "archived_at": None}) == _key(values):
            yield "title", f"“{each['title']}”已归档，需要时请在项目页恢复"


PROJECTS = ListKind(
    "project", "科技项目", _COLUMNS, ("title", "programme"), _STORED, _key, _settle,
    ("applied_on", "approved_on", "accepted_on"), _above,
)  # fmt: skip
