"""The forms of a title: entering or correcting it, and ending it before its time."""

from wtforms import BooleanField, Field
from wtforms.validators import ValidationError

from crm.forms.fields import ChineseForm, DateField, LineField, WordField
from crm.forms.opened import OpenedForm
from crm.forms.validators import AtMost, Chosen, Filled, NotInFuture
from crm.queries.spoken import PART_LABELS
from pipelines.vocabulary import RecognitionEnd, Title

_LABELS = PART_LABELS["recognition"]


class RecognitionForm(OpenedForm):
    part = "recognition"

    title = WordField(_LABELS["title"], Title, [Chosen()])
    certificate_no = LineField(_LABELS["certificate_no"], [AtMost(40)])
    batch = LineField(_LABELS["batch"], [AtMost(60)])
    recognized_on = DateField(_LABELS["recognized_on"], [Filled(), NotInFuture()])
    valid_until = DateField(_LABELS["valid_until"])
    is_renewal = BooleanField(_LABELS["is_renewal"])

    def validate_valid_until(self, field: Field) -> None:
        if field.data and self.recognized_on.data and field.data < self.recognized_on.data:
            raise ValidationError("有效期至不能早于认定日期")


class EndingForm(ChineseForm):
    ended_on = DateField(_LABELS["ended_on"], [Filled(), NotInFuture()])
    end_reason = WordField(_LABELS["end_reason"], RecognitionEnd, [Chosen()])
