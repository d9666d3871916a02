"""The form of a research project (RD) or a product (PS) of an application."""

from typing import Any

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from crm.forms.fields import ChineseForm, CountField, LineField, WanYuanField
from crm.forms.validators import AtMost, Filled
from crm.models import ApplicationPart, Candidacy
from crm.queries.application_parts import project_pairs, right_pairs
from pipelines.vocabulary import PartKind


def _ticks(label: str) -> SelectMultipleField:
    return SelectMultipleField(label, coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


class ApplicationPartForm(ChineseForm):
    number = CountField("编号", [Filled()], least=1, most=99)
    name = LineField("名称", [Filled(), AtMost(120)])
    amount = WanYuanField("近三年投入")
    rights = _ticks("知识产权")
    projects = _ticks("对应的研发活动")

    @classmethod
    def of(cls, candidacy: Candidacy, kind: PartKind, part: ApplicationPart | None = None, **values: Any):
        form = cls(data=values or (_values(part) if part else None))
        form.rights.choices = right_pairs(candidacy.firm_id)
        form.projects.choices = project_pairs(candidacy) if kind is PartKind.PRODUCT else []
        form.kind = kind
        if kind is PartKind.PRODUCT:
            form.amount.label.text = "上年收入"
        return form

    kind: PartKind

    @property
    def of_part(self) -> dict[str, Any]:
        """Once the form has been found valid."""
        return {
            "kind": self.kind, "number": int(self.number.data or 0), "name": self.name.data, "amount": self.amount.data,
            "rights": self.rights.data or [], "projects": self.projects.data or [],
        }  # fmt: skip


def _values(part: ApplicationPart) -> dict[str, Any]:
    return {
        "number": part.number, "name": part.name, "amount": part.amount,
        "rights": [right.id for right in part.rights], "projects": [each.id for each in part.projects],
    }  # fmt: skip
