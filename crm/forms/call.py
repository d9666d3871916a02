"""The forms of a yearly call: its day, and how many days before it is told."""

import re
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from crm.forms.fields import ChineseForm, DateField, LineField, OffsetsField
from crm.forms.validators import AtMost, Filled
from crm.queries.calls import DatedCall

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class CallDateForm(ChineseForm):
    closes_on = DateField("截止日期", [Filled()])
    hour = LineField("截止时刻", [AtMost(5)])
    notice_number = LineField("通知文号", [AtMost(60)])
    reason = LineField("变动原因", [AtMost(200)])

    @classmethod
    def of(cls, dated: DatedCall) -> "CallDateForm":
        known: Any = dated.history[0] if dated.history else None
        return cls(
            data={"closes_on": dated.on, "hour": dated.hour, "notice_number": known.notice_number if known else None}
        )

    def validate_hour(self, field: Field) -> None:
        if field.data and not _HOUR.fullmatch(field.data):
            raise ValidationError("截止时刻应为 17:00 这样的时刻")


class CallOffsetsForm(ChineseForm):
    days_before = OffsetsField("提前几天提醒", [Filled()])
    reason = LineField("为什么改", [AtMost(200)])
