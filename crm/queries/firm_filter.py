"""What a list of firms is asked for: conditions, order, columns and page, read from a URL and written back into one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from crm.queries.high_risk import WHOSE
from crm.queries.list_columns import CHOOSABLE, SORTS
from crm.queries.list_terms import Term, read_term
from crm.queries.parameters import (
    LARGEST_ID,
    Parameter,
    amount,
    day,
    matching,
    one_of,
    understood,
    whole_number,
)
from pipelines.names import cleaned
from pipelines.vocabulary import FiguresState, FirmStatus, ShortlistTier, Tier, TriColor

SIZES = (20, 50, 100)
WIDTHS = (80, 120, 160, 240, 320)  # pixels a column may be held to
DENSITIES = {"roomy": "舒适", "compact": "紧凑"}
GROUPS = {"township": "按镇街", "industry": "按行业", "owner": "按责任人"}
ALL = "all"  # the view that always is: every firm in the register
ARCHIVED = "archived"  # beside the words of FirmStatus: firms that were put away
MISSING = "missing"  # beside those of FiguresState: last year's are not known
_LONGEST_SEARCH = 100
_MOST_PICKED = 500
_LARGEST_PAGE = 10**9
_LARGEST_AMOUNT = 10**9  # 万元


def _sought(text: str) -> str:
    return cleaned(text)[:_LONGEST_SEARCH]


def _view(text: str) -> str:
    return text if text == ALL else str(whole_number(1, LARGEST_ID)(text))


def _owner(text: str) -> str:
    return text if text in ("mine", "none") else str(whole_number(1, LARGEST_ID)(text))


# The order is that of the URL. A code of an industry or field stands for everything below it.
PARAMETERS = {
    "q": Parameter(_sought),
    "township": Parameter(whole_number(1, LARGEST_ID), is_many=True),
    "tier": Parameter(one_of(list(Tier)), is_many=True),
    "shortlist": Parameter(one_of([*ShortlistTier])),
    "colour": Parameter(one_of([*TriColor])),
    "risk": Parameter(one_of(WHOSE)),
    "industry": Parameter(matching("[0-9]{2,4}")),
    "tech_field": Parameter(matching(r"[1-8](\.[0-9]{1,2})?")),
    "owner": Parameter(_owner),
    "status": Parameter(one_of([*FirmStatus, ARCHIVED])),
    "above_scale": Parameter(one_of(["yes"])),
    "figures": Parameter(one_of([*FiguresState, MISSING])),
    "founded_from": Parameter(day),
    "founded_to": Parameter(day),
    "revenue_min": Parameter(amount(_LARGEST_AMOUNT)),
    "revenue_max": Parameter(amount(_LARGEST_AMOUNT)),
    "rd_ratio_min": Parameter(amount(100)),
    "rd_ratio_max": Parameter(amount(100)),
    "class_one_min": Parameter(whole_number(0, 9999)),
    "expiring_days": Parameter(whole_number(1, 3660)),
    "expiring_before": Parameter(day),
    "completeness_max": Parameter(amount(100)),
    "rule_data_max": Parameter(amount(100)),
    "tag": Parameter(whole_number(1, LARGEST_ID), is_many=True),
    "firm": Parameter(whole_number(1, LARGEST_ID), is_many=True, most=_MOST_PICKED),
    "where": Parameter(read_term, is_many=True),
    "view": Parameter(_view),
    "group": Parameter(one_of(GROUPS)),
    "sums": Parameter(one_of(["yes"])),
    "sort": Parameter(one_of([sign + key for key in SORTS for sign in ("", "-")])),
    "cols": Parameter(one_of(CHOOSABLE), is_many=True),
    "widths": Parameter(one_of([f"{key}:{width}" for key in ("name", *CHOOSABLE) for width in WIDTHS]), is_many=True),
    "density": Parameter(one_of(DENSITIES)),
    "page": Parameter(whole_number(1, _LARGEST_PAGE)),
    "size": Parameter(one_of(list(map(str, SIZES)))),
}
LOOK = ("group", "sums", "sort", "cols", "widths", "density", "size")  # how a list looks, whatever it holds
PREFERRED = ("cols", "widths", "density", "size")  # of it what somebody may like for every list
PLACE = ("view", "page")  # where in it somebody is: no part of what a view keeps


@dataclass(frozen=True)
class FirmFilter:
    """None or (): no such condition. Revenue in 万元 and shares in %, as typed; owner: a user's id, mine or none;
    firm: the numbers of those that were ticked."""

    q: str | None = None
    township: tuple[int, ...] = ()
    tier: tuple[str, ...] = ()
    shortlist: str | None = None
    colour: str | None = None
    risk: str | None = None
    industry: str | None = None
    tech_field: str | None = None
    owner: str | None = None
    status: str | None = None
    above_scale: str | None = None
    figures: str | None = None
    founded_from: date | None = None
    founded_to: date | None = None
    revenue_min: Decimal | None = None
    revenue_max: Decimal | None = None
    rd_ratio_min: Decimal | None = None
    rd_ratio_max: Decimal | None = None
    class_one_min: int | None = None
    expiring_days: int | None = None
    expiring_before: date | None = None
    completeness_max: Decimal | None = None
    rule_data_max: Decimal | None = None
    tag: tuple[int, ...] = ()
    firm: tuple[int, ...] = ()
    where: tuple[Term, ...] = ()
    view: str | None = None  # the number of the saved view whose tab this list was opened by, or ALL
    group: str | None = None
    sums: str | None = None
    sort: str | None = None
    cols: tuple[str, ...] = ()
    widths: tuple[str, ...] = ()
    density: str | None = None
    page: int | None = None
    size: str | None = None
    # what was not understood; said on the page, never an error
    ignored: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "FirmFilter":
        values, ignored = understood(args, PARAMETERS)
        return cls(**values, ignored=ignored)

    def to_args(self) -> dict[str, str]:
        values = ((name, getattr(self, name)) for name in PARAMETERS)
        return {name: PARAMETERS[name].text_of(value) for name, value in values if value not in (None, ())}

    def conditions(self) -> dict[str, str]:
        """The parameters that limit the list, without order, columns and page."""
        return {name: text for name, text in self.state().items() if name not in LOOK}

    def look(self) -> dict[str, str]:
        """The parameters that say how the list looks, whatever it holds."""
        return {name: text for name, text in self.state().items() if name in LOOK}

    def state(self) -> dict[str, str]:
        """What a saved view keeps: conditions and look."""
        return {name: text for name, text in self.to_args().items() if name not in PLACE}

    def preferred(self) -> dict[str, str]:
        return {name: text for name, text in self.to_args().items() if name in PREFERRED}

    @property
    def column_widths(self) -> dict[str, str]:
        return dict(width.split(":") for width in self.widths)

    @property
    def order(self) -> str:
        return self.sort or "name"

    @property
    def page_size(self) -> int:
        return int(self.size or SIZES[0])

    def with_term(self, term: Term) -> "FirmFilter":
        return self.limited_to(where=tuple(dict.fromkeys([*self.where, term])))

    def limited_to(self, **conditions: Any) -> "FirmFilter":
        return replace(self, page=None, **conditions)


_CANDIDATE_COLUMNS = ("township", "tier", "sales_revenue", "rd_ratio", "shortlist", "gap_words", "owner")
VIEWS: dict[str, tuple[str, FirmFilter]] = {
    ALL: ("全部", FirmFilter()),
    "mine": ("我的企业", FirmFilter(owner="mine")),
    "high_tech": ("高企", FirmFilter(tier=(Tier.HIGH_TECH.value,))),
    "tech_sme": ("省科小", FirmFilter(tier=(Tier.TECH_SME.value,))),
    "ready": ("可直接申报", FirmFilter(shortlist=ShortlistTier.READY.value, cols=_CANDIDATE_COLUMNS)),
    "one_gap": ("差一项可补", FirmFilter(shortlist=ShortlistTier.ONE_GAP.value, cols=_CANDIDATE_COLUMNS)),
    "expiring": ("一年内到期", FirmFilter(expiring_days=365, sort="next_expiry_on")),
    "no_figures": ("缺去年销售收入", FirmFilter(figures=MISSING)),
    "archived": ("已归档", FirmFilter(status=ARCHIVED)),
}
