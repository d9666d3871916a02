"""Deeds on a firm's intellectual property."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

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
from crm.models import IpRight
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def add_ip_right(firm_id: int, values: Mapping[str, Any], by: Author) -> IpRight:
    firm_for_change(firm_id)
    if twin := _with_number(firm_id, values["number"]):
        return _first_result(twin, values)
    ip_right = IpRight(firm_id=firm_id, **values)
    db.session.add(ip_right)
    db.session.flush()
    leave_trace(firm_id, EventKind.IP_RIGHT_SAVED, by, _about(ip_right) | {"changes": first_values(values)})
    db.session.commit()
    return ip_right


def update_ip_right(firm_id: int, ip_right_id: int, values: Mapping[str, Any], opened: Opened, by: Author) -> Saving:
    ip_right = part_for_change(IpRight, firm_id, ip_right_id)
    twin = _with_number(firm_id, values["number"])
    if twin and twin is not ip_right:
        raise Refusal(f"该企业已有编号为 {values['number']} 的知识产权，未作修改。")
    saving = compare_and_write(ip_right, values, opened)
    if saving.changes:
        leave_trace(firm_id, EventKind.IP_RIGHT_SAVED, by, _about(ip_right) | {"changes": saving.changes})
    db.session.commit()
    return saving


def _with_number(firm_id: int, number: str) -> IpRight | None:
    return db.session.scalar(sa.select(IpRight).filter_by(firm_id=firm_id, number=number))


def _first_result(twin: IpRight, values: Mapping[str, Any]) -> IpRight:
    """The same form sent twice is the first result again; the same number with other values is a mistake."""
    same = all(plain(getattr(twin, name)) == plain(value) for name, value in values.items())
    db.session.rollback()
    if not same:
        raise Refusal(f"该企业已有编号为 {values['number']} 的知识产权，未重复新增。")
    return twin


def _about(ip_right: IpRight) -> dict[str, Any]:
    return {"subject": f"{ip_right.kind.label} {ip_right.number}", "subject_id": ip_right.id}
