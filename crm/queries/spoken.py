"""Values out of events and forms, in words: labels from the column table, words from the vocabulary, money in 万元."""

from decimal import Decimal
from typing import Any

from crm.queries.masking import masked
from pipelines.sheets.columns import Scope, column, has_column
from pipelines.vocabulary import (
    AllianceKind,
    ApplicationKind,
    ApplicationResult,
    ContactRole,
    EventKind,
    FirmStatus,
    FlagKind,
    InstitutionKind,
    InstitutionLevel,
    IpAcquisition,
    IpKind,
    IpStatus,
    LevyMode,
    Measure,
    ProjectProgramme,
    ProjectStage,
    RecognitionEnd,
    ReviewResult,
    Role,
    Title,
    VisitKind,
    Word,
)

UNKNOWN = "—"
_WAN = 10_000
# What the column table of the ledgers does not hold: parts of a firm that have no column of their own there.
PART_LABELS: dict[str, dict[str, str]] = {
    "contact": {"name": "姓名", "role": "角色", "position": "职务", "phone": "电话", "email": "邮箱"},
    "ip_right": {
        "kind": "类型", "number": "编号", "name": "名称", "status": "状态", "applied_on": "申请日期",
        "granted_on": "授权日期", "acquired": "取得方式", "used_in_year": "已用于申报（年度）",
    },
    "recognition": {
        "title": "资质", "certificate_no": "证书编号", "batch": "批次", "recognized_on": "认定日期",
        "valid_until": "有效期至", "is_renewal": "重新认定", "ended_on": "终止日期", "end_reason": "终止原因",
    },
    "candidacy": {
        "target": "目标", "campaign_id": "批次", "owner_id": "责任人", "due_on": "要求完成", "is_renewal": "重新认定",
        "note": "备注",
    },
    "visit": {
        "visited_on": "日期", "kind": "方式", "people": "见了谁", "found": "情况", "need": "诉求",
        "next_on": "下次跟进", "files": "照片和文件", "by_name": "走访人",
    },
    "follow_up": {
        "what": "事项", "owner_id": "责任人", "due_on": "日期", "done_on": "办结", "outcome": "结果", "is_need": "诉求",
    },
    "application": {
        "programme": "项目", "year": "年度", "kind": "类型", "submitted_on": "提交日期", "decided_on": "结果日期",
        "result": "结果", "expert_score": "专家评分", "reason": "未通过原因",
    },
    "institution": {
        "level": "级别", "kind": "类型", "name": "机构名称", "approved_on": "认定日期", "document_number": "批准文号",
        "builds_from": "建设期开始", "builds_until": "建设期结束", "review_due_on": "评估到期",
        "reviewed_on": "评估日期", "review_result": "评估结果", "leader": "负责人",
        "staff": "研发人员", "area": "研发场地面积",
        "equipment": "科研设备原值", "withdrawn_on": "撤销日期", "withdrawn_reason": "撤销原因", "note": "备注",
    },
    "project": {
        "programme": "计划类别", "title": "项目名称", "number": "项目编号", "partners": "合作单位", "stage": "阶段",
        "owner_id": "责任人", "budget_total": "总经费", "budget_subsidy": "补助经费", "budget_own": "自筹经费",
        "applied_on": "申报日期", "approved_on": "立项日期", "starts_on": "开始日期", "ends_on": "结束日期",
        "acceptance_due_on": "应验收日期", "accepted_on": "验收日期", "note": "备注", "files": "文件",
        "stage_since": "进入阶段日期",
    },
    "flag": {"kind": "事项", "entered_on": "列入日期", "lifted_on": "解除日期", "note": "说明"},
    "alliance": {
        "kind": "类型", "name": "名称", "began_on": "起始日期", "ended_on": "结束日期", "document_number": "批准文号",
        "note": "备注",
    },
    "export_template": {
        "name": "名称", "title": "表格标题", "columns": "列", "by_township": "每个镇街一张表", "names_maker": "制表行",
    },
    "target": {
        "label": "目标", "unit": "单位", "value": "目标数", "counts": "统计口径", "is_headline": "“12345”总目标",
        "source": "来源",
    },
    "view": {
        "name": "名称", "conditions": "条件和样子", "is_shared": "共享", "opens_first": "自己先看",
        "opens_for": "先看的角色", "position": "位次",
    },
    "tag": {"tags": "标签", "name": "名称"},
    "township": {"name": "名称", "aliases": "其他写法", "within": "上级", "voided": "作废"},
    "industry": {"code": "代码", "name": "名称", "voided": "作废"},
    "user": {"name": "姓名", "email": "邮箱", "role": "角色", "township": "负责镇街", "active": "在用"},
}  # fmt: skip
# Events tell a reference by its name, under the name of what it refers to.
REFERENCES = {
    "township": "township_id",
    "industry": "industry_code",
    "tech_field": "tech_field_code",
    "owner": "owner_id",
}
_SCOPES: tuple[Scope, ...] = ("firm", "figures", "recognition")
_PARTS = {
    EventKind.CONTACT_SAVED: "contact",
    EventKind.CONTACT_REMOVED: "contact",
    EventKind.IP_RIGHT_SAVED: "ip_right",
    EventKind.RECOGNITION_SAVED: "recognition",
    EventKind.CANDIDACY_OPENED: "candidacy",
    EventKind.CANDIDACY_SAVED: "candidacy",
    EventKind.VISIT_RECORDED: "visit",
    EventKind.VISIT_SAVED: "visit",
    EventKind.FOLLOW_UP_SAVED: "follow_up",
    EventKind.APPLICATION_SAVED: "application",
    EventKind.FLAG_SAVED: "flag",
    EventKind.ALLIANCE_SAVED: "alliance",
    EventKind.EXPORT_TEMPLATE_SAVED: "export_template",
    EventKind.EXPORT_TEMPLATE_REMOVED: "export_template",
    EventKind.TARGET_SAVED: "target",
    EventKind.TARGET_REMOVED: "target",
    EventKind.INSTITUTION_SAVED: "institution",
    EventKind.PROJECT_SAVED: "project",
    EventKind.PROJECT_MOVED: "project",
    EventKind.VIEW_SAVED: "view",
    EventKind.USER_SAVED: "user",
    EventKind.FIRM_TAGGED: "tag",
    EventKind.TAG_SAVED: "tag",
    EventKind.TOWNSHIP_SAVED: "township",
    EventKind.INDUSTRY_SAVED: "industry",
}
_WORDS: dict[tuple[str, str], type[Word]] = {
    ("firm", "status"): FirmStatus,
    ("firm", "levy_mode"): LevyMode,
    ("contact", "role"): ContactRole,
    ("ip_right", "kind"): IpKind,
    ("ip_right", "status"): IpStatus,
    ("ip_right", "acquired"): IpAcquisition,
    ("recognition", "title"): Title,
    ("recognition", "end_reason"): RecognitionEnd,
    ("candidacy", "target"): Title,
    ("visit", "kind"): VisitKind,
    ("application", "programme"): Title,
    ("application", "kind"): ApplicationKind,
    ("application", "result"): ApplicationResult,
    ("flag", "kind"): FlagKind,
    ("alliance", "kind"): AllianceKind,
    ("target", "counts"): Measure,
    ("project", "programme"): ProjectProgramme,
    ("project", "stage"): ProjectStage,
    ("institution", "level"): InstitutionLevel,
    ("institution", "kind"): InstitutionKind,
    ("institution", "review_result"): ReviewResult,
    ("user", "role"): Role,
}

_MONEY = frozenset({
    ("institution", "equipment"), ("project", "budget_total"), ("project", "budget_subsidy"), ("project", "budget_own"),
})  # fmt: skip


def field_label(kind: EventKind, field: str, year: int | None = None) -> str:
    """研发费用, 2024年研发费用, 证书编号; a field that nobody knows any more keeps its own name."""
    part, name = _placed(kind, field)
    if part in PART_LABELS:
        return PART_LABELS[part].get(name, name)
    title = next((column(name, scope).title for scope in _SCOPES if has_column(name, scope)), name)
    return f"{year}年{title}" if year else title


def spoken(kind: EventKind, field: str, value: Any) -> str:
    """A plain value of an event as people say it."""
    return spoken_value(*_placed(kind, field), value)


def spoken_value(part: str, field: str, value: Any) -> str:
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return "是" if value else "否"
    if word := next((word for word in _WORDS.get((part, field), ()) if word.value == value), None):
        return word.label
    if field.startswith("contact."):
        return masked(field.removeprefix("contact."), str(value))
    if (part, field) in _MONEY or (part == "firm" and _is_money(field)):
        return wan_yuan_exact(Decimal(str(value))) + " 万元"
    return masked(field, str(value)) if part == "contact" else str(value)


def _placed(kind: EventKind, field: str) -> tuple[str, str]:
    """The part of the firm a change speaks of; an import says it in the field: contact.phone."""
    owner, _, attribute = field.partition(".")
    if attribute and owner in PART_LABELS:
        return owner, attribute
    return (_PARTS[kind], field) if kind in _PARTS else ("firm", REFERENCES.get(field, field))


def wan_yuan_exact(yuan: Decimal) -> str:
    """Yuan in 万元 without losing a fen: 1234567.89 → 123.456789."""
    return f"{(yuan / _WAN).normalize():,f}"


def spoken_through(through: str) -> str:
    """The door a deed came through: 导入 #12, 手工, 命令行."""
    door, _, number = through.partition(":")
    if door == "import":
        return f"导入 #{number}" if number else "导入"
    if door == "bulk":
        return f"批量办理 #{number}"
    return {
        "form": "手工",
        "command": "命令行",
        "system": "系统",
        "demo": "演示",
        "sign-in": "登录",
        "restoring": "恢复旧值",
    }.get(door, door)


def _is_money(field: str) -> bool:
    return any(has_column(field, scope) and column(field, scope).cell == "money" for scope in _SCOPES)
