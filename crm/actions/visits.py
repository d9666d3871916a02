"""Deeds on visits."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.attachments import Given, attach
from crm.actions.changes import Opened, Saving, compare_and_write, firm_for_change, first_values, part_for_change
from crm.actions.events import Author, record_event
from crm.actions.mentions import note_mentions
from crm.actions.standings import refresh_standings
from crm.extensions import db
from crm.models import Candidacy, FollowUp, Visit
from pipelines.refusals import Refusal
from pipelines.vocabulary import AttachedTo, EventKind

_CALL_BACK = "回访"


def record_visit(firm_id: int, values: Mapping[str, Any], need: str | None, next_on: date | None, by: Author) -> Visit:
    """need: what the firm asked for, kept as something owed; next_on: when to follow up. The same form sent twice is
    the first result again."""
    firm_for_change(firm_id)
    if values["visited_on"] > clock.today():
        raise Refusal("走访日期不能晚于今天。")
    twin = sa.select(Visit).filter_by(firm_id=firm_id, by_id=by.user_id, **values)
    if known := db.session.scalar(twin):
        db.session.rollback()
        return known
    visit = Visit(firm_id=firm_id, by_id=by.user_id, by_name=by.name, **values)
    db.session.add(visit)
    db.session.flush()
    changes = list(first_values(values))
    for what, is_need in ((need, True), (None if need else _CALL_BACK, False)):
        if what and (is_need or next_on):
            _owe(visit, what, is_need, next_on, by)
            told = ("need", what) if is_need else ("next_on", str(next_on))
            changes.append({"field": told[0], "old": None, "new": told[1]})
    note_mentions("\n".join(filter(None, [visit.found, need])), firm_id, by, visit.id)
    touch_candidacies(firm_id, visit.visited_on)
    record_event(EventKind.VISIT_RECORDED, by, firm_id, {"subject_id": visit.id, "changes": changes})
    refresh_standings([firm_id], clock.today())
    db.session.commit()
    return visit


def update_visit(firm_id: int, visit_id: int, values: Mapping[str, Any], opened: Opened, by: Author) -> Saving:
    visit = part_for_change(Visit, firm_id, visit_id)
    if values["visited_on"] > clock.today():
        raise Refusal("走访日期不能晚于今天。")
    saving = compare_and_write(visit, values, opened)
    if saving.changes:
        record_event(EventKind.VISIT_SAVED, by, firm_id, {"subject_id": visit.id, "changes": list(saving.changes)})
        refresh_standings([firm_id], clock.today())
    db.session.commit()
    return saving


def add_photos(firm_id: int, visit_id: int, files: Iterable[Given], by: Author) -> int:
    visit = part_for_change(Visit, firm_id, visit_id)
    added = attach(firm_id, AttachedTo.VISIT, str(visit.id), files, by)
    if not added:
        raise Refusal("请选择要上传的照片或文件。")
    names = "、".join(each.file_name for each in added)
    change = {"field": "files", "old": None, "new": names}
    record_event(EventKind.VISIT_SAVED, by, firm_id, {"subject_id": visit.id, "changes": [change]})
    db.session.commit()
    return len(added)


def touch_candidacies(firm_id: int, on: date) -> None:
    """A visit and a finished follow-up set the clock of the firm's open candidacies back, see stages.STALE_AFTER."""
    still_open = sa.update(Candidacy).where(Candidacy.firm_id == firm_id, Candidacy.closed_on.is_(None))
    db.session.execute(still_open.where(Candidacy.active_on < on).values(active_on=on))


def _owe(visit: Visit, what: str, is_need: bool, due_on: date | None, by: Author) -> None:
    """A need without a day is due in a week: nobody's asking is left without a day."""
    due = due_on or date.fromordinal(visit.visited_on.toordinal() + 7)
    db.session.add(
        FollowUp(
            firm_id=visit.firm_id, visit_id=visit.id, is_need=is_need, what=what, owner_id=by.user_id, due_on=due,
            by_id=by.user_id, by_name=by.name,
        )
    )  # fmt: skip
