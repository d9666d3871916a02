"""How a workbook leaves the house."""

from io import BytesIO
from pathlib import Path
from typing import IO

from flask import Response, send_file

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(content: BytesIO | IO[bytes] | Path, file_name: str) -> Response:
    """The name may be Chinese: it travels as filename* of RFC 5987, with a plain one beside it."""
    if isinstance(content, BytesIO):
        content.seek(0)
    return send_file(content, mimetype=_XLSX, as_attachment=True, download_name=file_name)
