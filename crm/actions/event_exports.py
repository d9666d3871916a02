"""The log as a workbook, for whoever audits; the export stands in the log itself."""

from collections.abc import Iterator
from typing import Any

from crm.actions.events import Author
from crm.actions.list_exports import list_column, write_list
from crm.clock import OFFICE_ZONE
from crm.queries.events import AuditEntry, EventFilter, audit_entries, number_of_entries
from pipelines.refusals import Refusal
from pipelines.sheets.writing import Target

EVENT_LIST = "操作记录"
_MOST = 100_000
_COLUMNS = [
    list_column("编号", "number"), list_column("时间", "text"), list_column("操作", "text"),
    list_column("操作人", "text"), list_column("方式", "text"), list_column("来源地址", "text"),
    list_column("企业", "name"), list_column("内容", "long_text"),
]  # fmt: skip


def export_events(asked: EventFilter, by: Author, target: Target) -> int:
    """Every entry the filter finds; phones and mails stay masked, as on the page."""
    if (count := number_of_entries(asked)) > _MOST:
        raise Refusal(f"符合条件的记录有 {count:,} 条，一次最多导出 {_MOST:,} 条。请缩小日期范围，分几次导出。")
    heading = "操作记录：新的在前，时间为北京时间"
    return write_list(EVENT_LIST, _COLUMNS, heading, _rows(asked), asked.to_args(), by, target, remark="", unit="条")


def _rows(asked: EventFilter) -> Iterator[list[Any]]:
    for each in audit_entries(asked):
        entry = each.entry
        at = f"{entry.at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M:%S}"
        yield [
            entry.id, at, entry.kind.label, entry.by_name, entry.through, each.address, each.firm_name, _content(each)
        ]  # fmt: skip


def _content(each: AuditEntry) -> str:
    entry = each.entry
    changes = [f"{change.label}：{change.old} → {change.new}" for change in entry.changes]
    reason = f"原因：{entry.reason}" if entry.reason else None
    return "；".join(part for part in (entry.subject, reason, *each.facts, *changes) if part)
