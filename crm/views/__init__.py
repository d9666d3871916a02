"""The pages: one blueprint a resource."""

from flask import Flask

from crm.views import assets, firms

_RESOURCES = [
    assets,
    firms,
]


def register(app: Flask) -> None:
    for resource in _RESOURCES:
        app.register_blueprint(resource.blueprint)
