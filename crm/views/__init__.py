"""The pages: one blueprint a resource."""

from flask import Flask

from crm.views import (
    annual_figures,
    archivings,
    assets,
    contacts,
    duplicates,
    events,
    export_files,
    exports,
    faulty_rows,
    firms,
    flags,
    health,
    home,
    import_answers,
    import_columns,
    import_confirmations,
    import_discardings,
    import_templates,
    imports,
    ip_rights,
    password_resets,
    passwords,
    policies,
    recognition_endings,
    recognitions,
    sessions,
    task_runs,
    tasks,
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
    export_files,
    exports,
    faulty_rows,
    firms,
    flags,
    health,
    home,
    import_answers,
    import_columns,
    import_confirmations,
    import_discardings,
    import_templates,
    imports,
    ip_rights,
    password_resets,
    passwords,
    policies,
    recognition_endings,
    recognitions,
    sessions,
    task_runs,
    tasks,
    unlockings,
    users,
]


def register(app: Flask) -> None:
    for resource in _RESOURCES:
        app.register_blueprint(resource.blueprint)
