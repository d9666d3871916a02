"""The mail back end of an office that has not named its server yet: each mail a file that any mail program opens."""

import os
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any

from flask_mailman.backends.base import BaseEmailBackend

from crm import clock


class EmailBackend(BaseEmailBackend):
    def send_messages(self, messages: Sequence[Any]) -> int:
        folder = Path(self.mailman.file_path)
        folder.mkdir(parents=True, exist_ok=True)
        for message in messages:
            now = clock.now().astimezone(clock.OFFICE_ZONE)
            written = folder / f"{now:%Y%m%d-%H%M%S}-{token_hex(4)}.eml"
            half = written.with_suffix(".part")
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(message.message().as_bytes())
            os.replace(half, written)
        return len(messages)
