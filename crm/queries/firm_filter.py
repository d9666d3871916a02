"""What a list of firms is asked for: conditions, order and page, read from a URL and written back into one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from crm.models import Standing
from pipelines.names import cleaned
from pipelines.vocabulary import Tier

SIZES = (20, 50, 100)
SORTS: dict[str, Any] = {
    "name": Standing.name_pinyin,
    "founded_on": Standing.founded_on,
    "sales_revenue": Standing.sales_revenue,
    "rd_ratio": Standing.rd_ratio,
    "class_one_ip": Standing.class_one_ip,
    "next_expiry_on": Standing.next_expiry_on,
    "completeness": Standing.completeness,
}
_LONGEST_SEARCH = 100
_LARGEST_PAGE = 10**9
_LARGEST_ID = 2**31 - 1
_LARGEST_AMOUNT = Decimal(10) ** 9


class _SenselessError(ValueError):
    """A parameter that says nothing this list understands."""


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise _SenselessError
        return text

    return read


def _whole(smallest: int, largest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,10}", text) or not smallest <= int(text) <= largest:
            raise _SenselessError
        return int(text)

    return read


def _number(largest: Decimal) -> Callable[[str], Decimal]:
    def read(text: str) -> Decimal:
        if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,6})?", text) or Decimal(text) > largest:
            raise _SenselessError
        return Decimal(text)

    return read


def _owner(text: str) -> str:
    return text if text in ("mine", "none") else str(_whole(1, _LARGEST_ID)(text))


def _industry(text: str) -> str:
    if not re.fullmatch(r"[0-9]{2,4}", text):
        raise _SenselessError
    return text


def _tech_field(text: str) -> str:
    if not re.fullmatch(r"[1-8](\.[0-9]{1,2})?", text):
        raise _SenselessError
    return text


def _sought(text: str) -> str:
    return cleaned(text)[:_LONGEST_SEARCH]


# parameter → how it is read; the order is that of the URL
_READERS: dict[str, Callable[[str], Any]] = {
    "q": _sought,
    "township": _whole(1, _LARGEST_ID),
    "tier": _one_of(*Tier),
    "industry": _industry,
    "tech_field": _tech_field,
    "owner": _owner,
    "revenue_min": _number(_LARGEST_AMOUNT),
    "revenue_max": _number(_LARGEST_AMOUNT),
    "rd_ratio_min": _number(Decimal(100)),
    "rd_ratio_max": _number(Decimal(100)),
    "class_one_min": _whole(0, 9999),
    "expiring_days": _whole(1, 3660),
    "gap": _one_of("last_year"),
    "archived": _one_of("yes"),
    "sort": _one_of(*SORTS, *(f"-{key}" for key in SORTS)),
    "page": _whole(1, _LARGEST_PAGE),
    "size": _one_of(*map(str, SIZES)),
}


@dataclass(frozen=True)
class FirmFilter:
    """None: no such condition. Revenue in 万元 and shares in %, as they are typed; owner: a user's id, mine or none."""

    q: str | None = None
    township: int | None = None
    tier: str | None = None
    industry: str | None = None
    tech_field: str | None = None
    owner: str | None = None
    revenue_min: Decimal | None = None
    revenue_max: Decimal | None = None
    rd_ratio_min: Decimal | None = None
    rd_ratio_max: Decimal | None = None
    class_one_min: int | None = None
    expiring_days: int | None = None
    gap: str | None = None
    archived: str | None = None
    sort: str | None = None
    page: int | None = None
    size: str | None = None
    # parameters that were not understood; said on the page, never an error
    ignored: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "FirmFilter":
        understood: dict[str, Any] = {}
        ignored = []
        for name, text in args.items():
            if not text.strip():
                continue
            try:
                understood[name] = _READERS[name](text.strip())
            except (KeyError, _SenselessError):
                ignored.append(f"{cleaned(name)[:20]}={cleaned(text)[:20]}")
        return cls(**{name: value for name, value in understood.items() if value != ""}, ignored=tuple(ignored[:5]))

    def to_args(self) -> dict[str, str]:
        values = ((each.name, getattr(self, each.name)) for each in fields(self) if each.name in _READERS)
        return {name: str(value) for name, value in values if value is not None}

    def conditions(self) -> dict[str, str]:
        """The parameters that limit the list, without order and page."""
        return {name: text for name, text in self.to_args().items() if name not in ("sort", "page", "size")}

    @property
    def order(self) -> str:
        return self.sort or "name"

    @property
    def page_size(self) -> int:
        return int(self.size or SIZES[0])

    def limited_to(self, **conditions: Any) -> "FirmFilter":
        return replace(self, page=None, **conditions)


VIEWS: dict[str, tuple[str, FirmFilter]] = {
    "all": ("全部", FirmFilter()),
    "mine": ("我的企业", FirmFilter(owner="mine")),
    "high_tech": ("高企", FirmFilter(tier=Tier.HIGH_TECH)),
    "tech_sme": ("省科小", FirmFilter(tier=Tier.TECH_SME)),
    "expiring": ("一年内到期", FirmFilter(expiring_days=365, sort="next_expiry_on")),
    "no_figures": ("缺去年数据", FirmFilter(gap="last_year")),
    "archived": ("已归档", FirmFilter(archived="yes")),
}
