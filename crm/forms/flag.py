"""The forms of the negative list: entering a firm and lifting the entry."""

from crm.forms.fields import ChineseForm, DateField, LineField, WordField
from crm.forms.validators import AtMost, Chosen, Filled, NotInFuture
from crm.queries.spoken import PART_LABELS
from pipelines.vocabulary import FlagKind

_LABELS = PART_LABELS["flag"]


class FlagForm(ChineseForm):
    kind = WordField(_LABELS["kind"], FlagKind, [Chosen()])
    entered_on = DateField(_LABELS["entered_on"], [Filled(), NotInFuture()])
    note = LineField(_LABELS["note"], [AtMost(200)])


class LiftingForm(ChineseForm):
    lifted_on = DateField(_LABELS["lifted_on"], [Filled(), NotInFuture()])
