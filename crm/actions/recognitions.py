"""Deeds on the titles of a firm."""

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
    write,
)
from crm.actions.events import Author
from crm.extensions import db
from crm.models import Recognition
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind


def add_recognition(firm_id: int, values: Mapping[str, Any], by: Author) -> Recognition:
    firm_for_change(firm_id)
    if twin := _of_the_day(firm_id, values):
        return _first_result(twin, values)
    recognition = Recognition(firm_id=firm_id, **values)
    db.session.add(recognition)
    db.session.flush()
    leave_trace(firm_id, EventKind.RECOGNITION_SAVED, by, _about(recognition) | {"changes": first_values(values)})
    db.session.commit()
    return recognition


def update_recognition(
    firm_id: int, recognition_id: int, values: Mapping[str, Any], opened: Opened, by: Author
) -> Saving:
    recognition = part_for_change(Recognition, firm_id, recognition_id)
    twin = _of_the_day(firm_id, values)
    if twin and twin is not recognition:
        raise Refusal("该企业在这一天已有同一资质，未作修改。")
    saving = compare_and_write(recognition, values, opened)
    if recognition.valid_until and recognition.valid_until < recognition.recognized_on:
        raise Refusal("有效期至不能早于认定日期，未作修改。")  # two people may have moved one end each
    if saving.changes:
        leave_trace(firm_id, EventKind.RECOGNITION_SAVED, by, _about(recognition) | {"changes": saving.changes})
    db.session.commit()
    return saving


def end_recognition(firm_id: int, recognition_id: int, values: Mapping[str, Any], by: Author) -> None:
    recognition = part_for_change(Recognition, firm_id, recognition_id)
    if recognition.ended_on:
        raise Refusal("该资质已经终止，不再重复登记。")
    if values["ended_on"] < recognition.recognized_on:
        raise Refusal("终止日期不能早于认定日期。")
    changes = write(recognition, values)
    leave_trace(firm_id, EventKind.RECOGNITION_SAVED, by, _about(recognition) | {"changes": changes})
    db.session.commit()


def _of_the_day(firm_id: int, values: Mapping[str, Any]) -> Recognition | None:
    same = sa.select(Recognition).filter_by(
        firm_id=firm_id, title=values["title"], recognized_on=values["recognized_on"]
    )
    return db.session.scalar(same)


def _first_result(twin: Recognition, values: Mapping[str, Any]) -> Recognition:
    same = all(plain(getattr(twin, name)) == plain(value) for name, value in values.items())
    db.session.rollback()
    if not same:
        raise Refusal("该企业在这一天已有同一资质，未重复新增。")
    return twin


def _about(recognition: Recognition) -> dict[str, Any]:
    return {"subject": recognition.title.label, "subject_id": recognition.id}
