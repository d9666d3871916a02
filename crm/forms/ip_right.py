"""The form of a piece of intellectual property."""

from datetime import date
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from crm.forms.fields import CountField, DateField, LineField, WordField
from crm.forms.opened import OpenedForm
from crm.forms.validators import AtMost, Chosen, Filled, NotInFuture, YearUpTo
from crm.queries.spoken import PART_LABELS
from pipelines.sheets.ip_rights import plain_number
from pipelines.vocabulary import IpAcquisition, IpKind, IpStatus

_LABELS = PART_LABELS["ip_right"]


class NumberOfRightField(LineField):
    """ZL 2021 1 0123456.7 and ｚｌ202110123456.7 are one number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = plain_number(self.data)


class IpRightForm(OpenedForm):
    part = "ip_right"

    kind = WordField(_LABELS["kind"], IpKind, [Chosen()])
    number = NumberOfRightField(_LABELS["number"], [Filled(), AtMost(60)])
    name = LineField(_LABELS["name"], [AtMost(200)])
    status = WordField(_LABELS["status"], IpStatus, blank=None, default=IpStatus.VALID)
    applied_on = DateField(_LABELS["applied_on"], [NotInFuture()])
    granted_on = DateField(_LABELS["granted_on"], [NotInFuture()])
    acquired = WordField(_LABELS["acquired"], IpAcquisition)
    used_in_year = CountField(_LABELS["used_in_year"], [YearUpTo(ahead=1)])

    def validate_granted_on(self, field: Field) -> None:
        if _is_before(field.data, self.applied_on.data):
            raise ValidationError("授权日期不能早于申请日期")
        if field.data and self.status.data is IpStatus.PENDING:
            raise ValidationError("申请中的知识产权没有授权日期，请改状态或清空日期")


def _is_before(day: Any, other: Any) -> bool:
    return isinstance(day, date) and isinstance(other, date) and day < other
