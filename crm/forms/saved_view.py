"""The forms of a view of the list of firms: its name, and who finds it where."""

from typing import Any

from wtforms import BooleanField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from crm.forms.fields import ChineseForm, LineField
from crm.forms.validators import AtMost, Filled
from crm.models import SavedView
from pipelines.vocabulary import Role

_SEE_FIRMS = [role for role in Role if role is not Role.AUDITOR]


class NewViewForm(ChineseForm):
    name = LineField("视图名称", [Filled(), AtMost(20)])
    is_shared = BooleanField("共享给全体")

    def __init__(self, *, may_share: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not may_share:
            del self.is_shared

    @property
    def values(self) -> dict[str, Any]:
        return {"is_shared": False} | super().values


class ViewForm(NewViewForm):
    opens_first = BooleanField("我打开企业库时先看这个视图")
    opens_for = SelectMultipleField(
        "哪些角色打开企业库时先看它", description="只对共享的视图有效；各人自己设定的优先",
        choices=[SelectChoice(role.value, role.label) for role in _SEE_FIRMS],
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip

    def __init__(self, view: SavedView, *, is_own: bool, may_share: bool) -> None:
        super().__init__(obj=view, may_share=may_share)
        if not is_own:
            del self.opens_first
        if not may_share:
            del self.opens_for
