"""What a list over the county's judgements asks for, as its address has it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from crm.queries.parameters import LARGEST_ID, Parameter, matching, one_of, understood, whole_number
from pipelines.vocabulary import Programme, ShortlistTier

SIZES = (20, 50, 100)
_PROGRAMMES = {each.value: each for each in Programme}
_PARAMETERS = {
    "programme": Parameter(lambda text: _PROGRAMMES[one_of(_PROGRAMMES)(text)]),
    "criterion": Parameter(matching(r"[a-z0-9_]{1,60}")),
    "tier": Parameter(one_of([each.value for each in ShortlistTier])),
    "township": Parameter(whole_number(1, LARGEST_ID)),
    "page": Parameter(whole_number(1, 10**9)),
    "size": Parameter(lambda text: int(one_of([str(size) for size in SIZES])(text))),
}


@dataclass(frozen=True)
class GapFilter:
    """criterion: the condition that alone keeps firms out; tier: of the shortlist. ignored: what made no sense."""

    programme: Programme = Programme.HIGH_TECH
    criterion: str | None = None
    tier: str | None = None
    township: int | None = None
    page: int = 1
    size: int = 50
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "GapFilter":
        values, senseless = understood(args, _PARAMETERS)
        return cls(**values, ignored=tuple(f"没有用上看不懂的条件：{text}" for text in senseless))

    def to_args(self) -> dict[str, Any]:
        """Without what is as it is by default, and without the page: a changed condition begins at the first."""
        return {
            field.name: value
            for field in fields(self)
            if field.name not in ("page", "ignored") and (value := getattr(self, field.name)) != field.default
        }
