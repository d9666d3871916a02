"""The forms of an alliance: itself, and its members."""

from wtforms import Field
from wtforms.validators import ValidationError

from crm.forms.fields import ChineseForm, DateField, LineField, ParagraphField, WordField
from crm.forms.pasted_firms import PastedFirmsForm
from crm.forms.validators import AtMost, Chosen, Filled
from pipelines.vocabulary import AllianceKind


class AllianceForm(ChineseForm):
    kind = WordField("类型", AllianceKind, [Chosen()])
    name = LineField("名称", [Filled(), AtMost(120)])
    began_on = DateField("起始日期", [Filled()])
    ended_on = DateField("结束日期")
    document_number = LineField("批准文号", [AtMost(60)])
    note = LineField("备注", [AtMost(200)], description="县外的成员写在这里")

    def validate_ended_on(self, field: Field) -> None:
        if field.data and self.began_on.data and field.data < self.began_on.data:
            raise ValidationError("结束日期不能早于起始日期")


class MembersForm(PastedFirmsForm):
    firms = ParagraphField("成员企业", [Filled(), AtMost(40_000)])
