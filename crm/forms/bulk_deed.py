"""What a deed on many firms is asked on the page that confirms it: one field, by its kind."""

from typing import Any

from wtforms import HiddenField

from crm.actions.bulk_deeds import Deed
from crm.forms.fields import ChineseForm, ChoiceField, DateField, LineField
from crm.forms.validators import AtMost, Chosen, Filled
from crm.queries.campaigns import campaign_pairs
from crm.queries.candidacies import TARGETS
from crm.queries.firm_choices import owner_pairs
from crm.queries.tags import tag_pairs
from pipelines.vocabulary import BulkKind, Title

NOBODY = "0"
_TARGETS = [(each.value, each.label) for each in TARGETS]
_ASKED: dict[BulkKind, tuple[str, ...]] = {
    BulkKind.ASSIGN: ("assignee",),
    BulkKind.TAG: ("tagged",),
    BulkKind.UNTAG: ("tagged",),
    BulkKind.ARCHIVE: ("reason",),
    BulkKind.CAMPAIGN: ("target", "into", "assignee", "wanted_by"),
    BulkKind.EXPORT: (),
}


class BulkDeedForm(ChineseForm):
    """The names of its fields are none of the list's parameters: both come in one form."""

    confirmed = HiddenField()
    target = ChoiceField("目标", [Chosen()], pairs=_TARGETS, blank=None, coerce=Title)
    into = ChoiceField("申报批次", [Chosen()], coerce=int)
    assignee = ChoiceField("责任人", [Chosen()], coerce=int)
    wanted_by = DateField("要求完成")
    tagged = ChoiceField("标签", [Chosen()], coerce=int)
    reason = LineField("归档原因", [Filled(), AtMost(200)])

    def __init__(self, kind: BulkKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.into.offer(campaign_pairs())
        self.assignee.offer([*owner_pairs(None), (NOBODY, "收回，暂不分派")])
        self.tagged.offer(tag_pairs())
        for name in ("target", "into", "assignee", "wanted_by", "tagged", "reason"):
            if name not in _ASKED[kind]:
                delattr(self, name)

    @property
    def shown(self) -> list[Any]:
        return [self[name] for name in _ASKED[self.kind]]

    @property
    def number_confirmed(self) -> int:
        text = self.confirmed.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    @property
    def deed(self) -> Deed:
        """Once the form has been found valid."""
        if self.kind is BulkKind.ARCHIVE:
            return Deed(self.kind, None, self.reason.data or "")
        field = self.shown[0]
        words = next(choice.label for choice in field.choices if choice.value == str(field.data))
        return Deed(self.kind, field.data or None, words if field.data else "未分派")
