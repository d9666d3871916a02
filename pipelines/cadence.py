"""How often firms are visited: rules as data, and who is behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

from pipelines.vocabulary import Tier

NEVER = date(1900, 1, 1)
_FILE = Path(__file__).with_name("cadence.yaml")


@dataclass(frozen=True)
class Cadence:
    """A visit at least every so many days, for firms on these rungs or (has_candidacy) on their way to a title."""

    id: str
    label: str
    days: int
    note: str
    tiers: tuple[Tier, ...] = ()
    has_candidacy: bool = False

    def covers(self, tier: Tier, is_candidate: bool) -> bool:
        return tier in self.tiers or (self.has_candidacy and is_candidate)


@cache
def cadences() -> tuple[Cadence, ...]:
    rows = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506 - a safe loader
    return tuple(Cadence(**row | {"tiers": tuple(Tier(tier) for tier in row.get("tiers", ()))}) for row in rows)


def cadence_of(tier: Tier, is_candidate: bool, rules: Sequence[Cadence] | None = None) -> Cadence | None:
    """The strictest that covers the firm; None: nobody must visit it."""
    covering = [each for each in (cadences() if rules is None else rules) if each.covers(tier, is_candidate)]
    return min(covering, key=lambda each: each.days, default=None)


def visit_due_on(tier: Tier, is_candidate: bool, last_visit: date | None) -> date | None:
    """The last day on which a visit is in time; NEVER: it was never visited; None: nobody must visit the firm."""
    cadence = _cadence_in_force(tier, is_candidate)
    if cadence is None:
        return None
    return last_visit + timedelta(days=cadence.days) if last_visit else NEVER


@cache
def _cadence_in_force(tier: Tier, is_candidate: bool) -> Cadence | None:
    return cadence_of(tier, is_candidate)
