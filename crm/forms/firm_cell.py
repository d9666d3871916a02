"""One entry of a firm that is edited in its place in the list: its owner, its next step, its tags."""

from typing import Any

from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from crm.actions.changes import Plain
from crm.actions.tags import tags_told
from crm.forms.fields import ChoiceField, DateField, LineField
from crm.forms.opened import OpenedForm
from crm.forms.validators import AtMost, Filled
from crm.queries.firm_choices import owner_pairs
from crm.queries.spoken import PART_LABELS
from crm.queries.tags import tag_pairs, tags_of


class OwnerCellForm(OpenedForm):
    owner_id = ChoiceField("责任人", blank="未分派", coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner_id.offer(owner_pairs(self.owner_id.data))


class NextStepForm(OpenedForm):
    part = "follow_up"

    what = LineField("下一步", [Filled(), AtMost(300)])
    due_on = DateField(PART_LABELS["follow_up"]["due_on"], [Filled()])


class TagsCellForm(OpenedForm):
    part = "tag"

    tags = SelectMultipleField(
        "标签", coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )  # fmt: skip

    def __init__(self, *args: Any, firm_id: int, **kwargs: Any) -> None:
        has = [tag.id for tag in tags_of(firm_id)]
        super().__init__(*args, data={"tags": has}, **kwargs)
        self.tags.choices = [SelectChoice(str(key), name) for key, name in tag_pairs(has)]

    def comparable(self, row: Any, _name: str) -> Plain:
        return tags_told([tag.id for tag in tags_of(row.id)])

    def take_over(self, name: str, row: Any) -> None:
        self[name].raw_data = None
        self[name].process_data([tag.id for tag in tags_of(row.id)])

    def said(self, _name: str, value: Plain) -> str:
        names = {str(choice.value): choice.label for choice in self.tags.choices or ()}
        return "、".join(names.get(key, "已作废的标签") for key in str(value or "").split(",") if key) or "无"
