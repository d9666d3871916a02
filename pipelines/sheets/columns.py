"""The column table: import, export, template and the labels of forms speak the same words, since they read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipelines.sheets.spellings import ENDINGS, SPELLINGS, TITLE_NAMES
from pipelines.vocabulary import Title, Word

Scope = Literal["firm", "figures", "contact", "recognition", "derived", "row", "item"]
Cell = Literal[
    "name", "names", "uscc", "text", "long_text", "date", "year", "day", "term", "money", "people", "count", "percent",
    "phone", "email", "yes_no", "status", "levy_mode", "township", "industry", "tech_field", "owner", "number",
    "word", "application_year", "points", "area", "heads",
]  # fmt: skip


_TITLES = {title.value: title for title in Title}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a ledger.

    field is the attribute of the model that keeps the value (Firm, AnnualFigures, Contact); for a recognition it is
    "<title>.<attribute>". unit is how the cell is written when its title says nothing. Columns of the scope "derived"
    are computed: exported, recognised on import, never stored; those of the scope "row" speak of the row itself, those
    of "item" of a thing on a list (lists.py). words: the words a cell "word" may hold, each with its other spellings.
    """

    field: str
    title: str
    aliases: tuple[str, ...]
    cell: Cell
    scope: Scope
    unit: str | None = None
    required: bool = False
    longest: int = 200
    words: tuple[tuple[Word, str], ...] = ()

    @property
    def word(self) -> Title:
        """The title a column of the scope "recognition" belongs to."""
        return _TITLES[self.field.partition(".")[0]]

    @property
    def attribute(self) -> str:
        """The field without the title of its recognition."""
        return self.field.rpartition(".")[2]


def _firm(
    field: str, title: str, cell: Cell, unit: str | None = None, required: bool = False, longest: int = 200
) -> Column:
    return Column(field, title, SPELLINGS.get(field, ()), cell, "firm", unit, required, longest)


def _money(field: str, title: str) -> Column:
    return Column(field, title, SPELLINGS.get(field, ()), "money", "figures", "万元")


def _other(scope: Scope, field: str, title: str, cell: Cell, unit: str | None = None, longest: int = 60) -> Column:
    key = field if scope in ("figures", "recognition") else f"{scope}.{field}"
    return Column(field, title, SPELLINGS.get(key, ()), cell, scope, unit, False, longest)


def _recognition(title: Title, number: str = "编号", day: str = "认定日期") -> tuple[Column, ...]:
    """The columns of one title: its number, the day it was given, the day it ends."""
    names = TITLE_NAMES[title].split()

    def part(attribute: str, ending: str, cell: Cell) -> Column:
        field = f"{title}.{attribute}"
        spellings = [name + end for name in names for end in ENDINGS[attribute]]
        aliases = tuple(dict.fromkeys([*spellings, *SPELLINGS.get(field, ())]))
        return Column(field, names[0] + ending, aliases, cell, "recognition", longest=40)

    return (
        part("certificate_no", number, "text"),
        part("recognized_on", day, "day"),
        part("valid_until", "有效期至", "date"),
    )


FIRM_COLUMNS = (
    _firm("name", "企业名称", "name", required=True, longest=120),
    _firm("uscc", "统一社会信用代码", "uscc", required=True),
    _firm("former_names", "曾用名", "names", longest=120),
    _firm("status", "经营状态", "status"),
    _firm("township_id", "镇街", "township"),
    _firm("park", "园区", "text", longest=60),
    _firm("address", "地址", "text"),
    _firm("founded_on", "成立日期", "date"),
    _firm("registered_capital", "注册资本", "money", unit="万元"),
    _firm("legal_representative", "法定代表人", "text", longest=60),
    _firm("industry_code", "行业", "industry"),
    _firm("tech_field_code", "技术领域", "tech_field"),
    _firm("levy_mode", "征收方式", "levy_mode"),
    _firm("above_scale", "是否规上", "yes_no"),
    _firm("main_products", "主营产品", "long_text", longest=2000),
    _firm("owner_id", "责任人", "owner"),
    _firm("liaison", "包联干部", "text", longest=60),
    _firm("remark", "备注", "long_text", longest=2000),
)

FIGURE_COLUMNS = (
    _money("sales_revenue", "销售收入"),
    _money("operating_revenue", "营业收入"),
    _money("main_business_revenue", "主营业务收入"),
    _money("total_income", "总收入"),
    _money("non_taxable_income", "不征税收入"),
    _money("high_tech_revenue", "高新技术产品(服务)收入"),
    _money("main_product_revenue", "主要产品(服务)收入"),
    _money("rd_spend", "研发费用"),
    _money("rd_spend_domestic", "境内研发费用"),
    _money("rd_spend_accounting", "研发费用(会计口径)"),
    _money("rd_spend_deduction", "研发费用(加计扣除口径)"),
    _money("rd_spend_statistics", "研发费用(统计口径)"),
    _money("cost", "成本费用总额"),
    _money("net_profit", "净利润"),
    _money("tax_paid", "上缴税费"),
    _money("total_assets", "资产总额"),
    _money("total_liabilities", "负债总额"),
    _money("net_assets", "净资产"),
    _other("figures", "staff", "职工总数(年平均)", "people", "人"),
    _other("figures", "tech_staff", "科技人员(年平均)", "people", "人"),
    _other("figures", "conversions", "科技成果转化数", "count", "项"),
)

CONTACT_COLUMNS = (
    _other("contact", "name", "联系人", "text"),
    _other("contact", "position", "职务", "text"),
    _other("contact", "phone", "手机", "phone"),
    _other("contact", "email", "邮箱", "email", longest=120),
)

RECOGNITION_COLUMNS = (
    *_recognition(Title.TECH_SME),
    *_recognition(Title.NATIONAL_TECH_SME, "入库编号", "入库日期"),
    *_recognition(Title.HIGH_TECH, "证书编号", "发证日期"),
    _other("recognition", "high_tech.term", "高企有效期", "term"),
    *_recognition(Title.LITTLE_GIANT),
    *_recognition(Title.LEADING),
    *_recognition(Title.INNOVATIVE_SME),
    *_recognition(Title.SRDI),
    *_recognition(Title.SRDI_LITTLE_GIANT),
    *_recognition(Title.GAZELLE),
    *_recognition(Title.UNICORN),
)

DERIVED_COLUMNS = (
    _other("derived", "tier", "现有层级", "text"),
    _other("derived", "rd_ratio", "研发费用占比", "percent", "%"),
    _other("derived", "tech_staff_ratio", "科技人员占比", "percent", "%"),
    _other("derived", "high_tech_ratio", "高品占比", "percent", "%"),
    _other("derived", "invention_patents", "发明专利", "count", "件"),
    _other("derived", "utility_models", "实用新型", "count", "件"),
    _other("derived", "designs", "外观设计", "count", "件"),
    _other("derived", "software_copyrights", "软件著作权", "count", "件"),
    _other("derived", "class_one_ip", "Ⅰ类知识产权", "count", "件"),
    _other("derived", "class_two_ip", "Ⅱ类知识产权", "count", "件"),
    _other("derived", "completeness", "资料完整度", "percent", "%"),
    _other("derived", "next_expiry_on", "最近到期日期", "date"),
    _other("derived", "latest_year", "最近数据年度", "year"),
    _other("derived", "updated_at", "更新时间", "date"),
    _other("derived", "high_tech_verdict", "高企判断", "text"),
    _other("derived", "shortlist", "高企候选档次", "text"),
    _other("derived", "gap_words", "高企只差一项", "long_text"),
    _other("derived", "rule_data", "高企所需数据完整度", "percent", "%"),
    _other("derived", "colour", "三色评价", "text"),
    _other("derived", "next_step", "下一步", "long_text"),
    _other("derived", "next_on", "下一步日期", "date"),
    _other("derived", "tags", "标签", "text"),
)

ROW_COLUMNS = (
    _other("row", "year", "年度", "year"),
    _other("row", "number", "序号", "number"),
    _other("row", "takes_deduction", "是否享受加计扣除", "yes_no"),
)

COLUMNS: tuple[Column, ...] = (
    *FIRM_COLUMNS,
    *FIGURE_COLUMNS,
    *CONTACT_COLUMNS,
    *RECOGNITION_COLUMNS,
    *DERIVED_COLUMNS,
    *ROW_COLUMNS,
)
_BY_FIELD = {(each.scope, each.field): each for each in COLUMNS}


def column(field: str, scope: Scope = "firm") -> Column:
    """The column that keeps a field; a wrong name is a mistake of ours and raises KeyError."""
    return _BY_FIELD[scope, field]


def has_column(field: str, scope: Scope) -> bool:
    return (scope, field) in _BY_FIELD


def heading(of: Column, year: int | None = None) -> str:
    """The title as it is exported and as the template shows it: 2025年销售收入(万元)."""
    unit = f"({of.unit})" if of.unit in ("万元", "%") else ""
    return f"{f'{year}年' if year else ''}{of.title}{unit}"


def headings(columns: Iterable[Column], year: int | None = None) -> list[str]:
    return [heading(each, year) for each in columns]
