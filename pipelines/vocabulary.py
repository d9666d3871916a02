"""The words of the house: each identifier is born together with its Chinese label."""

from enum import StrEnum


class Word(StrEnum):
    """A member's value is what is stored and what stands in URLs; its label is what people read."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "Word":
        """label has a default only so that Tier("high_tech") looks a member up for type checkers, too."""
        if not label:
            raise TypeError(f"{value} has no label")
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Role(Word):
    """Who somebody is in this house; what each may do stands in crm/permissions.py."""

    ADMINISTRATOR = "administrator", "管理员"
    SECTION_CHIEF = "section_chief", "科长"
    OFFICER = "officer", "科员"
    TOWNSHIP_OFFICER = "township_officer", "镇街专干"
    DIRECTOR = "director", "局领导"
    AUDITOR = "auditor", "审计员"


class Tier(Word):
    """The ladder, lowest rung first. Where a firm stands is computed from its recognitions."""

    PROSPECT = "prospect", "潜在"
    TECH_SME = "tech_sme", "省科小"
    HIGH_TECH = "high_tech", "高企"
    LITTLE_GIANT = "little_giant", "科技小巨人"
    LEADING = "leading", "科技领军"


class Title(Word):
    """What a firm can be recognised as: the rungs of the ladder and what stands beside it."""

    TECH_SME = "tech_sme", "省科技型中小企业"
    NATIONAL_TECH_SME = "national_tech_sme", "国家科技型中小企业"
    HIGH_TECH = "high_tech", "高新技术企业"
    LITTLE_GIANT = "little_giant", "科技小巨人"
    LEADING = "leading", "科技领军企业"
    INNOVATIVE_SME = "innovative_sme", "创新型中小企业"
    SRDI = "srdi", "专精特新中小企业"
    SRDI_LITTLE_GIANT = "srdi_little_giant", "专精特新“小巨人”"
    GAZELLE = "gazelle", "瞪羚企业"
    UNICORN = "unicorn", "独角兽企业"


class RecognitionEnd(Word):
    """Why a recognition stopped before, or at, the end of its term."""

    EXPIRED = "expired", "到期未续"
    CANCELLED = "cancelled", "取消资格"
    MOVED_AWAY = "moved_away", "迁出"
    DEREGISTERED = "deregistered", "注销"


class Movement(Word):
    """How a firm's place on the ladder changed between two days."""

    NEW = "new", "新增"
    PROMOTED = "promoted", "升级"
    LAPSED = "lapsed", "失效"
    LEFT = "left", "离开"


class ChangeKind(Word):
    """What a recognition changes in a firm's place on the ladder, dated to the day."""

    POSITION = "position", "层级变动"
    HOLDING = "holding", "有效资质变动"
    FIRST = "first", "首次认定"
    GRANTED = "granted", "认定"


class TallySpan(Word):
    """How long a stretch of days one tally sums up."""

    YEAR = "year", "年"
    MONTH = "month", "月"
    DAY = "day", "日"


class Measure(Word):
    """What a target counts in the records; a target of another kind is typed in by hand."""

    TECH_SME_STOCK = "tech_sme_stock", "省科小有效家数"
    HIGH_TECH_STOCK = "high_tech_stock", "高企有效家数"
    LITTLE_GIANT_STOCK = "little_giant_stock", "科技小巨人有效家数"
    LEADING_STOCK = "leading_stock", "科技领军企业有效家数"
    HIGH_TECH_FIRST = "high_tech_first", "首次认定高企家数"
    HIGH_TECH_GRANTED = "high_tech_granted", "认定高企家数（含重新认定）"
    INSTITUTIONS_NEW = "institutions_new", "新认定研发机构数"
    PROJECTS_STARTED = "projects_started", "立项项目数"
    KEY_PROJECTS_STARTED = "key_projects_started", "尖兵、领雁立项数"


class ReportKind(Word):
    """How long a stretch a report speaks of."""

    MONTHLY = "monthly", "月报"
    QUARTERLY = "quarterly", "季报"


class Stage(Word):
    """Where a candidacy is on its way to a title, in the order of an application; then how it may end."""

    CULTIVATING = "cultivating", "培育库"
    INTENDED = "intended", "拟申报"
    COACHING = "coaching", "辅导中"
    PREPARING = "preparing", "材料准备"
    SUBMITTED = "submitted", "已提交"
    COUNTY_REVIEW = "county_review", "县初审"
    RECOMMENDED = "recommended", "市推荐"
    PROVINCE_REVIEW = "province_review", "省评审"
    PUBLICIZED = "publicized", "公示"
    RECOGNIZED = "recognized", "认定"
    ABANDONED = "abandoned", "放弃"
    SHELVED = "shelved", "暂缓"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "撤回"


class MaterialState(Word):
    """How far a piece of an application's material is."""

    MISSING = "missing", "未交"
    DRAFT = "draft", "初稿"
    INCOMPLETE = "incomplete", "待补"
    CHECKED = "checked", "已核"


class VisitKind(Word):
    ON_SITE = "on_site", "上门"
    CALL = "call", "电话"
    IN_OFFICE = "in_office", "来访"
    MEETING = "meeting", "座谈"


class ReminderKind(Word):
    """What somebody is told of by mail."""

    APPLICATION_DEADLINE = "application_deadline", "申报截止"
    CERTIFICATE_EXPIRING = "certificate_expiring", "证书到期"
    FOLLOW_UP_DUE = "follow_up_due", "跟进到期"
    CANDIDACY_DUE = "candidacy_due", "培育对象到期"
    VISIT_OVERDUE = "visit_overdue", "该走访了"
    ANNUAL_REPORT_DUE = "annual_report_due", "高企年报"
    CALL_DUE = "call_due", "填报和申报期限"
    FIGURES_MISSING = "figures_missing", "缺上年数据"
    NAME_CHANGE_DUE = "name_change_due", "更名报告"
    ACCEPTANCE_DUE = "acceptance_due", "项目验收到期"
    REVIEW_DUE = "review_due", "研发机构评估到期"
    WEEKLY_DIGEST = "weekly_digest", "一周小结"


class CallSide(Word):
    """Whose deadline a call has."""

    FIRM = "firm", "企业"
    AUTHORITY = "authority", "主管部门"


class CallAudience(Word):
    """Who is told of a yearly call."""

    HIGH_TECH = "high_tech", "高企的责任人"
    NATIONAL_TECH_SME = "national_tech_sme", "国科小的责任人"
    SECTION = "section", "科长"


class ReminderStatus(Word):
    PENDING = "pending", "待发"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发"
    FAILED = "failed", "发送失败"
    HELD = "held", "待确认"
    CANCELLED = "cancelled", "不发"
    SKIPPED = "skipped", "已跳过"


class PotentialTier(Word):
    """How promising a firm is by the model: an order of the list, no judgement."""

    A = "a", "A 很有希望"
    B = "b", "B 有希望"
    C = "c", "C 可以培育"
    D = "d", "D 暂不突出"


class FirmStatus(Word):
    ACTIVE = "active", "在营"
    MOVED_AWAY = "moved_away", "迁出"
    DEREGISTERED = "deregistered", "注销"


class FiguresState(Word):
    """How far the sales of a firm are known: to the last full year, to an earlier one, nowhere. The three ways to
    count revenue are kept apart: one does not stand for another."""

    CURRENT = "current", "已有去年销售收入"
    OLDER = "older", "只有往年销售收入"
    NONE = "none", "没有销售收入"


class ContactRole(Word):
    LEGAL = "legal", "法人"
    FINANCE = "finance", "财务"
    RD = "rd", "研发"
    APPLICATION = "application", "申报联系人"
    OTHER = "other", "其他"


class LevyMode(Word):
    """How corporate income tax is levied; only audited accounts can carry the national programmes."""

    AUDITED = "audited", "查账征收"
    ASSESSED = "assessed", "核定征收"


class FlagKind(Word):
    """Entries of the negative list."""

    ABNORMAL_OPERATION = "abnormal_operation", "经营异常名录"
    SERIOUS_DISHONESTY = "serious_dishonesty", "严重违法失信"
    SAFETY_ACCIDENT = "safety_accident", "重大安全事故"
    QUALITY_ACCIDENT = "quality_accident", "重大质量事故"
    ENVIRONMENTAL_VIOLATION = "environmental_violation", "严重环境违法"
    RESEARCH_DISHONESTY = "research_dishonesty", "科研严重失信"


class IpClass(Word):
    ONE = "class_one_ip", "Ⅰ类知识产权"
    TWO = "class_two_ip", "Ⅱ类知识产权"


class IpKind(Word):
    """Kinds of intellectual property as 国科发火〔2016〕195号 三（二） lists them; trademarks count nowhere."""

    INVENTION = "invention", "发明专利"
    UTILITY_MODEL = "utility_model", "实用新型"
    DESIGN = "design", "外观设计"
    SOFTWARE = "software", "软件著作权"
    LAYOUT_DESIGN = "layout_design", "集成电路布图设计"
    PLANT_VARIETY = "plant_variety", "植物新品种"
    CROP_VARIETY = "crop_variety", "国家级农作物品种"
    NEW_DRUG = "new_drug", "国家新药"
    PROTECTED_TCM = "protected_tcm", "国家一级中药保护品种"
    TRADEMARK = "trademark", "商标"

    @property
    def ip_class(self) -> IpClass | None:
        """Its class by 195号 三（二）；None: a trademark, which counts nowhere."""
        return _IP_CLASSES.get(self)


_IP_CLASSES = {
    IpKind.INVENTION: IpClass.ONE,
    IpKind.LAYOUT_DESIGN: IpClass.ONE,
    IpKind.PLANT_VARIETY: IpClass.ONE,
    IpKind.CROP_VARIETY: IpClass.ONE,
    IpKind.NEW_DRUG: IpClass.ONE,
    IpKind.PROTECTED_TCM: IpClass.ONE,
    IpKind.UTILITY_MODEL: IpClass.TWO,
    IpKind.DESIGN: IpClass.TWO,
    IpKind.SOFTWARE: IpClass.TWO,
}


class IpStatus(Word):
    PENDING = "pending", "申请中"
    VALID = "valid", "有效"
    LAPSED = "lapsed", "失效"


class IpAcquisition(Word):
    SELF_DEVELOPED = "self_developed", "自主研发"
    TRANSFERRED = "transferred", "受让"
    DONATED = "donated", "受赠"
    MERGED = "merged", "并购"


class ApplicationKind(Word):
    FIRST = "first", "首次认定"
    RENEWAL = "renewal", "重新认定"


class ApplicationResult(Word):
    PENDING = "pending", "评审中"
    PASSED = "passed", "通过"
    FAILED = "failed", "未通过"
    WITHDRAWN = "withdrawn", "撤回"


class Verdict(Word):
    """What a single condition, or all of them together, comes to. Not known is never no."""

    MET = "met", "达标"
    NOT_MET = "not_met", "未达标"
    UNKNOWN = "unknown", "待补充"
    TO_CONFIRM = "to_confirm", "待核验"
    NOT_APPLICABLE = "not_applicable", "不适用"


class Programme(Word):
    """What a firm can be judged for; each has a folder of editions under pipelines/policies/."""

    HIGH_TECH = "high_tech", "高新技术企业"
    NATIONAL_TECH_SME = "national_tech_sme", "国家科技型中小企业"
    TECH_SME = "tech_sme", "省科技型中小企业"
    INNOVATIVE_SME = "innovative_sme", "创新型中小企业"
    SRDI = "srdi", "专精特新中小企业"
    SRDI_LITTLE_GIANT = "srdi_little_giant", "专精特新“小巨人”"
    RD_CENTRE = "rd_centre", "省高新技术企业研究开发中心"
    LITTLE_GIANT = "little_giant", "科技小巨人"
    LEADING = "leading", "科技领军企业"
    TRI_COLOR = "tri_color", "三色评价"


class AnswerKind(Word):
    """What an edition leaves to people."""

    ATTESTED = "attested", "人工核验项"
    POINTS = "points", "评分项"


class PartKind(Word):
    """What an application for 高企 is made of, as its forms number it."""

    PROJECT = "project", "研发活动（RD）"
    PRODUCT = "product", "高新技术产品（PS）"

    @property
    def code(self) -> str:
        return "RD" if self is PartKind.PROJECT else "PS"


class AttachedTo(Word):
    """What a file of a firm belongs to."""

    ANSWER = "answer", "核验佐证"
    VISIT = "visit", "走访"
    PROJECT = "project", "科技项目"


class AllianceKind(Word):
    """What several firms, or one with a foreign parent, have set up for research."""

    CONSORTIUM = "consortium", "创新联合体"
    FOREIGN_CENTRE = "foreign_centre", "外资研发中心"


class InstitutionLevel(Word):
    """Who recognised an R&D institution, the lowest first."""

    COUNTY = "county", "县级"
    CITY = "city", "市级"
    PROVINCE = "province", "省级"
    NATIONAL = "national", "国家级"


class InstitutionKind(Word):
    RD_CENTRE = "rd_centre", "研发中心"
    INSTITUTE = "institute", "企业研究院"
    KEY_INSTITUTE = "key_institute", "重点企业研究院"
    TECH_CENTRE = "tech_centre", "企业技术中心"
    ENGINEERING_CENTRE = "engineering_centre", "工程技术中心"
    KEY_LAB = "key_lab", "重点实验室"
    NEW_RD = "new_rd", "新型研发机构"
    OTHER = "other", "其他研发机构"


class ReviewResult(Word):
    """What a performance review of an institution found."""

    EXCELLENT = "excellent", "优秀"
    GOOD = "good", "良好"
    PASSED = "passed", "合格"
    TO_RECTIFY = "to_rectify", "限期整改"
    FAILED = "failed", "不合格"


class ProjectProgramme(Word):
    """Who called for a research project (科技项目)."""

    COUNTY = "county_plan", "科创祥符（县级）"
    VANGUARD = "vanguard", "尖兵"
    LEADING_GOOSE = "leading_goose", "领雁"
    NATIONAL = "national_plan", "国家级"
    OWN = "own", "自立项目"


class ProjectStage(Word):
    """Where a project stands, in the order it goes; then how it may end. 延期 and 变更 are steps that move nothing."""

    CALLED = "called", "需求征集"
    GUIDED = "guided", "榜单/指南发布"
    APPLIED = "applied", "申报"
    COUNTY_RECOMMENDED = "county_recommended", "县推荐"
    CITY_RECOMMENDED = "city_recommended", "市推荐"
    FORM_CHECK = "form_check", "形式审查"
    EVALUATION = "evaluation", "评审"
    PUBLICIZED = "publicized", "拟立项公示"
    APPROVED = "approved", "立项"
    CONTRACTED = "contracted", "任务书签订"
    UNDERWAY = "underway", "在研"
    MIDTERM = "midterm", "中期检查"
    ACCEPTANCE = "acceptance", "申请验收"
    ACCEPTED = "accepted", "验收通过"
    NOT_ACCEPTED = "not_accepted", "验收不通过"
    CONCLUDED = "concluded", "结题"
    APPRAISED = "appraised", "绩效评价"
    NOT_APPROVED = "not_approved", "未立项"
    TERMINATED = "terminated", "终止"
    REVOKED = "revoked", "撤销"
    EXTENDED = "extended", "延期"
    CHANGED = "changed", "变更"


class FileKind(Word):
    """The kinds of files that are kept, told by their content."""

    PDF = "pdf", "PDF"
    JPEG = "jpeg", "JPG"
    PNG = "png", "PNG"
    WEBP = "webp", "WebP"
    DOCX = "docx", "docx"
    XLSX = "xlsx", "xlsx"

    @property
    def is_picture(self) -> bool:
        return self in (FileKind.JPEG, FileKind.PNG, FileKind.WEBP)

    @property
    def mime(self) -> str:
        return _MIMES.get(self, f"image/{self.value}")


_OFFICE = "application/vnd.openxmlformats-officedocument"
_MIMES = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
}


class PolicyLevel(Word):
    NATIONAL = "national", "国家"
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县"


class PolicyStatus(Word):
    """Only an edition that is confirmed, or plainly proposed by this house, judges."""

    CONFIRMED = "confirmed", "已确认"
    PROPOSAL = "proposal", "建议方案"
    UNCONFIRMED = "unconfirmed", "待局里填写"


class Confidence(Word):
    """How sure we are of a number in an edition."""

    CHECKED = "V", "已与公布文本核对"
    WELL_KNOWN = "MH", "通行文本，未逐字核对"
    ROUGH = "MM", "大意正确，细节待核"
    UNKNOWN = "U", "未核实"
    PROPOSED = "P", "本系统建议"


class WhenMissed(Word):
    """What a missed condition means for this year's application."""

    FIXABLE = "fixable", "今年可补"
    NEXT_YEAR = "next_year", "今年已定，明年再看"
    RULED_OUT = "ruled_out", "不具备"


class TriColor(Word):
    GREEN = "green", "绿"
    YELLOW = "yellow", "黄"
    RED = "red", "红"


class ShortlistTier(Word):
    """How near a firm is to this year's certification."""

    READY = "a", "A 可直接申报"
    PAPERS_MISSING = "b", "B 补材料可报"
    ONE_GAP = "c", "C 一项短板可补"
    NEXT_YEAR = "d", "D 明年培育"
    RULED_OUT = "e", "E 不具备"


class ScoreOutlook(Word):
    """What a score range promises against the score that is asked for."""

    SAFE = "safe", "稳过"
    POSSIBLE = "possible", "有望"
    SHORT = "short", "不足"


class ModelLevel(Word):
    """How far the office's own results carry a model."""

    RULES = "rules", "规则分层（结果太少，不给百分比）"
    SHRUNK = "shrunk", "样本少，向演示模型收缩"
    LOCAL = "local", "本县结果训练"


class FeedbackVerdict(Word):
    """What an officer thinks of a firm's place in the order; never a label for training."""

    AGREE = "agree", "同意"
    TOO_HIGH = "too_high", "偏高"
    TOO_LOW = "too_low", "偏低"
    WRONG_DATA = "wrong_data", "数据有误"


class FeedbackReason(Word):
    DATA = "data", "数据错误"
    NOT_INTERESTED = "not_interested", "无意申报"
    WEAK_PAPERS = "weak_papers", "材料能力弱"
    OUTSIDE_FIELDS = "outside_fields", "技术不在领域"
    OTHER = "other", "其他"


class Unit(Word):
    """What a figure is counted in."""

    YUAN = "yuan", "元"
    PEOPLE = "people", "人"
    SHARE = "share", "比例"
    PIECES = "pieces", "件"
    ITEMS = "items", "项"
    TIMES = "times", "次"
    DAYS = "days", "天"
    YEARS = "years", "年"
    ITEMS_A_YEAR = "items_a_year", "项/年"
    POINTS = "points", "分"
    MULTIPLE = "multiple", "倍"
    YES_NO = "yes_no", "是否"
    TEXT = "text", "文字"


class RdFigure(Word):
    """The four research figures of a firm-year: they answer to four documents and never overwrite one another."""

    HIGH_TECH = "rd_spend", "高企口径"
    ACCOUNTING = "rd_spend_accounting", "会计口径"
    DEDUCTION = "rd_spend_deduction", "加计扣除口径"
    STATISTICS = "rd_spend_statistics", "统计口径"


class Divisor(Word):
    """What the conversions of a firm younger than three years are divided by."""

    ACTUAL_YEARS = "actual_years", "实际经营年数"
    THREE_YEARS = "three_years", "三年"


class Spent(Word):
    """When a Ⅱ类 right counts as used by an application."""

    CERTIFIED = "certified", "认定通过即视为已用"
    SUBMITTED = "submitted", "提交申报即视为已用"


class NegativeBase(Word):
    """What a growth rate on a negative base scores."""

    MANUAL = "manual", "0–10 分，由人工判断"
    ZERO = "zero", "计 0 分"


class GrowthBasis(Word):
    """Which years a growth rate was worked out from (195号 三（七）4)."""

    THREE_YEARS = "three_years", "近三年平均"
    LAST_TWO_YEARS = "last_two_years", "后两年"
    NO_BASE = "no_base", "无基数，计 0 分"
    NEGATIVE_BASE = "negative_base", "基数为负，须人工判断"
    UNKNOWN = "unknown", "数据不全"


class SignInOutcome(Word):
    SUCCEEDED = "succeeded", "成功"
    WRONG_PASSWORD = "wrong_password", "口令不对"  # noqa: S105 - an outcome, not a password
    UNKNOWN_ACCOUNT = "unknown_account", "账号不存在"
    LOCKED = "locked", "已锁定"
    INACTIVE = "inactive", "账号已停用"
    AWAITING_CODE = "awaiting_code", "待输入验证码"
    WRONG_CODE = "wrong_code", "验证码不对"


class ImportStatus(Word):
    READING = "reading", "读取中"
    PREVIEWED = "previewed", "待确认"
    APPLIED = "applied", "已导入"
    REFUSED = "refused", "未能导入"
    DISCARDED = "discarded", "已放弃"
    UNDONE = "undone", "已撤销"


class ImportKind(Word):
    """What a workbook brings, as the history of imports tells it apart."""

    LEDGER = "ledger", "企业台账"
    FIGURES = "figures", "年度数据"
    DEDUCTION = "deduction", "加计扣除"
    IP_RIGHT = "ip_right", "知识产权"
    APPLICATION = "application", "申报结果"
    RECOGNITION = "recognition", "认定名单"
    VISIT = "visit", "走访记录"
    INSTITUTION = "institution", "研发机构"
    PROJECT = "project", "科技项目"
    CONTACT = "contact", "联系人"
    SEVERAL = "several", "多种表格"


class FiguresSource(Word):
    """Where the figures of a workbook come from, the most reliable first."""

    TAX_RETURN = "tax_return", "汇算清缴"
    AUDIT = "audit", "审计报告"
    STATISTICS = "statistics", "统计报表"
    REPORTED = "reported", "企业填报"
    ESTIMATE = "estimate", "摸底估计"

    @property
    def rank(self) -> int:
        """The lower, the better."""
        return list(FiguresSource).index(self)


class RowOutcome(Word):
    """What an import will do with one row."""

    CREATE = "create", "新增"
    UPDATE = "update", "更新"
    UNCHANGED = "unchanged", "不变"
    DUPLICATE = "duplicate", "重复"
    QUESTION = "question", "待确认"
    FAULTY = "faulty", "有误"


class TaskStatus(Word):
    WAITING = "waiting", "等待中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
    INTERRUPTED = "interrupted", "已中断"  # never stored: a task that should be alive and gives no sign of it


class TaskKind(Word):
    """Work that may take longer than a page."""

    PREVIEW_IMPORT = "preview_import", "读取表格"
    APPLY_IMPORT = "apply_import", "导入数据"
    UNDO_IMPORT = "undo_import", "撤销导入"
    UNDO_BULK = "undo_bulk", "撤销批量办理"
    EXPORT = "export", "导出数据"
    TRY_EDITION = "try_edition", "试算新版本"
    EVALUATE = "evaluate", "判断全部企业"
    TRAIN_MODEL = "train_model", "训练潜力模型"
    SCORE_FIRMS = "score_firms", "给企业排序"
    MAKE_BACKUP = "make_backup", "备份"
    REHEARSE_BACKUP = "rehearse_backup", "恢复演练"


class ExportRequestStatus(Word):
    """What a second person said to a list with many whole telephone numbers."""

    WAITING = "waiting", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"


class BackupReason(Word):
    """Why a backup was made; part of its file name."""

    NIGHTLY = "nightly", "每日"
    BY_HAND = "by_hand", "手工"
    BEFORE_UPGRADE = "before_upgrade", "升级前"


class CheckState(Word):
    """What was found when the house looked at itself; danger keeps it from starting."""

    FINE = "fine", "正常"
    ATTENTION = "attention", "注意"
    DANGER = "danger", "危险"


class BulkKind(Word):
    """What is done to many firms of the list at a time."""

    ASSIGN = "assign", "分派"
    TAG = "tag", "加标签"
    UNTAG = "untag", "去标签"
    ARCHIVE = "archive", "归档"
    CAMPAIGN = "campaign", "纳入批次"
    EXPORT = "export", "导出"


class EventKind(Word):
    """Every deed leaves one event of one of these kinds."""

    FIRM_CREATED = "firm_created", "新增企业"
    FIRM_UPDATED = "firm_updated", "修改企业信息"
    FIRM_ARCHIVED = "firm_archived", "归档企业"
    FIRM_RESTORED = "firm_restored", "恢复企业"
    FIRM_TAGGED = "firm_tagged", "修改企业标签"
    TAG_SAVED = "tag_saved", "管理标签"
    BULK_DONE = "bulk_done", "批量办理"
    BULK_UNDONE = "bulk_undone", "撤销批量办理"
    FIRMS_MERGED = "firms_merged", "合并企业"
    MERGE_UNDONE = "merge_undone", "撤销合并"
    PAIR_SETTLED = "pair_settled", "标记不是重复"
    FIGURES_UPDATED = "figures_updated", "修改年度数据"
    CONTACT_SAVED = "contact_saved", "修改联系人"
    CONTACT_REMOVED = "contact_removed", "移除联系人"
    CONTACT_SHOWN = "contact_shown", "查看联系方式"
    IP_RIGHT_SAVED = "ip_right_saved", "修改知识产权"
    RECOGNITION_SAVED = "recognition_saved", "修改资质"
    APPLICATION_SAVED = "application_saved", "修改申报记录"
    FLAG_SAVED = "flag_saved", "修改负面清单"
    PROJECT_SAVED = "project_saved", "修改科技项目"
    PROJECT_MOVED = "project_moved", "科技项目阶段变更"
    PROJECT_ARCHIVED = "project_archived", "归档科技项目"
    PROJECT_RESTORED = "project_restored", "恢复科技项目"
    INSTITUTION_SAVED = "institution_saved", "修改研发机构"
    INSTITUTION_ARCHIVED = "institution_archived", "归档研发机构"
    INSTITUTION_RESTORED = "institution_restored", "恢复研发机构"
    ANSWERED = "answered", "填写核验和评分"
    DECIDED = "decided", "人工认定"
    VISIT_RECORDED = "visit_recorded", "记走访"
    VISIT_SAVED = "visit_saved", "修改走访"
    FOLLOW_UP_SAVED = "follow_up_saved", "跟进"
    REASSIGNED = "reassigned", "移交工作"
    TRAINING_SAVED = "training_saved", "修改培训"
    ATTENDED = "attended", "参加培训"
    REMINDERS_RELEASED = "reminders_released", "处理提醒"
    CALL_AUDIENCE_CHOSEN = "call_audience_chosen", "选定提醒对象"
    REMINDER_RULE_CHANGED = "reminder_rule_changed", "修改提醒规则"
    REMINDERS_STOPPED = "reminders_stopped", "停用提醒"
    REMINDERS_RESUMED = "reminders_resumed", "恢复提醒"
    CALL_DATED = "call_dated", "填写期限"
    ALLIANCE_SAVED = "alliance_saved", "修改联合体"
    ALLIANCE_JOINED = "alliance_joined", "联合体成员"
    TARGET_SAVED = "target_saved", "修改目标"
    TARGET_REMOVED = "target_removed", "移除目标"
    TARGETS_COPIED = "targets_copied", "复制目标"
    ACTUAL_ENTERED = "actual_entered", "填报完成数"
    REPORT_ISSUED = "report_issued", "印发简报"
    MUTED = "muted", "设置提醒种类"
    MODEL_TRAINED = "model_trained", "训练模型"
    MODEL_USED = "model_used", "启用模型"
    FIRMS_SCORED = "firms_scored", "给企业排序"
    FEEDBACK_GIVEN = "feedback_given", "反馈名单位次"
    PRE_SCORED = "pre_scored", "填写预评分"
    QUESTIONNAIRE_FILLED = "questionnaire_filled", "填写能力问卷"
    CANDIDACY_OPENED = "candidacy_opened", "新建培育对象"
    CANDIDACY_SAVED = "candidacy_saved", "修改培育对象"
    STAGE_MOVED = "stage_moved", "阶段变更"
    MOVES_UNDONE = "moves_undone", "撤销移动"
    MATERIAL_CHECKED = "material_checked", "核对材料"
    PART_SAVED = "part_saved", "修改研发活动和产品"
    CAMPAIGN_SAVED = "campaign_saved", "修改申报批次"
    CAMPAIGN_FROZEN = "campaign_frozen", "锁定候选名单"
    ATTACHMENT_REMOVED = "attachment_removed", "移除文件"
    READING_CHANGED = "reading_changed", "修改口径设置"
    EDITION_DRAFTED = "edition_drafted", "提交政策版本"
    EDITION_CONFIRMED = "edition_confirmed", "启用政策版本"
    VIEW_SAVED = "view_saved", "保存视图"
    VIEW_ARCHIVED = "view_archived", "作废视图"
    VIEW_RESTORED = "view_restored", "恢复视图"
    IMPORT_PREVIEWED = "import_previewed", "预览导入"
    IMPORT_REFUSED = "import_refused", "未能导入"
    IMPORT_MAPPED = "import_mapped", "对应导入的列"
    MAPPING_FORGOTTEN = "mapping_forgotten", "忘记列的对应"
    IMPORT_ANSWERED = "import_answered", "处理待确认行"
    IMPORT_DISCARDED = "import_discarded", "放弃导入"
    IMPORT_APPLIED = "import_applied", "导入数据"
    IMPORT_UNDONE = "import_undone", "撤销导入"
    EXPORTED = "exported", "导出数据"
    EXPORT_ASKED = "export_asked", "申请导出联系方式"
    EXPORT_APPROVED = "export_approved", "批准导出"
    EXPORT_REFUSED = "export_refused", "不批准导出"
    EXPORT_TEMPLATE_SAVED = "export_template_saved", "保存导出模板"
    EXPORT_TEMPLATE_REMOVED = "export_template_removed", "移除导出模板"
    SIGNED_IN = "signed_in", "登录"
    SIGN_IN_FAILED = "sign_in_failed", "登录失败"
    CODE_ASKED = "code_asked", "口令通过，待验证码"
    SIGNED_OUT = "signed_out", "退出"
    SESSION_ENDED = "session_ended", "结束登录"
    ACCESS_REFUSED = "access_refused", "越权访问被拒"
    USER_SAVED = "user_saved", "修改账号"
    USER_UNLOCKED = "user_unlocked", "解除锁定"
    PASSWORD_CHANGED = "password_changed", "修改口令"  # noqa: S105 - a deed, not a password
    PASSWORD_RESET = "password_reset", "重置口令"  # noqa: S105 - a deed, not a password
    CODES_SET_UP = "codes_set_up", "启用两步验证"
    CODES_REMOVED = "codes_removed", "停用两步验证"
    CODES_RESET = "codes_reset", "重置两步验证"
    RECOVERY_CODES_MADE = "recovery_codes_made", "生成恢复码"
    RECOVERY_CODE_USED = "recovery_code_used", "使用恢复码"
    TOWNSHIP_SAVED = "township_saved", "修改镇街"
    INDUSTRY_SAVED = "industry_saved", "修改行业"
    REFERENCE_LOADED = "reference_loaded", "载入基础数据"
    BACKUP_MADE = "backup_made", "备份"
    BACKUP_DOWNLOADED = "backup_downloaded", "下载备份"
    BACKUP_REHEARSED = "backup_rehearsed", "恢复演练"
    RESTORED = "restored", "从备份恢复"
    DATABASE_MOVED = "database_moved", "迁移数据库"
    AUDIT_CHECKED = "audit_checked", "核验操作记录"
    EVENTS_PRUNED = "events_pruned", "清理到期记录"
