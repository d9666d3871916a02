"""The form of a contact. Phone and mail are typed anew or left as they are: a page never carries them back."""

import unicodedata
from typing import Any

from wtforms import BooleanField
from wtforms.validators import ValidationError

from crm.actions.changes import Plain, plain
from crm.actions.contacts import CONTACT_FIELDS, SEALED_FIELDS, sealed
from crm.forms.fields import LineField, WordField
from crm.forms.opened import OpenedForm
from crm.forms.validators import AtMost, EmailAddress, Filled, PhoneNumber
from crm.models import Contact
from crm.queries.masking import masked
from crm.queries.spoken import PART_LABELS, UNKNOWN
from pipelines.vocabulary import ContactRole

_LABELS = PART_LABELS["contact"]


class PhoneField(LineField):
    """Full-width digits are digits."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = self.data and unicodedata.normalize("NFKC", self.data)


class ContactForm(OpenedForm):
    part = "contact"

    name = LineField(_LABELS["name"], [Filled(), AtMost(60)])
    role = WordField(_LABELS["role"], ContactRole, blank=None, default=ContactRole.OTHER)
    position = LineField(_LABELS["position"], [AtMost(60)])
    phone = PhoneField(_LABELS["phone"], [AtMost(60), PhoneNumber()])
    email = LineField(_LABELS["email"], [AtMost(120), EmailAddress()])


class ContactEditForm(ContactForm):
    """An empty phone means: as it was. To have none, it is struck out by its own box."""

    without_phone = BooleanField("删去电话")
    without_email = BooleanField("删去邮箱")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact: Contact = kwargs["obj"]
        if not self.is_submitted():
            self.phone.data = self.email.data = None

    def validate_without_phone(self, field: BooleanField) -> None:
        if field.data and self.phone.data:
            raise ValidationError("填写了新电话，就不要再勾选删去电话")

    def validate_without_email(self, field: BooleanField) -> None:
        if field.data and self.email.data:
            raise ValidationError("填写了新邮箱，就不要再勾选删去邮箱")

    @property
    def values(self) -> dict[str, Any]:
        """A private field that was neither typed nor struck out is not part of the change."""
        struck = {name for name in SEALED_FIELDS if self[f"without_{name}"].data}
        typed = {name: self[name].data for name in CONTACT_FIELDS}
        return {
            name: None if name in struck else value
            for name, value in typed.items()
            if name not in SEALED_FIELDS or value is not None or name in struck
        }

    def comparable(self, row: Any, name: str) -> Plain:
        return sealed(name, plain(getattr(row, name)))

    def masked_now(self, name: str) -> str:
        now = getattr(self.contact, name)
        return masked(name, now) if now else UNKNOWN

    def remembered_fields(self) -> tuple[str, ...]:
        return CONTACT_FIELDS

    def take_over(self, name: str, row: Any) -> None:
        """What others changed shows in its field, unless it is private."""
        if name not in SEALED_FIELDS:
            super().take_over(name, row)

    def said(self, name: str, value: Plain) -> str:
        """Of a sealed value only what is typed and what stands can be told, the latter masked."""
        if name not in SEALED_FIELDS:
            return super().said(name, value)
        now = getattr(self.contact, name)
        if value is None:
            return UNKNOWN
        if value == sealed(name, now):
            return masked(name, now)
        return masked(name, self[name].data) if value == sealed(name, self[name].data) else "（已隐藏）"
