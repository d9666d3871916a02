"""Entries of the negative list: rare, dated, some lifted again."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.vocabulary import FlagKind
from seeds.days import NO_DAY, dates
from seeds.draws import Ints
from seeds.population import Population

FLAG_FIELDS = ("firm_id", "kind", "entered_on", "lifted_on", "note")
_ACCIDENTS = (FlagKind.SAFETY_ACCIDENT, FlagKind.QUALITY_ACCIDENT, FlagKind.ENVIRONMENTAL_VIOLATION)
# share of firms, years back, days until it is lifted (a mean), kinds
_KINDS = (
    (0.026, 5, 400, _ACCIDENTS),
    (0.030, 4, 260, (FlagKind.ABNORMAL_OPERATION,)),
    (0.004, 3, 900, (FlagKind.SERIOUS_DISHONESTY,)),
    (0.002, 3, 900, (FlagKind.RESEARCH_DISHONESTY,)),
)
_NOTE = "演示数据，非真实记录"


@dataclass(frozen=True)
class Entries:
    """Days by kind and firm; NO_DAY where there is no entry."""

    entered: Ints
    lifted: Ints
    kind: Ints

    @property
    def accidents(self) -> Ints:
        """The day of each firm's grave accident or violation (办法 第十一条（八）)."""
        return self.entered[0]


def drawn_entries(firms: Population) -> Entries:
    chance = firms.setting.chance("flags")
    today = firms.setting.today.toordinal()
    entered, lifted, kinds = [], [], []
    for share, years, stands, among in _KINDS:
        day = today - chance.randint(10, years * 365, firms.size)
        there = (chance.random_sample(firms.size) < share) & (day > firms.founded + 200)
        there &= (firms.gone == NO_DAY) | (day < firms.gone)
        end = day + 90 + chance.exponential(stands, firms.size).astype(np.int64)
        entered.append(np.where(there, day, NO_DAY))
        lifted.append(np.where(there & (end <= today), end, NO_DAY))
        kinds.append(chance.randint(0, len(among), firms.size))
    return Entries(np.stack(entered), np.stack(lifted), np.stack(kinds))


def flag_rows(firms: Population, entries: Entries) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for place, (*_, among) in enumerate(_KINDS):
        chosen = np.flatnonzero(entries.entered[place])
        entered, lifted = dates(entries.entered[place][chosen]), dates(entries.lifted[place][chosen])
        kinds = [among[kind] for kind in entries.kind[place][chosen].tolist()]
        rows += zip(firms.numbers[chosen].tolist(), kinds, entered, lifted, [_NOTE] * len(chosen), strict=True)
    return rows
