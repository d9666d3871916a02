"""The form in which the office decides beside the computed judgement."""

from crm.forms.fields import ChineseForm, ChoiceField, DateField, LineField
from crm.forms.validators import AtMost, Filled
from crm.queries.decisions import choices_of
from pipelines.vocabulary import Programme, Word


class DecisionForm(ChineseForm):
    decided = ChoiceField("人工认定", blank="不作认定（收回）")
    reason = LineField("理由", [Filled(), AtMost(200)])
    until = DateField("有效期至")

    @classmethod
    def about(cls, programme: Programme) -> "DecisionForm":
        form = cls()
        form.decided.offer((each.value, each.label) for each in choices_of(programme))
        return form

    def word(self, programme: Programme) -> Word | None:
        return next((each for each in choices_of(programme) if each.value == self.decided.data), None)
