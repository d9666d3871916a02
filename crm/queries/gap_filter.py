"""What a list over the county's judgements asks for, as its address has it."""

from dataclasses import dataclass

from crm.queries.list_filter import ListFilter
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, matching, one_of, whole_number
from pipelines.vocabulary import Programme, ShortlistTier

_PROGRAMMES = {each.value: each for each in Programme}
_PARAMETERS = {
    "programme": Parameter(lambda text: _PROGRAMMES[one_of(_PROGRAMMES)(text)]),
    "criterion": Parameter(matching(r"[a-z0-9_]{1,60}")),
    "tier": Parameter(one_of([each.value for each in ShortlistTier])),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    **PAGING,
}


@dataclass(frozen=True)
class GapFilter(ListFilter):
    """criterion: the condition that alone keeps firms out; tier: of the shortlist. ignored: what made no sense."""

    parameters = _PARAMETERS

    programme: Programme = Programme.HIGH_TECH
    criterion: str | None = None
    tier: str | None = None
    township: int | None = None
