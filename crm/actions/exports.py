"""Lists leave as workbooks: every row that the filter finds, counted in the file, with a trace."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from crm import clock
from crm.actions.events import Author, record_event
from crm.actions.tasks import Progress, unwatched, work
from crm.actions.uploads import exports_folder
from crm.extensions import db
from crm.models import Task, User
from crm.queries.firm_filter import VIEWS, FirmFilter
from crm.queries.firms import firm_ids
from crm.queries.ledger import ledger_columns, ledger_rows, listed_columns
from pipelines.sheets.columns import heading
from pipelines.sheets.writing import BoundColumn, Target, write_table
from pipelines.vocabulary import EventKind, TaskKind

_ROWS_BETWEEN_REPORTS = 1000


def export_firms(
    wanted: FirmFilter,
    columns: Sequence[BoundColumn],
    viewer: User | None,
    by: Author,
    target: Target,
    progress: Progress = unwatched,
) -> int:
    """Write all rows of a list and answer how many there were; nobody takes a list out without a trace."""
    ids = firm_ids(wanted, viewer, clock.today())
    made = f"制表：{by.name}　{clock.now().astimezone(clock.OFFICE_ZONE):%Y-%m-%d %H:%M}　范围：{view_label(wanted)}"
    count = write_table(
        target,
        columns,
        _watched(ledger_rows(ids, columns), len(ids), progress),
        sheet_name="企业台账",
        unit_row="单位：万元",
        footer_lines=lambda rows: [f"共 {rows} 家", made],
    )
    titles = [heading(column, year) for column, year in columns]
    record_event(EventKind.EXPORTED, by, None, {"filter": wanted.to_args(), "columns": titles, "count": count})
    db.session.commit()
    return count


def export_arguments(wanted: FirmFilter, *, whole: bool, with_contacts: bool) -> dict[str, Any]:
    """What a task needs to know to export a list: the columns it shows, or the whole ledger."""
    return {
        "filter": wanted.to_args(),
        "whole": whole,
        "with_contacts": with_contacts,
        "file": f"{secrets.token_hex(16)}.xlsx",
        "file_name": file_name(wanted),
    }


def file_name(wanted: FirmFilter) -> str:
    return f"企业台账_{clock.today():%Y%m%d}_{view_label(wanted)}.xlsx"


def view_label(wanted: FirmFilter) -> str:
    """The name of the built-in view that has these conditions, whatever its order."""
    conditions = wanted.conditions()
    return next((label for label, view in VIEWS.values() if view.conditions() == conditions), "筛选")


def exported_file(task: Task) -> Path:
    return exports_folder() / task.arguments["file"]


@work(TaskKind.EXPORT)
def _export(arguments: dict[str, Any], by: Author, progress: Progress) -> str:
    viewer = db.session.get(User, by.user_id) if by.user_id else None
    wanted, with_contacts = FirmFilter.from_args(arguments["filter"]), arguments["with_contacts"]
    whole = arguments["whole"]
    columns = ledger_columns(with_contacts) if whole else listed_columns(wanted.cols, with_contacts)
    path = exports_folder() / arguments["file"]
    path.touch(mode=0o600)
    count = export_firms(wanted, columns, viewer, by, path, progress)
    return f"已导出 {count:,} 家。"


def _watched(rows: Iterable[list[Any]], total: int, progress: Progress) -> Iterator[list[Any]]:
    for done, row in enumerate(rows):
        if done % _ROWS_BETWEEN_REPORTS == 0:
            progress(done, total)
        yield row
