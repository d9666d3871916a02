"""Who is in the county: the firms of one block, and what drives them.

`quality`, `management` and `ambition` are the hidden truth behind figures and results; nothing of them is stored.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from seeds.draws import Chance, Flags, Floats, Ints, logistic, picked, stream
from seeds.sectors import each, sectors
from seeds.towns import AFFINITY, NAMES, SHARES

BLOCK = 2_500  # firms drawn together; firm 1 is the same firm in a county of 100 and of 1,000,000
PAST_YEARS = 15  # fiscal years that are lived through, so that the shown ones have a history

# Firms are near-duplicates of the firm before them at fixed places, so that a test can name them.
_TWIN_EVERY, _TWIN_AT = 160, 57
_SAME_EVERY, _SAME_AT = 1_250, 777
NEAR_DUPLICATE, SAME_NAME = 1, 2


@dataclass(frozen=True)
class Setting:
    """One block of one county on one day."""

    seed: int
    block: int
    today: date

    def chance(self, purpose: str) -> Chance:
        return stream(self.seed, purpose, self.block)

    @property
    def fiscal_years(self) -> Ints:
        return np.arange(self.today.year - PAST_YEARS, self.today.year)


@dataclass(frozen=True)
class Population:
    setting: Setting
    numbers: Ints
    twin: Ints
    sector: Ints
    township: Ints
    founded: Ints  # ordinal of the day
    gone: Ints  # ordinal of the day it moved away or was deregistered; 0: still here
    moved: Flags
    quality: Floats
    management: Floats
    ambition: Floats
    aspires_from: Ints  # the year its thoughts turn to a certificate; 9999: never

    @cached_property
    def size(self) -> int:
        return len(self.numbers)

    @cached_property
    def founded_year(self) -> Ints:
        return np.array([date.fromordinal(day).year for day in self.founded.tolist()])

    @cached_property
    def gone_year(self) -> Ints:
        return np.array([date.fromordinal(day).year if day else 9999 for day in self.gone.tolist()])

    def sector_figure(self, field: str) -> Floats:
        return each(field, self.sector)


def drawn_population(setting: Setting) -> Population:
    numbers = np.arange(setting.block * BLOCK + 1, (setting.block + 1) * BLOCK + 1)
    twin = _twins(numbers)
    sector = picked(setting.chance("sector"), [entry.share for entry in sectors()], BLOCK)
    sector = _as_before(sector, twin > 0)
    quality, management, ambition = _drives(setting.chance("drives"))
    founded = _founding_days(setting)
    gone, moved = _departures(setting, founded, twin)
    return Population(
        setting=setting,
        numbers=numbers,
        twin=twin,
        sector=sector,
        township=_townships(setting.chance("township"), sector),
        founded=founded,
        gone=gone,
        moved=moved,
        quality=quality,
        management=management,
        ambition=ambition,
        aspires_from=_aspirations(setting, sector, quality, ambition, founded),
    )


def _twins(numbers: Ints) -> Ints:
    near = numbers % _TWIN_EVERY == _TWIN_AT
    same = numbers % _SAME_EVERY == _SAME_AT
    return np.where(same, SAME_NAME, np.where(near, NEAR_DUPLICATE, 0))


def _as_before(values: Ints, where: Flags) -> Ints:
    return np.where(where, np.roll(values, 1), values)


def _drives(chance: Chance) -> tuple[Floats, Floats, Floats]:
    shared, own = chance.standard_normal(BLOCK), chance.standard_normal((3, BLOCK))
    quality, management, ambition = 0.5 * shared + np.sqrt(0.75) * own
    return quality, management, ambition


def _townships(chance: Chance, sector: Ints) -> Ints:
    places = np.zeros(BLOCK, dtype=np.int64)
    for number, entry in enumerate(sectors()):
        drawn_to = AFFINITY.get(entry.name, {})
        weights = [SHARES[town] * drawn_to.get(town, 1.0) for town in NAMES]
        places = np.where(sector == number, picked(chance, weights, BLOCK), places)
    return places


def _founding_days(setting: Setting) -> Ints:
    """Most are five to twenty years old, some older than the reform of 1994, a few are from this year."""
    chance = setting.chance("founded")
    age_in_days = 365.25 * np.minimum(chance.gamma(1.9, 6.6, BLOCK), 40) + chance.randint(5, 120, BLOCK)
    return (setting.today.toordinal() - age_in_days).astype(np.int64)


def _departures(setting: Setting, founded: Ints, twin: Ints) -> tuple[Ints, Flags]:
    chance = setting.chance("departures")
    today = setting.today.toordinal()
    day = today - chance.randint(20, 5 * 365, BLOCK)
    leaves = (chance.random_sample(BLOCK) < 0.035) & (day - founded > 400)
    replaced = np.roll(twin == SAME_NAME, -1)  # its namesake was entered again under a new code
    day = np.where(replaced, np.maximum(founded + 300, today - 700), day)
    gone = np.where(leaves | replaced, np.minimum(day, today - 20), 0)
    return gone, (chance.random_sample(BLOCK) < 0.35) & ~replaced


def _aspirations(setting: Setting, sector: Ints, quality: Floats, ambition: Floats, founded: Ints) -> Ints:
    """Some firms never think of a certificate; the others begin two to eight years after they were founded."""
    chance = setting.chance("aspirations")
    leaning = 3.0 * (each("in_field", sector) - 0.75) + 1.0 * quality + 1.0 * ambition + 1.75
    ever = chance.random_sample(BLOCK) < logistic(leaning)
    start = (founded / 365.2425).astype(np.int64) + 1 + chance.poisson(2.5, BLOCK)
    first_wave = setting.today.year - chance.randint(3, 18, BLOCK)  # the programme itself spread over the years
    return np.where(ever, np.maximum(start, first_wave), 9999)
