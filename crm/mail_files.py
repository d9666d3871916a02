"""The mail back end of an office that has not named its server yet: each mail a file that any mail program opens."""

import os
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from flask_mailman.backends.base import BaseEmailBackend

from crm import clock


class EmailBackend(BaseEmailBackend):
    def hand_over(self, _sender: str, _to: str, written: bytes, meanwhile: Callable[[], None]) -> None:
        meanwhile()
        folder = Path(self.mailman.file_path)
        folder.mkdir(parents=True, exist_ok=True)
        now = clock.now().astimezone(clock.OFFICE_ZONE)
        file = folder / f"{now:%Y%m%d-%H%M%S}-{token_hex(4)}.eml"
        half = file.with_suffix(".part")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as kept:
            kept.write(written)
        os.replace(half, file)
