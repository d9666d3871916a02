"""Lists leave as workbooks: every row that the filter finds, counted in the file, with a trace.

Telephone numbers and addresses of people leave masked; whole only for a reason, which the file itself repeats.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.tasks import Progress, start_task, unwatched, work
from crm.actions.uploads import exports_folder
from crm.extensions import db
from crm.models import ExportRequest, ExportTemplate, Task, User
from crm.queries.export_columns import PRIVATE, Headed, headed_columns, is_private, plainly_headed
from crm.queries.firm_filter import VIEWS, FirmFilter
from crm.queries.firms import firm_ids
from crm.queries.imports import townships_of_firms
from crm.queries.ledger import ledger_columns, ledger_rows, listed_columns
from crm.queries.masking import masked
from crm.queries.places import township_order
from crm.queries.scope import top_townships
from pipelines.refusals import Refusal
from pipelines.sheets.columns import heading
from pipelines.sheets.writing import BoundColumn, Target, write_tables
from pipelines.vocabulary import EventKind, TaskKind

LISTED, WHOLE, TEMPLATE = "listed", "whole", "template:"
_LEDGER = "企业台账"
_ROWS_BETWEEN_REPORTS = 1000
_NOWHERE = "未填镇街"
_NO_TEMPLATE = "这个导出模板已被移除，没有导出。请重新选择导出方式。"


@dataclass(frozen=True)
class Layout:
    """How a list is laid out; name: of the template, where it is by one."""

    columns: Sequence[Headed]
    name: str = ""
    title: str = ""
    by_township: bool = False
    names_maker: bool = True


@dataclass(frozen=True)
class Disclosure:
    """Why whole telephone numbers leave, and who said yes beside the one who takes them."""

    reason: str
    approved_by: str | None = None


def plain_layout(columns: Sequence[BoundColumn]) -> Layout:
    return Layout(plainly_headed(columns))


def template_layout(template: ExportTemplate) -> Layout:
    columns = headed_columns(template, clock.today())
    return Layout(columns, template.name, template.title or "", template.by_township, template.names_maker)


def export_firms(
    wanted: FirmFilter,
    layout: Layout,
    viewer: User | None,
    by: Author,
    target: Target,
    progress: Progress = unwatched,
    disclosure: Disclosure | None = None,
) -> int:
    """Write all rows of a list and answer how many there were; nobody takes a list out without a trace."""
    ids = firm_ids(wanted, viewer, clock.today())
    at = f"{clock.now().astimezone(clock.OFFICE_ZONE):%Y-%m-%d %H:%M}"
    told = _told(disclosure if is_private(layout.columns) else None)
    read = [each.read for each in layout.columns]
    made = f"制表：{by.name}　{at}　范围：{view_label(wanted)}"
    report = _Report(len(ids), progress)
    count = write_tables(
        target,
        [each.written for each in layout.columns],
        ((name, report.watched(_let_out(own, read, whole=bool(told)))) for name, own in _sheets(ids, layout)),
        title=layout.title,
        above=[*_watermark(disclosure if told else None, by, at), "单位：万元"],
        footer_lines=lambda rows: [f"共 {rows} 家", *([made] if layout.names_maker else [])],
    )
    titles = [heading(column, year) for column, year in (each.written for each in layout.columns)]
    template = {"list": layout.name} if layout.name else {}
    about = {"filter": wanted.to_args(), "columns": titles, "count": count, **template, **told}
    record_event(EventKind.EXPORTED, by, None, about)
    db.session.commit()
    return count


def ask_export(wanted: FirmFilter, choice: str, reason: str | None, by: Author) -> Task | ExportRequest:
    """Start the export, or ask a second person for it where it would take out many whole telephone numbers."""
    viewer = _viewer(by)
    layout = _layout(choice, wanted)
    told = reason if is_private(layout.columns) else None
    arguments = export_arguments(wanted, choice, told)
    if told and (count := len(firm_ids(wanted, viewer, clock.today()))) > current_app.config["EXPORT_APPROVAL_ROWS"]:
        return _ask(arguments, told, count, by)
    return start_task(TaskKind.EXPORT, arguments, by)


def export_arguments(wanted: FirmFilter, choice: str = LISTED, reason: str | None = None) -> dict[str, Any]:
    """What a task needs to know to export a list."""
    return {
        "filter": wanted.to_args(),
        "choice": choice,
        "reason": reason,
        "file": f"{secrets.token_hex(16)}.xlsx",
        "file_name": file_name(wanted, _layout(choice, wanted).name),
    }


def file_name(wanted: FirmFilter, template: str = "") -> str:
    name = template.replace("/", "、").replace("\\", "、") or _LEDGER
    return f"{name}_{clock.today():%Y%m%d}_{view_label(wanted)}.xlsx"


def view_label(wanted: FirmFilter) -> str:
    """The name of the built-in view that has these conditions, whatever its order."""
    conditions = wanted.conditions()
    return next((label for label, view in VIEWS.values() if view.conditions() == conditions), "筛选")


def exported_file(task: Task) -> Path:
    return exports_folder() / task.arguments["file"]


@work(TaskKind.EXPORT)
def _export(arguments: dict[str, Any], by: Author, progress: Progress) -> str:
    wanted, reason = FirmFilter.from_args(arguments["filter"]), arguments["reason"]
    layout = _layout(arguments["choice"], wanted)
    disclosure = Disclosure(reason, arguments.get("approved_by")) if reason else None
    path = exports_folder() / arguments["file"]
    path.touch(mode=0o600)
    count = export_firms(wanted, layout, _viewer(by), by, path, progress, disclosure)
    return f"已导出 {count:,} 家。"


def _viewer(by: Author) -> User | None:
    return db.session.get(User, by.user_id) if by.user_id else None


def _layout(choice: str, wanted: FirmFilter) -> Layout:
    if not choice.startswith(TEMPLATE):
        return plain_layout(ledger_columns() if choice == WHOLE else listed_columns(wanted.cols))
    number = choice.removeprefix(TEMPLATE)
    template = db.session.get(ExportTemplate, int(number)) if number.isdecimal() and len(number) < 10 else None
    if template is None:
        raise Refusal(_NO_TEMPLATE)
    return template_layout(template)


def _ask(arguments: dict[str, Any], reason: str, count: int, by: Author) -> ExportRequest:
    request = ExportRequest(asked_by_id=by.user_id, arguments=arguments, reason=reason, count=count)
    db.session.add(request)
    about = {"list": arguments["file_name"], "filter": arguments["filter"], "count": count, "reason": reason}
    record_event(EventKind.EXPORT_ASKED, by, None, about)
    db.session.commit()
    return request


def _told(disclosure: Disclosure | None) -> dict[str, str]:
    """What the event says of whole telephone numbers that left."""
    if disclosure is None:
        return {}
    approved = {"approved_by": disclosure.approved_by} if disclosure.approved_by else {}
    return {"contacts": "whole", "reason": disclosure.reason, **approved}


def _watermark(disclosure: Disclosure | None, by: Author, at: str) -> list[str]:
    if disclosure is None:
        return []
    approved = f"　批准：{disclosure.approved_by}" if disclosure.approved_by else ""
    return [f"含完整联系方式，仅限本次用途　导出：{by.name}　{at}　事由：{disclosure.reason}{approved}"]


def _sheets(ids: Sequence[int], layout: Layout) -> Iterable[tuple[str, Sequence[int]]]:
    """One sheet, or one a township, with the areas inside it, in the county's order; who has none comes last."""
    if not layout.by_township or not ids:
        return [(layout.name or _LEDGER, ids)]
    homes, names, tops = townships_of_firms(), township_order(), top_townships()
    by_home: dict[int | None, list[int]] = defaultdict(list)
    for firm_id in ids:
        home = homes.get(firm_id)
        by_home[tops.get(home, home) if home else None].append(firm_id)
    return [(name, by_home[home]) for home, name in (*names.items(), (None, _NOWHERE)) if home in by_home]


def _let_out(ids: Sequence[int], columns: Sequence[BoundColumn], whole: bool) -> Iterator[list[Any]]:
    private = [
        (place, column.field)
        for place, (column, _) in enumerate(columns)
        if column.scope == "contact" and column.field in PRIVATE
    ]
    for row in ledger_rows(ids, columns):
        for place, field in () if whole else private:
            if row[place]:
                row[place] = masked(field, row[place])
        yield row


class _Report:
    """How far an export is, over all its sheets."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def watched(self, rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
        for row in rows:
            if self._done % _ROWS_BETWEEN_REPORTS == 0:
                self._progress(self._done, self._total)
            self._done += 1
            yield row
