"""The commands, one module a subject, all under `flask`."""

from flask import Flask

from crm.cli import office, seeding, sheets, users


def register(app: Flask) -> None:
    office.register(app)
    seeding.register(app)
    sheets.register(app)
    users.register(app)
