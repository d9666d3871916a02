"""How a list is to leave: in which layout, and for which reason if people's numbers are to be whole."""

from wtforms.validators import ValidationError

from crm.forms.fields import ChineseForm, ChoiceField, LineField
from crm.forms.validators import AtMost

SHORTEST_REASON = 4


class ExportForm(ChineseForm):
    choice = ChoiceField("导出方式", blank=None)
    reason = LineField("事由", [AtMost(200)])

    def validate_reason(self, field: LineField) -> None:
        if field.data and len(field.data) < SHORTEST_REASON:
            raise ValidationError(f"请写明用途（至少 {SHORTEST_REASON} 个字），如“通知高企申报培训”")


class ExportDecisionForm(ChineseForm):
    note = LineField("说明", [AtMost(200)])
