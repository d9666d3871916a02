"""Workbooks out of plain rows, for tests that upload one."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

TITLES = ("统一社会信用代码", "企业名称", "镇街", "成立日期", "2025年销售收入(万元)")


def a_workbook(rows: Sequence[Sequence[Any]], titles: Sequence[str] = TITLES, above: Sequence[str] = ()) -> BytesIO:
    """An xlsx with lines of text above the titles; None leaves a cell empty."""
    content = BytesIO()
    workbook = xlsxwriter.Workbook(content, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"})
    workbook.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 - equal rows make equal files
    sheet = workbook.add_worksheet("台账")
    for number, line in enumerate([*((text,) for text in above), titles, *rows]):
        for position, value in enumerate(line):
            if value is not None:
                sheet.write(number, position, value)
    workbook.close()
    content.seek(0)
    return content


def an_upload(rows: Sequence[Sequence[Any]], file_name: str = "台账.xlsx", **more: Any) -> dict[str, Any]:
    """The fields of the upload form."""
    return {"file": (a_workbook(rows, **more), file_name)}
