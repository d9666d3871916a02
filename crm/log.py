"""The log: one JSON object a line in instance/log, so that nothing typed by a stranger can forge a line."""

import json
import logging
import secrets
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from flask import Flask, g, has_request_context, request

_BYTES, _FILES = 5_000_000, 5


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": record.getMessage(),
        } | _request()
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)  # ASCII: no direction-turning character reaches a terminal


def register(app: Flask) -> None:
    if app.testing:
        return
    folder = Path(app.instance_path) / "log"
    folder.mkdir(exist_ok=True)
    handler = RotatingFileHandler(folder / "crm.jsonl", maxBytes=_BYTES, backupCount=_FILES, delay=True)
    handler.setFormatter(JsonLine())
    handler.setLevel(logging.WARNING)
    app.logger.addHandler(handler)


def _request() -> dict[str, str]:
    if not has_request_context():
        return {}
    return {
        "method": request.method,
        "path": request.path,
        "address": request.remote_addr or "",
        "reference": reference(),
    }


def reference() -> str:
    """What a person reads aloud from an error page, and what stands in the line of the log."""
    if "error_reference" not in g:
        g.error_reference = secrets.token_hex(4)
    return g.error_reference
