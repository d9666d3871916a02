"""The commands, one module a subject, all under `flask`."""

from flask import Flask


def register(app: Flask) -> None:
    pass
