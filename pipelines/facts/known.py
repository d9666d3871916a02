"""The records of one firm as they stand on a day, before anything is worked out of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from pipelines.facts.interpretations import Interpretations
from pipelines.facts.records import FlagEntry, HeldTitle, IpItem, YearFigures
from pipelines.facts.sums import Yearly, fiscal_years, three_year_sum
from pipelines.vocabulary import FlagKind, LevyMode, Title

# Yearly figures that are no column: which research figure a programme trusts is a question of interpretation, and net
# assets and liabilities can be had from each other.
_READINGS = {"net_assets": "net_worth", "total_liabilities": "debts"}
_RD_READINGS = ("high_tech_rd", "national_sme_rd", "industry_rd")


@dataclass(frozen=True)
class Known:
    """as_of is the day of judging: for an application, the day it is planned to be filed.

    ip, recognitions and flags: None when nobody has looked, empty when there is none. stated holds derived figures and
    single facts that were typed in as such; they win over what the records would give.
    """

    as_of: date
    annual: Mapping[int, YearFigures] = field(default_factory=dict)
    founded_on: date | None = None
    uscc: str | None = None
    levy_mode: LevyMode | None = None
    industry_code: str | None = None
    tech_field_code: str | None = None
    ip: tuple[IpItem, ...] | None = None
    recognitions: tuple[HeldTitle, ...] | None = None
    flags: tuple[FlagEntry, ...] | None = None
    stated: Mapping[str, Any] = field(default_factory=dict)
    interpretations: Interpretations = Interpretations()

    def __post_init__(self) -> None:
        self.__dict__.update(self.stated)

    @cached_property
    def last_year(self) -> int:
        """最近一年 is the fiscal year before the one of the application (195号 三（一）)."""
        return self.as_of.year - 1

    @cached_property
    def first_year(self) -> int | None:
        return None if self.founded_on is None else self.founded_on.year

    @cached_property
    def years(self) -> range:
        """The fiscal years that 近三个会计年度 means for this firm."""
        return fiscal_years(self.last_year, self.first_year)

    def in_year(self, name: str, year: int) -> Decimal | None:
        """One yearly figure, under the interpretation in force."""
        figures = self.annual.get(year)
        return None if figures is None else getattr(figures, self.column(name))

    def column(self, name: str) -> str:
        """Where a yearly figure is read from."""
        return self.columns.get(name, name)

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """Where those yearly figures are read from that are not read under their own name."""
        trusted = {name: getattr(self.interpretations, name).value for name in _RD_READINGS}
        return _READINGS | trusted

    def yearly(self, name: str) -> Yearly:
        """A yearly figure in each fiscal year of the firm."""
        column = self.column(name)
        annual = self.annual
        return {year: getattr(annual[year], column) if year in annual else None for year in self.years}

    def three_years(self, name: str) -> Decimal | None:
        return three_year_sum(self.yearly(name), self.last_year, self.first_year)

    def two_years(self, name: str) -> Decimal | None:
        last, previous = self.in_year(name, self.last_year), self.in_year(name, self.last_year - 1)
        return None if last is None or previous is None else last + previous

    def holds(self, titles: Iterable[Title]) -> bool | None:
        """Whether one of these titles is valid on the day."""
        if self.recognitions is None:
            return None
        return any(held.title in titles and held.is_valid(self.as_of) for held in self.recognitions)

    def flagged(self, kinds: Iterable[FlagKind], since: date) -> bool | None:
        """Whether something of these kinds happened since that day."""
        if self.flags is None:
            return None
        return any(entry.kind in kinds and since <= entry.entered_on <= self.as_of for entry in self.flags)

    def listed(self, kinds: Iterable[FlagKind]) -> bool | None:
        """Whether an entry of these kinds stands on the day."""
        if self.flags is None:
            return None
        return any(
            entry.kind in kinds
            and entry.entered_on <= self.as_of
            and (entry.lifted_on is None or entry.lifted_on > self.as_of)
            for entry in self.flags
        )
