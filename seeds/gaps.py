"""What a real ledger lacks: firm-years nobody reported, blanks, zeros that mean nothing, figures that came late."""

from dataclasses import dataclass

import numpy as np

from seeds.days import ordinal
from seeds.draws import Chance, Flags, Floats, Ints
from seeds.figures import Books
from seeds.high_tech import Round
from seeds.population import Population

SHOWN_YEARS = 9
_NEVER = 9_999_999

# When figures of a year come in, in days from 1 January of the next: the share up to here, and the span.
# A flash count in the last days of the year itself, the spring survey, the annual accounts, stragglers.
_ARRIVALS = ((0.40, -12, 0), (0.68, 5, 88), (0.93, 90, 180), (0.985, 181, 330), (1.0, 370, 700))


@dataclass(frozen=True)
class Reporting:
    """What of the last nine fiscal years is in the ledger today: firm × year."""

    years: Ints
    shown: Flags
    reported: Ints  # ordinals
    filed: Flags  # came in only with an application, and what that asks for is complete
    care: Floats  # below 1: a firm that is known to the office and answers


def drawn_reporting(firms: Population, books: Books, rounds: list[Round]) -> Reporting:
    chance = firms.setting.chance("reporting")
    years = firms.setting.fiscal_years[-SHOWN_YEARS:]
    shape = (firms.size, SHOWN_YEARS)
    filed_on = _filings(firms, rounds, years)
    # Not by what became of its applications: gaps would then tell the result.
    listed = (firms.aspires_from <= firms.setting.today.year) | (chance.random_sample(firms.size) < 0.25)
    care = np.where(listed, 0.55, 1.5) * np.where(books.sales[:, -1] > 30_000_000, 0.75, 1.15)
    absent = chance.random_sample(shape) < 0.085 * care[:, None] ** 1.6
    silent = chance.random_sample(firms.size) < np.where(listed, 0.002, 0.05)  # on the register, never reported
    arrival = np.where(absent | silent[:, None], _NEVER, _arrivals(chance, years, shape))
    reported = np.minimum(arrival, filed_on)
    shown = books.exists[:, -SHOWN_YEARS:] & (reported <= firms.setting.today.toordinal())
    return Reporting(years, shown, reported, filed_on < arrival, care)


def _filings(firms: Population, rounds: list[Round], years: Ints) -> Ints:
    """The day an application brought a year's figures: it asks for those of the three years before it."""
    filed_on = np.full((firms.size, len(years)), _NEVER)
    for live in rounds:
        for column in range(live.year - 3 - int(years[0]), live.year - int(years[0])):
            if 0 <= column < len(years):
                filed_on[live.firm, column] = np.minimum(filed_on[live.firm, column], live.submitted)
    return filed_on


def _arrivals(chance: Chance, years: Ints, shape: tuple[int, int]) -> Ints:
    draw, spread = chance.random_sample(shape), chance.random_sample(shape)
    lag = np.zeros(shape)
    lower = 0.0
    for upper, first, last in _ARRIVALS:
        lag = np.where((draw >= lower) & (draw < upper), first + spread * (last - first), lag)
        lower = upper
    start = np.array([ordinal(int(year) + 1, 1, 1) for year in years])
    return start + np.floor(lag).astype(np.int64)


def blank(reporting: Reporting, chance: Chance, share: float, core: bool) -> Flags:
    """Where a field is empty although the firm reported; a row that an application brought has what that asks for."""
    missing: Flags = chance.random_sample(reporting.shown.shape) < np.minimum(share * reporting.care[:, None], 0.95)
    return missing & ~reporting.filed if core else missing


def not_closed_yet(firms: Population, reporting: Reporting, month: int, day: int) -> Flags:
    """Figures of the last year that no firm can have before this day of the next (annual accounts, tax returns)."""
    last = reporting.years == firms.setting.today.year - 1
    early = firms.setting.today.toordinal() < ordinal(firms.setting.today.year, month, day)
    return np.broadcast_to(last & early, reporting.shown.shape)
