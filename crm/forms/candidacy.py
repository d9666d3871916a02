"""The forms of a candidacy: opening one, changing who has it and by when, moving it on."""

from datetime import date
from typing import Any

from wtforms import BooleanField, Field
from wtforms.validators import ValidationError

from crm.actions.candidacies import Certificate
from crm.forms.fields import ChineseForm, ChoiceField, DateField, LineField
from crm.forms.opened import OpenedForm
from crm.forms.validators import AtMost, Chosen, Filled, NotInFuture
from crm.queries.campaigns import campaign_pairs
from crm.queries.candidacies import TARGETS
from crm.queries.firm_choices import owner_pairs
from crm.queries.spoken import PART_LABELS
from pipelines.funnel.stages import Situation, moves_from, needs_reason
from pipelines.vocabulary import Stage, Title

_LABELS = PART_LABELS["candidacy"]


class CandidacyForm(OpenedForm):
    part = "candidacy"

    campaign_id = ChoiceField(_LABELS["campaign_id"], blank="还没有归入批次", coerce=int)
    owner_id = ChoiceField(_LABELS["owner_id"], blank="未分派", coerce=int)
    due_on = DateField(_LABELS["due_on"])
    is_renewal = BooleanField(_LABELS["is_renewal"])
    note = LineField(_LABELS["note"], [AtMost(200)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign_id.offer(campaign_pairs())
        self.owner_id.offer(owner_pairs(self.owner_id.data))


class NewCandidacyForm(CandidacyForm):
    target = ChoiceField(
        "目标", [Chosen()], pairs=[(each.value, each.label) for each in TARGETS], blank=None, coerce=Title
    )


class StageMoveForm(ChineseForm):
    """Asks for what the move needs; for_move sets which stage it goes to."""

    to = ChoiceField("移至", [Chosen()], coerce=Stage)
    moved_on = DateField("日期", [Filled(), NotInFuture()])
    reason = LineField("原因", [AtMost(200)])
    recognized_on = DateField("证书日期", [NotInFuture()])
    certificate_no = LineField("证书编号", [AtMost(40)])
    valid_until = DateField("有效期至")

    situation: Situation

    @classmethod
    def for_move(cls, situation: Situation, **values: Any) -> "StageMoveForm":
        form = cls(**values)
        form.situation = situation
        form.to.offer((stage.value, stage.label) for stage in moves_from(situation.stage))
        return form

    @property
    def day(self) -> date:
        """Once the form has been found valid."""
        assert self.moved_on.data is not None  # noqa: S101 - Filled() has seen to it
        return self.moved_on.data

    @property
    def certificate(self) -> Certificate | None:
        day = self.recognized_on.data
        return Certificate(day, self.certificate_no.data, self.valid_until.data) if day else None

    def validate_reason(self, field: Field) -> None:
        if self.to.data and needs_reason(self.situation.stage, self.to.data) and not field.data:
            raise ValidationError(f"移至“{self.to.data.label}”请填写原因")

    def validate_recognized_on(self, field: Field) -> None:
        if self.to.data is Stage.RECOGNIZED and not field.data and not field.errors:
            raise ValidationError("请填写证书日期")

    def validate_valid_until(self, field: Field) -> None:
        if field.data and self.recognized_on.data and field.data < self.recognized_on.data:
            raise ValidationError("有效期至不能早于证书日期")
