"""The forms of visits and of what is owed."""

from typing import Any

from crm.forms.fields import ChineseForm, ChoiceField, DateField, LineField, ParagraphField, ProofField, WordField
from crm.forms.opened import OpenedForm
from crm.forms.validators import AtMost, Chosen, Filled, NotInFuture
from crm.queries.firm_choices import owner_pairs
from crm.queries.reassignments import giver_pairs
from crm.queries.spoken import PART_LABELS
from pipelines.vocabulary import VisitKind

_LABELS = PART_LABELS["visit"]


class VisitForm(OpenedForm):
    part = "visit"

    visited_on = DateField(_LABELS["visited_on"], [Filled(), NotInFuture()])
    kind = WordField(_LABELS["kind"], VisitKind, [Chosen()], blank=None, default=VisitKind.ON_SITE)
    people = LineField(_LABELS["people"], [AtMost(200)])
    found = ParagraphField(_LABELS["found"], [Filled(), AtMost(5000)])


class NewVisitForm(VisitForm):
    """Six fields, two of them filled in: under a minute in a workshop."""

    need = LineField(_LABELS["need"], [AtMost(300)])
    next_on = DateField(_LABELS["next_on"])

    @property
    def of_visit(self) -> dict[str, Any]:
        return {name: value for name, value in self.values.items() if name not in ("need", "next_on")}


class PhotoForm(ChineseForm):
    files = ProofField(_LABELS["files"])


class FollowUpForm(ChineseForm):
    what = LineField("事项", [Filled(), AtMost(300)])
    due_on = DateField("日期", [Filled()])
    owner_id = ChoiceField("责任人", [Chosen()], coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner_id.offer(owner_pairs(self.owner_id.data))


class ReassignmentForm(ChineseForm):
    from_id = ChoiceField("移交人", [Chosen()], coerce=int)
    to_id = ChoiceField("接手人", [Chosen()], coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.from_id.offer(giver_pairs())
        self.to_id.offer(owner_pairs(None))
