"""The commands, one module a subject, all under `flask`."""

from flask import Flask

from crm.cli import audit, judging, keeping, main_job, model, office, seeding, sheets, users


def register(app: Flask) -> None:
    audit.register(app)
    judging.register(app)
    keeping.register(app)
    main_job.register(app)
    model.register(app)
    office.register(app)
    seeding.register(app)
    sheets.register(app)
    users.register(app)
