"""The pages: one blueprint a resource."""

from flask import Flask

from crm.views import (
    annual_figures,
    archivings,
    assets,
    contacts,
    duplicates,
    events,
    firms,
    flags,
    health,
    home,
    ip_rights,
    password_resets,
    passwords,
    recognition_endings,
    recognitions,
    sessions,
    unlockings,
    users,
)

_RESOURCES = [
    annual_figures,
    archivings,
    assets,
    contacts,
    duplicates,
    events,
    firms,
    flags,
    health,
    home,
    ip_rights,
    password_resets,
    passwords,
    recognition_endings,
    recognitions,
    sessions,
    unlockings,
    users,
]


def register(app: Flask) -> None:
    for resource in _RESOURCES:
        app.register_blueprint(resource.blueprint)
