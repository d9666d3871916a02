"""The forms of tags."""

from typing import Any

from crm.forms.fields import ChineseForm, ChoiceField, LineField
from crm.forms.validators import AtMost, Chosen, Filled
from crm.queries.tags import tag_pairs


class TagForm(ChineseForm):
    name = LineField("标签", [Filled(), AtMost(30)])


class TagMergeForm(ChineseForm):
    into = ChoiceField("并入哪个标签", [Chosen()], coerce=int)

    def __init__(self, tag_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.into.offer((key, name) for key, name in tag_pairs() if key != tag_id)
