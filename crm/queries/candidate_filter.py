"""What the candidate list is asked for: a view, a tier of potential, and everything the list of firms knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from crm.queries.firm_filter import LOOK, PLACE, FirmFilter
from crm.queries.firm_filter import PARAMETERS as OF_FIRMS
from crm.queries.parameters import LARGEST_ID, PAGING, Parameter, one_of, understood, whole_number
from pipelines.vocabulary import PotentialTier

# The views of the list. What each holds is told in crm/queries/candidates.py.
LISTS = {
    "ready": "建议直接申报",
    "one_gap": "只差一项",
    "fixable": "补齐后可申报",
    "borderline": "临界",
    "unclear": "待核实",
    "doubtful": "数据有疑问",
    "explored": "探索名额",
    "picked": "已列入批次",
}
STRICTNESS = {"-2": "明显偏松", "-1": "略松", "1": "略严", "2": "明显偏严"}
_PARAMETERS = {
    "list": Parameter(one_of(LISTS)),
    "potential": Parameter(one_of([each.value for each in PotentialTier])),
    "campaign": Parameter(whole_number(1, LARGEST_ID)),
    "target": Parameter(whole_number(1, 5000)),
    "strictness": Parameter(one_of(STRICTNESS)),
    **PAGING,
}
_NOT_OURS = (*LOOK, *PLACE, "status")  # the order is the model's, gone firms are no candidates
_FIRMS = {name: parameter for name, parameter in OF_FIRMS.items() if name not in _NOT_OURS}


@dataclass(frozen=True)
class CandidateFilter:
    """campaign: whose candidates the planner counts; target: how many certificates are wanted (None: the campaign's).

    strictness: how the panel of this year is imagined, in steps of half a usual year's shock.
    """

    list: str | None = None
    potential: str | None = None
    campaign: int | None = None
    target: int | None = None
    strictness: str | None = None
    page: int = 1
    size: int = 50
    firms: FirmFilter = field(default_factory=FirmFilter)
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "CandidateFilter":
        values, senseless = understood(args, _PARAMETERS | _FIRMS)
        firms = {name: values.pop(name) for name in [*values] if name in _FIRMS}
        told = tuple(f"没有用上看不懂的条件：{text}" for text in senseless)
        return cls(**values, firms=FirmFilter(**firms), ignored=told)

    def to_args(self) -> dict[str, Any]:
        own = {
            each.name: value
            for each in fields(self)
            if each.name in _PARAMETERS and each.name != "page"
            if (value := getattr(self, each.name)) != each.default
        }
        return own | self.firms.to_args()

    @property
    def plan_args(self) -> dict[str, Any]:
        """What the planner is asked for, whatever the list shows."""
        return {name: value for name, value in self.to_args().items() if name in ("campaign", "target", "strictness")}
