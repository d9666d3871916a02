"""The forms of a research project: entering or correcting it, moving it on, adding papers."""

from datetime import date
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from crm.forms.fields import (
    ChineseForm,
    ChoiceField,
    DateField,
    LineField,
    ParagraphField,
    ProofField,
    WanYuanField,
    WordField,
)
from crm.forms.opened import OpenedForm
from crm.forms.validators import AtMost, Chosen, Filled, NotInFuture
from crm.queries.firm_choices import owner_pairs
from crm.queries.spoken import PART_LABELS
from pipelines.projects import STAGES, ProjectSituation, moves_from, needs_reason, record_faults
from pipelines.vocabulary import ProjectProgramme, ProjectStage

_LABELS = PART_LABELS["project"]
_LONGEST_PARTNER, _MOST_PARTNERS = 120, 30


class PartnersField(ParagraphField):
    """A name a line; empty lines and names said twice are left out."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        lines = dict.fromkeys(line for line in (self.data or "").splitlines() if line)
        self.data = "\n".join(lines) or None

    def pre_validate(self, form: Any) -> None:
        lines = (self.data or "").splitlines()
        if len(lines) > _MOST_PARTNERS:
            raise ValidationError(f"{self.label.text}应为{_MOST_PARTNERS}个以内，现在是{len(lines)}个")
        if any(len(line) > _LONGEST_PARTNER for line in lines):
            raise ValidationError(f"{self.label.text}一行一个，每个应为{_LONGEST_PARTNER}个字以内")


class ProjectForm(OpenedForm):
    part = "project"

    title = LineField(_LABELS["title"], [Filled(), AtMost(200)])
    number = LineField(_LABELS["number"], [AtMost(60)])
    owner_id = ChoiceField(_LABELS["owner_id"], blank="未分派", coerce=int)
    partners = PartnersField(_LABELS["partners"])
    budget_total = WanYuanField(_LABELS["budget_total"])
    budget_subsidy = WanYuanField(_LABELS["budget_subsidy"])
    budget_own = WanYuanField(_LABELS["budget_own"])
    applied_on = DateField(_LABELS["applied_on"], [NotInFuture()])
    approved_on = DateField(_LABELS["approved_on"], [NotInFuture()])
    starts_on = DateField(_LABELS["starts_on"])
    ends_on = DateField(_LABELS["ends_on"])
    acceptance_due_on = DateField(_LABELS["acceptance_due_on"])
    accepted_on = DateField(_LABELS["accepted_on"], [NotInFuture()])
    note = ParagraphField(_LABELS["note"], [AtMost(2000)])

    of_project: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner_id.offer(owner_pairs(self.owner_id.data))
        if project := kwargs.get("obj"):
            self.of_project = {"programme": project.programme, "stage": project.stage}

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field; then what the fields say together."""
        if not super().validate(extra_validators):
            return False
        for name, sentence in record_faults({**self.of_project, **self.values}):
            self[name].errors = [*self[name].errors, sentence]
        return not self.errors


class NewProjectForm(ProjectForm):
    programme = WordField(_LABELS["programme"], ProjectProgramme, [Chosen()])
    stage = ChoiceField(
        _LABELS["stage"], [Chosen()], pairs=[(each.value, each.label) for each in STAGES], coerce=ProjectStage
    )
    stage_since = DateField(_LABELS["stage_since"], [Filled(), NotInFuture()])


class ProjectMoveForm(ChineseForm):
    """Asks for what the move needs; for_move sets where the project may go."""

    to = ChoiceField("移至", [Chosen()], coerce=ProjectStage)
    moved_on = DateField("日期", [Filled(), NotInFuture()])
    document_number = LineField("文号", [AtMost(60)])
    reason = LineField("原因", [AtMost(200)])
    due_on = DateField("延期到")

    @classmethod
    def for_move(cls, situation: ProjectSituation, **values: Any) -> "ProjectMoveForm":
        form = cls(**values)
        form.to.offer((stage.value, stage.label) for stage in moves_from(situation.stage, situation.programme))
        return form

    @property
    def day(self) -> date:
        """Once the form has been found valid."""
        assert self.moved_on.data is not None  # noqa: S101 - Filled() has seen to it
        return self.moved_on.data

    def validate_reason(self, field: Field) -> None:
        if self.to.data and needs_reason(self.to.data) and not field.data:
            raise ValidationError(f"“{self.to.data.label}”请填写原因")

    def validate_due_on(self, field: Field) -> None:
        if self.to.data is ProjectStage.EXTENDED and not field.data and not field.errors:
            raise ValidationError("请填写延到哪一天验收")


class DocumentForm(ChineseForm):
    files = ProofField(_LABELS["files"])
