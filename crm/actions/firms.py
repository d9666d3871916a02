"""Deeds on a firm itself: enter it, correct it, put it away and take it back."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm import clock
from crm.actions.bulk import catch_up_sequence, free_firm_id
from crm.actions.changes import Changes, Opened, Saving, compare_and_write, firm_for_change, first_values, leave_trace
from crm.actions.events import Author
from crm.extensions import Base, begin_exclusive, db
from crm.models import Candidacy, Firm, FormerName, Industry, TechField, Township, User
from pipelines.names import normalised_name
from pipelines.refusals import Refusal
from pipelines.vocabulary import EventKind

# Kept as a key, told by its name: an event must be readable when the row it points at is gone.
_REFERENCES: dict[str, tuple[str, type[Base]]] = {
    "township_id": ("township", Township),
    "industry_code": ("industry", Industry),
    "tech_field_code": ("tech_field", TechField),
    "owner_id": ("owner", User),
}


def create_firm(values: Mapping[str, Any], by: Author) -> Firm:
    begin_exclusive()
    if db.session.scalar(sa.select(Firm.id).where(Firm.uscc == values["uscc"])):
        raise Refusal("该统一社会信用代码的企业已在库，未重复新增。")
    firm = Firm(id=free_firm_id(), **values, normalised_name=normalised_name(values["name"]))
    db.session.add(firm)
    db.session.flush()
    catch_up_sequence(Firm)
    changes = told_by_name(first_values(values))
    leave_trace(firm.id, EventKind.FIRM_CREATED, by, {"changes": changes})
    db.session.commit()
    return firm


def update_firm(firm_id: int, values: Mapping[str, Any], opened: Opened, by: Author) -> Saving:
    firm = firm_for_change(firm_id)
    old_name = firm.name
    with db.session.no_autoflush:
        saving = compare_and_write(firm, values, opened)
        _refuse_taken_uscc(firm)
    if saving.conflicts:
        db.session.rollback()
    elif saving.changes:
        _remember_name(firm, old_name)
        leave_trace(firm_id, EventKind.FIRM_UPDATED, by, {"changes": told_by_name(saving.changes)})
    db.session.commit()
    return saving


def archive_firm(firm_id: int, reason: str, by: Author) -> None:
    firm = firm_for_change(firm_id)
    firm.archived_at = clock.now()
    firm.archived_reason = reason
    _mark_candidacies(firm_id, is_archived=True)
    leave_trace(firm_id, EventKind.FIRM_ARCHIVED, by, {"reason": reason})
    db.session.commit()


def restore_firm(firm_id: int, reason: str, by: Author) -> None:
    begin_exclusive()
    db.session.expire_all()
    firm = db.session.get_one(Firm, firm_id)
    if firm.archived_at is None:
        raise Refusal("该企业没有归档，无需恢复。")
    if firm.merged_into_id:
        raise Refusal("该企业已合并到另一家企业。要恢复请撤销那次合并。")
    firm.archived_at = firm.archived_reason = None
    _mark_candidacies(firm_id, is_archived=False)
    leave_trace(firm_id, EventKind.FIRM_RESTORED, by, {"reason": reason})
    db.session.commit()


def _mark_candidacies(firm_id: int, *, is_archived: bool) -> None:
    own = sa.update(Candidacy).where(Candidacy.firm_id == firm_id)
    db.session.execute(own.values(is_archived=is_archived))


def _refuse_taken_uscc(firm: Firm) -> None:
    if db.session.scalar(sa.select(Firm.id).where(Firm.uscc == firm.uscc, Firm.id != firm.id)):
        raise Refusal("该统一社会信用代码已属于另一家在库企业，未作修改。")


def _remember_name(firm: Firm, old_name: str) -> None:
    """Another way of writing the same name (brackets, spaces) is not a renaming."""
    firm.normalised_name = normalised_name(firm.name)
    if normalised_name(old_name) != firm.normalised_name:
        former = FormerName(name=old_name, normalised_name=normalised_name(old_name), until_on=clock.today())
        firm.former_names.append(former)


def told_by_name(changes: Changes) -> Changes:
    return tuple(_reference_told(change) if change["field"] in _REFERENCES else change for change in changes)


def _reference_told(change: dict[str, Any]) -> dict[str, Any]:
    field, model = _REFERENCES[change["field"]]
    return {"field": field, "old": _name_of(model, change["old"]), "new": _name_of(model, change["new"])}


def _name_of(model: type[Base], key: Any) -> str | None:
    row = None if key is None else db.session.get(model, key)
    return getattr(row, "name", None)
