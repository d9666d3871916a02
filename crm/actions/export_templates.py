"""Deeds on the templates by which lists are handed out."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm.actions.changes import first_values, plain
from crm.actions.events import Author, record_event
from crm.extensions import begin_exclusive, db
from crm.models import ExportTemplate
from crm.queries.export_columns import template_values
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def add_template(values: Mapping[str, Any], by: Author) -> ExportTemplate:
    begin_exclusive()
    _refuse_taken(values["name"], None)
    template = ExportTemplate(**values, made_by=by.name)
    db.session.add(template)
    db.session.flush()
    _trace(template, EventKind.EXPORT_TEMPLATE_SAVED, by, first_values(template_values(template)))
    db.session.commit()
    return template


def update_template(template_id: int, values: Mapping[str, Any], seen_version: int, by: Author) -> ExportTemplate:
    begin_exclusive()
    template = _wanted(template_id)
    if template.version != seen_version:
        raise Refusal("在您编辑期间，另有人保存了这个模板，您的修改没有保存。请打开最新的模板再改。")
    _refuse_taken(values["name"], template_id)
    before = template_values(template)
    for field, value in values.items():
        setattr(template, field, value)
    now = template_values(template)
    changes = [
        {"field": field, "old": plain(before[field]), "new": plain(now[field])}
        for field in now
        if now[field] != before[field]
    ]
    if changes or db.session.is_modified(template):
        _trace(template, EventKind.EXPORT_TEMPLATE_SAVED, by, changes)
    db.session.commit()
    return template


def remove_template(template_id: int, by: Author) -> str:
    begin_exclusive()
    template = _wanted(template_id)
    name = template.name
    values = template_values(template)
    changes = [{"field": field, "old": plain(value), "new": None} for field, value in values.items()]
    _trace(template, EventKind.EXPORT_TEMPLATE_REMOVED, by, changes)
    db.session.delete(template)
    db.session.commit()
    return name


def _wanted(template_id: int) -> ExportTemplate:
    template = db.session.get(ExportTemplate, template_id, populate_existing=True)
    if template is None:
        raise Refusal("这个导出模板已被移除，未作修改。")
    return template


def _refuse_taken(name: str, besides: int | None) -> None:
    taken = db.session.scalar(sa.select(ExportTemplate.id).where(ExportTemplate.name == name))
    if taken is not None and taken != besides:
        raise Refusal(f"已有名为“{name}”的导出模板，请换一个名称。")


def _trace(template: ExportTemplate, kind: EventKind, by: Author, changes: Any) -> None:
    record_event(kind, by, None, {"subject": template.name, "subject_id": template.id, "changes": changes})
