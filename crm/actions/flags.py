"""Deeds on a firm's entries in the negative list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm.actions.changes import firm_for_change, first_values, leave_trace, part_for_change, write
from crm.actions.events import Author
from crm.extensions import db
from crm.models import Flag
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def enter_flag(firm_id: int, values: Mapping[str, Any], by: Author) -> Flag:
    """A kind stands once at a time; the same form sent twice gives the first entry."""
    firm_for_change(firm_id)
    standing = sa.select(Flag).filter_by(firm_id=firm_id, kind=values["kind"], lifted_on=None)
    if twin := db.session.scalars(standing).first():
        return _first_result(twin, values)
    flag = Flag(firm_id=firm_id, **values)
    db.session.add(flag)
    db.session.flush()
    leave_trace(firm_id, EventKind.FLAG_SAVED, by, _about(flag) | {"changes": first_values(values)})
    db.session.commit()
    return flag


def lift_flag(firm_id: int, flag_id: int, lifted_on: date, by: Author) -> None:
    flag = part_for_change(Flag, firm_id, flag_id)
    if flag.lifted_on:
        raise Refusal("这条负面记录已经解除，不再重复登记。")
    if lifted_on < flag.entered_on:
        raise Refusal("解除日期不能早于列入日期。")
    changes = write(flag, {"lifted_on": lifted_on})
    leave_trace(firm_id, EventKind.FLAG_SAVED, by, _about(flag) | {"changes": changes})
    db.session.commit()


def _first_result(twin: Flag, values: Mapping[str, Any]) -> Flag:
    same = twin.entered_on == values["entered_on"]
    db.session.rollback()
    if not same:
        raise Refusal(f"该企业已有尚未解除的“{values['kind'].label}”，请先解除。")
    return twin


def _about(flag: Flag) -> dict[str, Any]:
    return {"subject": flag.kind.label, "subject_id": flag.id}
