"""The forms of the rules of reminding and of a firm's stop."""

from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from crm.forms.fields import ChineseForm, CountField, DateField, LineField, OffsetsField
from crm.forms.validators import AtMost, Filled
from pipelines.reminders.planning import LATEST, MARKED, Rule, furthest, is_told_late
from pipelines.vocabulary import ReminderKind


class RuleForm(ChineseForm):
    """The three steps. to_chief says days before or, of what stays owed, after."""

    days_before = OffsetsField("提前几天提醒", [Filled()])
    to_chief = CountField("几天起抄送科长")
    high_risk = CountField("逾期多久标高风险")
    reason = LineField("为什么改", [AtMost(200)])

    @classmethod
    def of(cls, kind: ReminderKind, rule: Rule) -> "RuleForm":
        to_chief = None if rule.to_chief is None else abs(rule.to_chief)
        return cls(data={"days_before": rule.days_before, "to_chief": to_chief, "high_risk": rule.high_risk}).about(
            kind
        )

    def about(self, kind: ReminderKind) -> "RuleForm":
        """What may be chosen is what the records are looked through for; the yearly calls have days of their own."""
        if kind not in MARKED:
            del self.high_risk
        if kind is ReminderKind.CALL_DUE:
            del self.days_before
        else:
            self.days_before.furthest = furthest(kind)
        self.to_chief.label.text = "逾期几天抄送科长" if is_told_late(kind) else "到期前几天起抄送科长"
        self.last_to_chief = LATEST if is_told_late(kind) else furthest(kind)
        return self

    def steps(self, kind: ReminderKind) -> dict[str, Any]:
        """What a decision about the kind says."""
        said = self.values
        to_chief, high_risk = said["to_chief"], said.get("high_risk")
        return {
            "days_before": said.get("days_before"),
            "to_chief": None if to_chief is None else -int(to_chief) if is_told_late(kind) else int(to_chief),
            "high_risk": None if high_risk is None else int(high_risk),
        }

    def validate_to_chief(self, field: Field) -> None:
        if field.data is not None and field.data > self.last_to_chief:
            raise ValidationError(f"{field.label.text}应为 0 至 {self.last_to_chief}，再多就到不了，可以不填")

    def validate_high_risk(self, field: Field) -> None:
        if field.data is not None and not 1 <= field.data <= _LATEST_MARK:
            raise ValidationError(f"{field.label.text}应为 1 至 {_LATEST_MARK}，可以不填")


_LATEST_MARK = 250  # working days: a year


class StopForm(ChineseForm):
    reason = LineField("原因", [Filled(), AtMost(200)])
    until = DateField("停用到")
