"""The form of an R&D institution."""

from wtforms import Field
from wtforms.validators import ValidationError

from crm.forms.fields import CountField, DateField, LineField, NumberField, WanYuanField, WordField
from crm.forms.opened import OpenedForm
from crm.forms.validators import AtMost, Chosen, Filled, NotInFuture
from crm.queries.spoken import PART_LABELS
from pipelines.vocabulary import InstitutionKind, InstitutionLevel, ReviewResult

_LABELS = PART_LABELS["institution"]
_MOST_STAFF, _MOST_AREA = 100_000, 10_000_000


class InstitutionForm(OpenedForm):
    part = "institution"

    name = LineField(_LABELS["name"], [Filled(), AtMost(120)])
    level = WordField(_LABELS["level"], InstitutionLevel, [Chosen()])
    kind = WordField(_LABELS["kind"], InstitutionKind, [Chosen()])
    approved_on = DateField(_LABELS["approved_on"], [Filled(), NotInFuture()])
    document_number = LineField(_LABELS["document_number"], [AtMost(60)])
    builds_from = DateField(_LABELS["builds_from"])
    builds_until = DateField(_LABELS["builds_until"])
    review_due_on = DateField(_LABELS["review_due_on"])
    reviewed_on = DateField(_LABELS["reviewed_on"], [NotInFuture()])
    review_result = WordField(_LABELS["review_result"], ReviewResult, blank="未评估")
    leader = LineField(_LABELS["leader"], [AtMost(60)])
    staff = CountField(_LABELS["staff"], most=_MOST_STAFF)
    area = NumberField(_LABELS["area"], most=_MOST_AREA)
    equipment = WanYuanField(_LABELS["equipment"])
    withdrawn_on = DateField(_LABELS["withdrawn_on"], [NotInFuture()])
    withdrawn_reason = LineField(_LABELS["withdrawn_reason"], [AtMost(200)])
    note = LineField(_LABELS["note"], [AtMost(200)])

    def validate_builds_until(self, field: Field) -> None:
        self._refuse_before(field, self.builds_from)

    def validate_reviewed_on(self, field: Field) -> None:
        self._refuse_before(field, self.approved_on)
        if field.data and not self.review_result.data:
            raise ValidationError("填了评估日期，请选择评估结果")

    def validate_withdrawn_on(self, field: Field) -> None:
        self._refuse_before(field, self.approved_on)

    def validate_withdrawn_reason(self, field: Field) -> None:
        if self.withdrawn_on.data and not field.data:
            raise ValidationError("填了撤销日期，请填写撤销原因")
        if field.data and not self.withdrawn_on.data and not self.withdrawn_on.errors:
            raise ValidationError("填了撤销原因，请填写撤销日期")

    @staticmethod
    def _refuse_before(field: Field, earlier: Field) -> None:
        if field.data and earlier.data and field.data < earlier.data:
            raise ValidationError(f"{field.label.text}不能早于{earlier.label.text}")
