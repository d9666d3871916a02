"""Who may come in: one place that lets nobody pass unless a rule says so."""

from flask import Flask


def register(app: Flask) -> None:
    pass
