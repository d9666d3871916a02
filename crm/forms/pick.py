"""Picking firms off the candidate list: ticked ones, or the first so many of what the list shows."""

from typing import Any

from flask import request

from crm.forms.fields import ChineseForm, ChoiceField, CountField, DateField
from crm.queries.campaigns import campaign_pairs
from crm.queries.firm_choices import owner_pairs

MOST = 500


class PickForm(ChineseForm):
    into = ChoiceField("归入哪个批次", coerce=int)
    assignee = ChoiceField("责任人", coerce=int)
    due_on = DateField("要求完成")
    first = CountField("从前面起列入的家数", least=1, most=MOST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.into.offer(campaign_pairs())
        self.assignee.offer(owner_pairs(None))

    @property
    def ticked(self) -> list[int]:
        return [int(text) for text in request.form.getlist("firm") if text.isascii() and text.isdigit()][:MOST]

    @property
    def best(self) -> int:
        """How many from the top of the list; 0: only the ticked ones."""
        return int(self.first.data or 0)

    @property
    def first_error(self) -> str | None:
        return next((f"{error}。" for errors in self.errors.values() for error in errors), None)
