"""A table of a score: rungs from the best down; the first one a firm stands on gives the points."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipelines.facts import FACTS, Fact, FirmFacts
from pipelines.facts.ratio import Manual
from pipelines.qualification.criteria import COMPARISONS, passes
from pipelines.qualification.sections import Section

Condition = tuple[int, Callable[[Any], bool]]  # the place of a fact among the ladder's, and what is asked of it

# How sure it is that a firm stands on a rung, or what a range is; of several doubts the larger one wins: a person must
# judge, or a figure is missing.
DECIDED, OPEN, UNKNOWN = 0, 1, 2


class Range(NamedTuple):
    """Points between lo and hi: OPEN where a person chooses among them, UNKNOWN where figures are missing."""

    lo: int
    hi: int
    state: int = DECIDED


@dataclass(frozen=True, slots=True)
class Rung:
    label: str
    range: Range
    conditions: tuple[Condition, ...]


class Ladder:
    """facts are all those any rung looks at."""

    def __init__(self, rungs: tuple[Rung, ...], facts: tuple[Fact, ...]) -> None:
        self.rungs = rungs
        self.facts = facts
        self._reads = [operator.attrgetter(fact.name) for fact in facts]  # each fact once, however many rungs ask
        self.top = max(rung.range.hi for rung in rungs)

    def possible(self, facts: FirmFacts) -> tuple[list[Rung], int]:
        """Every rung the firm may stand on, and how sure that is: one rung and DECIDED, or several and why."""
        possible: list[Rung] = []
        state, values = DECIDED, [read(facts) for read in self._reads]
        for rung in self.rungs:
            standing = DECIDED
            for place, is_enough in rung.conditions:
                value = values[place]
                if value is None:
                    standing = UNKNOWN
                elif value.__class__ is Manual:
                    standing = max(standing, OPEN)
                elif not is_enough(value):
                    break
            else:
                possible.append(rung)
                if standing == DECIDED:
                    break
                state = max(state, standing)
        return possible, state

    def range(self, facts: FirmFacts) -> Range:
        """The points of the rung the firm stands on, or the span of all it may stand on."""
        possible, state = self.possible(facts)
        if len(possible) == 1:
            return possible[0].range
        return Range(min(rung.range.lo for rung in possible), max(rung.range.hi for rung in possible), state)

    def standing(self, facts: FirmFacts) -> str:
        """The label of the rung the firm stands on for certain, else nothing."""
        possible, _ = self.possible(facts)
        return possible[0].label if len(possible) == 1 else ""


def read_ladder(section: Section, *, scored: bool = True) -> Ladder:
    """Either one fact for all rungs ({at_least: "0.35", …}), or each rung with facts of its own
    ({at_least: {class_one_ip: 1}, …}). The last rung has no condition and takes whoever is left."""
    default = section.text("fact") if "fact" in section else None
    if default is not None and default not in FACTS:
        section.fault(f"没有名为“{default}”的事实", "fact")
    facts: dict[str, Fact] = {}
    rungs = tuple(_rung(rung, default, facts, scored) for rung in section.sections("rungs"))
    if rungs[-1].conditions or not all(rung.conditions for rung in rungs[:-1]):
        section.fault("各档须有条件，且只有最后一档不写条件", "rungs")
    if len({rung.label for rung in rungs}) < len(rungs):
        section.fault("各档名称不能重复", "rungs")
    return Ladder(rungs, tuple(facts.values()))


def _rung(section: Section, default: str | None, facts: dict[str, Fact], scored: bool) -> Rung:
    section.only(("label", *COMPARISONS, *(("points",) if scored else ())))
    conditions = []
    for comparison in COMPARISONS:
        if comparison in section:
            conditions += _conditions(section, comparison, default, facts)
    lo, hi = points_of(section) if scored else (0, 0)
    span = Range(lo, hi, DECIDED if lo == hi else OPEN)
    return Rung(section.text("label"), span, tuple(conditions))


def _conditions(section: Section, comparison: str, default: str | None, facts: dict[str, Fact]) -> list[Condition]:
    named = section[comparison]
    if not isinstance(named, Section):
        if default is None:
            section.fault("请写明是哪一项事实", comparison)
        return [_condition(facts, default, comparison, section, comparison)]
    return [_condition(facts, name, comparison, named, name) for name in named]


def _condition(facts: dict[str, Fact], name: str, comparison: str, section: Section, key: str) -> Condition:
    fact = FACTS.get(name) or section.fault(f"没有名为“{name}”的事实", key)
    facts[name] = fact
    return list(facts).index(name), passes(comparison, section.number(key), fact)


def points_of(section: Section) -> tuple[int, int]:
    """points: 5, or points: [1, 6]."""
    value: Any = section.get("points")
    span = value if isinstance(value, list) else [value, value]
    if len(span) != 2 or not all(type(part) is int for part in span) or span[0] > span[1]:
        section.fault("“points”应为整数，或由小到大的两个整数", "points")
    return span[0], span[1]
