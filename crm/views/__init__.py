"""The pages: one blueprint a resource."""

from flask import Flask


def register(app: Flask) -> None:
    pass
