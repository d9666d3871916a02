"""How a workbook leaves the house."""

from io import BytesIO
from pathlib import Path
from typing import IO

from flask import Response, send_file

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(content: BytesIO | IO[bytes] | Path, file_name: str) -> Response:
    """The name may be Chinese: it travels as filename* of RFC 5987, with a plain one beside it."""
    return _sent(content, _XLSX, file_name)


def send_paper(content: BytesIO | Path, file_name: str) -> Response:
    return _sent(content, _DOCX, file_name)


def _sent(content: BytesIO | IO[bytes] | Path, kind: str, file_name: str) -> Response:
    if isinstance(content, BytesIO):
        content.seek(0)
    return send_file(content, mimetype=kind, as_attachment=True, download_name=file_name)
