"""The forms of the rules of reminding and of a firm's stop."""

import re

from wtforms import Field
from wtforms.validators import ValidationError

from crm.forms.fields import ChineseForm, CountField, DateField, LineField
from crm.forms.validators import AtMost, Filled
from pipelines.reminders.planning import Rule, is_told_late
from pipelines.vocabulary import ReminderKind

_LONGEST = 730
_MOST = 12
_PARTED = re.compile(r"[、，,;；\s]+")


class RuleForm(ChineseForm):
    """days_before may be read out of a text like 60、30、7; to_chief says days before or, of what stays owed, after."""

    days_before = LineField("提前几天提醒", [AtMost(80)])
    to_chief = CountField("几天起抄送科长")
    reason = LineField("为什么改", [AtMost(200)])

    @classmethod
    def of(cls, kind: ReminderKind, rule: Rule) -> "RuleForm":
        to_chief = None if rule.to_chief is None else abs(rule.to_chief)
        return cls(data={"days_before": "、".join(map(str, rule.days_before)), "to_chief": to_chief}).about(kind)

    def about(self, kind: ReminderKind) -> "RuleForm":
        self.to_chief.label.text = "逾期几天抄送科长" if is_told_late(kind) else "到期前几天起抄送科长"
        return self

    @property
    def days(self) -> tuple[int, ...]:
        return tuple(int(part) for part in _PARTED.split(self.days_before.data or "") if part)

    def chief_of(self, kind: ReminderKind) -> int | None:
        days = self.to_chief.data
        return None if days is None else -int(days) if is_told_late(kind) else int(days)

    def validate_days_before(self, field: Field) -> None:
        parts = [part for part in _PARTED.split(field.data or "") if part]
        if not all(re.fullmatch(r"[0-9]{1,3}", part) and int(part) <= _LONGEST for part in parts):
            raise ValidationError(f"请写 0 至 {_LONGEST} 的天数，用顿号隔开，如 60、30、7、0")
        if len(parts) > _MOST:
            raise ValidationError(f"最多 {_MOST} 个天数")

    def validate_to_chief(self, field: Field) -> None:
        if field.data is not None and field.data > _LONGEST:
            raise ValidationError(f"不超过 {_LONGEST} 天")


class StopForm(ChineseForm):
    reason = LineField("原因", [Filled(), AtMost(200)])
    until = DateField("停用到")
