"""Deeds on the R&D institutions of a firm."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.changes import (
    Opened,
    Saving,
    compare_and_write,
    firm_for_change,
    first_values,
    leave_trace,
    part_for_change,
    plain,
)
from crm.actions.events import Author
from crm.extensions import db
from crm.models import Institution
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind

# Two people may have moved one end each: (earlier, later, what to say).
_IN_ORDER = (
    ("builds_from", "builds_until", "建设期的结束不能早于开始，未作修改。"),
    ("approved_on", "withdrawn_on", "撤销日期不能早于认定日期，未作修改。"),
    ("approved_on", "reviewed_on", "评估日期不能早于认定日期，未作修改。"),
)


def add_institution(firm_id: int, values: Mapping[str, Any], by: Author) -> Institution:
    firm_for_change(firm_id)
    if twin := _twin(firm_id, values):
        return _first_result(twin, values)
    institution = Institution(firm_id=firm_id, **values)
    db.session.add(institution)
    db.session.flush()
    _trace(institution, EventKind.INSTITUTION_SAVED, by, changes=first_values(values))
    db.session.commit()
    return institution


def update_institution(
    firm_id: int, institution_id: int, values: Mapping[str, Any], opened: Opened, by: Author
) -> Saving:
    institution = _for_change(firm_id, institution_id)
    if twin := _twin(firm_id, values, besides=institution_id):
        raise Refusal(f"{_taken(twin)}，未作修改。")
    with db.session.no_autoflush:
        saving = compare_and_write(institution, values, opened)
        _refuse_disorder(institution)
    if saving.changes:
        _trace(institution, EventKind.INSTITUTION_SAVED, by, changes=saving.changes)
    db.session.commit()
    return saving


def archive_institution(firm_id: int, institution_id: int, reason: str, by: Author) -> None:
    """What was entered by mistake leaves every list and count. One that lost its recognition is withdrawn instead."""
    institution = _for_change(firm_id, institution_id)
    institution.archived_at, institution.archived_reason = clock.now(), reason
    _trace(institution, EventKind.INSTITUTION_ARCHIVED, by, reason=reason)
    db.session.commit()


def restore_institution(firm_id: int, institution_id: int, by: Author) -> None:
    institution = part_for_change(Institution, firm_id, institution_id)
    if institution.archived_at is None:
        raise Refusal("该研发机构没有归档，无需恢复。")
    same = {"level": institution.level, "kind": institution.kind, "approved_on": institution.approved_on}
    if twin := _twin(firm_id, {**same, "name": institution.name}):
        raise Refusal(f"{_taken(twin)}，没有恢复。")
    institution.archived_at = institution.archived_reason = None
    _trace(institution, EventKind.INSTITUTION_RESTORED, by)
    db.session.commit()


def _for_change(firm_id: int, institution_id: int) -> Institution:
    institution = part_for_change(Institution, firm_id, institution_id)
    if institution.archived_at:
        raise Refusal("该研发机构已归档，请先恢复再修改。")
    return institution


def _twin(firm_id: int, values: Mapping[str, Any], besides: int = 0) -> Institution | None:
    """The same recognition: of one level and kind, given on one day, or standing under one name."""
    same = Institution.approved_on == values["approved_on"]
    if not values.get("withdrawn_on"):
        same = sa.or_(same, sa.and_(Institution.name == values["name"], Institution.withdrawn_on.is_(None)))
    others = sa.select(Institution).where(
        Institution.firm_id == firm_id, Institution.level == values["level"], Institution.kind == values["kind"],
        Institution.archived_at.is_(None), Institution.id != besides, same,
    )  # fmt: skip
    return db.session.scalar(others.order_by(Institution.id).limit(1))


def _first_result(twin: Institution, values: Mapping[str, Any]) -> Institution:
    """The same form sent twice is the first result again; the same recognition told otherwise is a mistake."""
    same = all(plain(getattr(twin, name)) == plain(value) for name, value in values.items())
    taken = _taken(twin)
    db.session.rollback()
    if not same:
        raise Refusal(f"{taken}，未重复登记。")
    return twin


def _taken(twin: Institution) -> str:
    return f"该企业已有{twin.level.label}{twin.kind.label}“{twin.name}”（{twin.approved_on} 认定）"


def _refuse_disorder(institution: Institution) -> None:
    for earlier, later, sentence in _IN_ORDER:
        begin, end = getattr(institution, earlier), getattr(institution, later)
        if begin and end and end < begin:
            raise Refusal(sentence)


def _trace(institution: Institution, kind: EventKind, by: Author, **particulars: Any) -> None:
    about = {"subject": f"{institution.level.label} {institution.name}", "subject_id": institution.id}
    leave_trace(institution.firm_id, kind, by, about | particulars)
