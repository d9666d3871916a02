"""Where a fact comes from: the figures it was worked out of, and those that are still missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.facts.fact import Fact
from pipelines.facts.showing import shown
from pipelines.facts.standing import FACTS, FirmFacts
from pipelines.vocabulary import RdFigure, Unit

_RECORDS = {
    "founded_on": "成立日期",
    "uscc": "统一社会信用代码",
    "levy_mode": "征收方式",
    "industry_code": "行业代码",
    "tech_field_code": "技术领域",
    "ip": "知识产权清单",
    "recognitions": "资质记录",
    "flags": "负面清单记录",
}
_RESEARCH = {figure.value: f"研发费用（{figure.label}）" for figure in RdFigure}


@dataclass(frozen=True, slots=True)
class Item:
    """One figure of one year, or one record of the firm (year None). value None: missing."""

    name: str
    label: str
    year: int | None
    value: Any
    unit: Unit

    def __str__(self) -> str:
        named = self.label if self.year is None else f"{self.year} 年{self.label}"
        return named if self.value is None else f"{named} {shown(self.value, self.unit)}"


def origin(fact: Fact, facts: FirmFacts) -> tuple[Item, ...]:
    """怎么算的: every figure the fact is worked out of, oldest year first; a stated fact stands for itself."""
    if fact.name in facts.stated:
        return (Item(fact.name, fact.label, None, facts.stated[fact.name], fact.unit),)
    return (*_yearly(fact, facts), *_records(fact, facts))


def missing(fact: Fact, facts: FirmFacts) -> tuple[Item, ...]:
    """What must be collected before the fact is known; empty when it is."""
    if getattr(facts, fact.name) is not None:
        return ()
    lacking = tuple(item for item in origin(fact, facts) if item.value is None)
    return lacking or (Item(fact.name, fact.label, None, None, fact.unit),)


def _yearly(fact: Fact, facts: FirmFacts) -> Iterator[Item]:
    years = facts.years if fact.years == 3 else range(facts.last_year - fact.years + 1, facts.last_year + 1)
    for use in fact.uses:
        column = facts.column(use)
        for year in years:
            yield Item(column, _label(column, use), year, facts.in_year(use, year), _unit(use))


def _records(fact: Fact, facts: FirmFacts) -> Iterator[Item]:
    for need in fact.needs:
        if need in _RECORDS:
            value = getattr(facts, need)
            shown_value = f"{len(value)} 条" if isinstance(value, tuple) else value
            yield Item(need, _RECORDS[need], None, shown_value, Unit.TEXT)


def _label(column: str, use: str) -> str:
    return _RESEARCH.get(column) or FACTS[use].label


def _unit(use: str) -> Unit:
    return FACTS[use].unit if use in FACTS else Unit.YUAN
