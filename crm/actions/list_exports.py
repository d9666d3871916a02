"""A list of firms as a workbook, with who made it and a trace: what every list but the ledger itself leaves by."""

from collections.abc import Iterable, Sequence
from typing import Any

from crm import clock
from crm.actions.events import Author, record_event
from crm.extensions import db
from pipelines.sheets.columns import Cell, Column
from pipelines.sheets.writing import BoundColumn, Target, write_table
from pipelines.vocabulary import EventKind


def list_column(title: str, cell: Cell) -> BoundColumn:
    return Column("", title, (), cell, "derived"), None


def write_list(
    name: str,
    columns: Sequence[BoundColumn],
    heading: str,
    rows: Iterable[Sequence[Any]],
    conditions: dict[str, Any],
    by: Author,
    target: Target,
    remark: str = "系统预判，请以官方文件为准",
    unit: str = "家",
) -> int:
    """Every row the filter finds; answers how many. remark stands below the table ("": none)."""
    made = f"制表：{by.name}　{clock.now().astimezone(clock.OFFICE_ZONE):%Y-%m-%d %H:%M}"
    count = write_table(
        target,
        columns,
        rows,
        sheet_name=name,
        unit_row=heading,
        footer_lines=lambda written: [f"共 {written} {unit}", *([remark] if remark else []), made],
    )
    record_event(EventKind.EXPORTED, by, None, {"list": name, "filter": conditions, "count": count})
    db.session.commit()
    return count


def hand_out(name: str, about: str, count: int, by: Author, firm_id: int | None = None) -> None:
    """The trace of a file that leaves as it is: rows of an import, a firm's own papers."""
    record_event(EventKind.EXPORTED, by, firm_id, {"list": name, "subject": about, "count": count})
    db.session.commit()


def file_name(name: str, about: str = "") -> str:
    return f"{name}_{clock.today():%Y%m%d}{about and f'_{about}'}.xlsx"
