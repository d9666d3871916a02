"""The commands, one module a subject, all under `flask`."""

from flask import Flask

from crm.cli import seeding


def register(app: Flask) -> None:
    seeding.register(app)
