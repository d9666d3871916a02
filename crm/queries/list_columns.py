"""The columns a list of firms can show: the page, the column chooser and the export read this one table."""

from typing import Any, NamedTuple

from crm.models import Standing
from pipelines.sheets.columns import Scope


class ListColumn(NamedTuple):
    """key stands in URLs and names the value in a row; scope and field name the column of the workbook; kind says how
    it is written; order is what its head sorts by."""

    key: str
    title: str
    kind: str
    scope: Scope
    field: str
    order: Any = None
    is_usual: bool = True

    @property
    def is_number(self) -> bool:
        return self.kind in ("money", "share", "count", "year")


LIST_COLUMNS = (
    ListColumn("name", "企业名称", "name", "firm", "name", Standing.name_pinyin),
    ListColumn("uscc", "信用代码", "code", "firm", "uscc"),
    ListColumn("status", "经营状态", "word", "firm", "status", is_usual=False),
    ListColumn("township", "镇街", "text", "firm", "township_id"),
    ListColumn("industry", "行业", "text", "firm", "industry_code", is_usual=False),
    ListColumn("tech_field", "技术领域", "text", "firm", "tech_field_code", is_usual=False),
    ListColumn("tier", "层级", "word", "derived", "tier"),
    ListColumn("founded_on", "成立日期", "date", "firm", "founded_on", Standing.founded_on),
    ListColumn("latest_year", "数据年度", "year", "derived", "latest_year"),
    ListColumn("sales_revenue", "销售收入", "money", "figures", "sales_revenue", Standing.sales_revenue),
    ListColumn("rd_spend", "研发费用", "money", "figures", "rd_spend"),
    ListColumn("rd_ratio", "近三年研发占比 %", "share", "derived", "rd_ratio", Standing.rd_ratio),
    ListColumn("staff", "职工", "count", "figures", "staff"),
    ListColumn("tech_staff_ratio", "科技人员占比 %", "share", "derived", "tech_staff_ratio"),
    ListColumn("class_one_ip", "Ⅰ类", "count", "derived", "class_one_ip", Standing.class_one_ip),
    ListColumn("class_two_ip", "Ⅱ类", "count", "derived", "class_two_ip"),
    ListColumn("next_expiry_on", "最近到期", "date", "derived", "next_expiry_on", Standing.next_expiry_on),
    ListColumn("completeness", "完整度 %", "share", "derived", "completeness", Standing.completeness),
    ListColumn("high_tech_verdict", "高企判断", "word", "derived", "high_tech_verdict", is_usual=False),
    ListColumn("shortlist", "高企候选档次", "word", "derived", "shortlist", is_usual=False),
    ListColumn("gap_words", "高企只差一项", "text", "derived", "gap_words", is_usual=False),
    ListColumn("rule_data", "高企所需数据 %", "share", "derived", "rule_data", is_usual=False),
    ListColumn("colour", "三色评价", "word", "derived", "colour", is_usual=False),
    ListColumn("contact", "联系人", "text", "contact", "name", is_usual=False),
    ListColumn("phone", "电话", "phone", "contact", "phone", is_usual=False),
    ListColumn("owner", "责任人", "text", "firm", "owner_id"),
    ListColumn("next_step", "下一步", "text", "derived", "next_step", is_usual=False),
    ListColumn("next_on", "下一步日期", "date", "derived", "next_on", is_usual=False),
    ListColumn("tags", "标签", "text", "derived", "tags", is_usual=False),
)
SORTS = {column.key: column.order for column in LIST_COLUMNS if column.order is not None}
# The name is the link to the firm and always there.
CHOOSABLE = tuple(column.key for column in LIST_COLUMNS if column.key != "name")


def shown_columns(chosen: tuple[str, ...]) -> list[ListColumn]:
    """The columns asked for, in the table's order; nothing asked for: the usual ones."""
    if not chosen:
        return [column for column in LIST_COLUMNS if column.is_usual]
    return [column for column in LIST_COLUMNS if column.key == "name" or column.key in chosen]
