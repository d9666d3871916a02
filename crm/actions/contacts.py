"""Deeds on the people of a firm. Phones and mails never travel in a form: they are compared by their seal."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import current_app

from crm.actions.changes import (
    Opened,
    Plain,
    Saving,
    compare_and_write,
    firm_for_change,
    first_values,
    last_values,
    leave_trace,
    part_for_change,
)
from crm.actions.events import Author, record_event
from crm.extensions import db
from crm.models import Contact
from pipelines.vocabulary import EventKind

CONTACT_FIELDS = ("name", "role", "position", "phone", "email")
SEALED_FIELDS = frozenset({"phone", "email"})


def sealed(field: str, value: Plain) -> Plain:
    """A private value as something that can be compared but not read; other fields as they are."""
    if field not in SEALED_FIELDS or value is None:
        return value
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"{field}:{value}".encode(), hashlib.sha256).hexdigest()[:24]


def add_contact(firm_id: int, values: Mapping[str, Any], by: Author) -> Contact:
    """Sent twice, entered once: the same person with the same values is the first result again."""
    firm_for_change(firm_id)
    if twin := db.session.scalars(sa.select(Contact).filter_by(firm_id=firm_id, **values)).first():
        db.session.rollback()
        return twin
    contact = Contact(firm_id=firm_id, **values)
    db.session.add(contact)
    db.session.flush()
    leave_trace(firm_id, EventKind.CONTACT_SAVED, by, _about(contact) | {"changes": first_values(values)})
    db.session.commit()
    return contact


def update_contact(firm_id: int, contact_id: int, values: Mapping[str, Any], opened: Opened, by: Author) -> Saving:
    contact = part_for_change(Contact, firm_id, contact_id)
    saving = compare_and_write(contact, values, opened, comparable=sealed)
    if saving.changes:
        leave_trace(firm_id, EventKind.CONTACT_SAVED, by, _about(contact) | {"changes": saving.changes})
    db.session.commit()
    return saving


def remove_contact(firm_id: int, contact_id: int, by: Author) -> None:
    contact = part_for_change(Contact, firm_id, contact_id)
    told = _about(contact) | {"changes": last_values(contact, CONTACT_FIELDS)}
    db.session.delete(contact)
    leave_trace(firm_id, EventKind.CONTACT_REMOVED, by, told)
    db.session.commit()


def show_contact(firm_id: int, contact_id: int, by: Author) -> None:
    """Nobody reads a whole phone number without a trace; an archived firm's may be read too."""
    contact = db.session.get_one(Contact, contact_id)
    record_event(EventKind.CONTACT_SHOWN, by, firm_id, _about(contact))
    db.session.commit()


def _about(contact: Contact) -> dict[str, Any]:
    return {"subject": contact.name, "subject_id": contact.id}
