"""The form of whom a yearly call concerns."""

from typing import Any

from crm.forms.fields import ChineseForm, ChoiceField, LineField
from crm.forms.validators import AtMost
from crm.queries.call_audiences import LISTS, NAMES, OF_LIST, Audience, audience_choices
from pipelines.refusals import Refusal


class CallAudienceForm(ChineseForm):
    which = ChoiceField("告诉谁", pairs=list(LISTS.items()), blank="照往年")
    campaign = ChoiceField(NAMES["campaign"], blank="不限")
    stage = ChoiceField(NAMES["stage"], blank="不限")
    township = ChoiceField(NAMES["township"], blank="不限")
    owner = ChoiceField(NAMES["owner"], blank="不限")
    tier = ChoiceField(NAMES["tier"], blank="不限")
    colour = ChoiceField(NAMES["colour"], blank="不限")
    reason = LineField("说明", [AtMost(200)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, entries in audience_choices().items():
            self[name].offer(list(entries.items()))

    @classmethod
    def of(cls, known: Audience | None) -> "CallAudienceForm":
        return cls(data={"which": known.which, **known.args} if known else {})

    def audience(self) -> Audience | None:
        """None: as in usual years. A condition that the list does not know is refused, not forgotten."""
        args = {name: self[name].data for name in NAMES if self[name].data}
        if self.which.data is None:
            if args:
                raise Refusal("照往年告诉时不用选条件；要按条件告诉，请先选企业或培育对象。")
            return None
        if foreign := [NAMES[name] for name in args if name not in OF_LIST[self.which.data]]:
            raise Refusal(f"“{'、'.join(foreign)}”不是“{LISTS[self.which.data]}”的条件，请改选“不限”。")
        return Audience(self.which.data, args)
