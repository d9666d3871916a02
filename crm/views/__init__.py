"""The pages: one blueprint a resource."""

from flask import Flask

from crm.views import assets

_RESOURCES = [
    assets,
]


def register(app: Flask) -> None:
    for resource in _RESOURCES:
        app.register_blueprint(resource.blueprint)
