"""A file → tables of rows. The file is never trusted: it is read by a child process with limits."""

from pathlib import Path

from pipelines.sheets.tables import Binding, Limits, Raw, SheetReading, SheetRow, Table

__all__ = ["Binding", "Limits", "Raw", "SheetReading", "SheetRow", "Table", "read_sheets"]


def read_sheets(path: Path, file_name: str, limits: Limits) -> SheetReading:
    """Read xlsx, xls or csv by content, not by name; raises Refusal with the cause and the way out."""
    raise NotImplementedError
