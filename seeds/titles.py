"""The other titles: 省科小, 国科小, and what stands above and beside a 高企. One entry a recognition."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from pipelines.vocabulary import Title
from seeds.days import NO_DAY, ordinal
from seeds.draws import Flags, Floats, Ints, logistic, stream
from seeds.figures import Books
from seeds.high_tech import Round
from seeds.population import PAST_YEARS, Population

_WAN = 10_000
_CITY_BATCHES = ((4, 20), (6, 25), (10, 18), (12, 20))  # Jiaxing recognises in batches all through the year
_NATIONAL_YEARS = 3  # how far back the ledger of the national list goes


@dataclass(frozen=True)
class Award:
    """One title given to some firms on some days; until: NO_DAY for no fixed term."""

    title: Title
    firm: Ints
    day: Ints
    until: Ints
    batch: str
    renewal: Flags


def drawn_awards(firms: Population, books: Books, rounds: list[Round]) -> Iterator[Award]:
    today = firms.setting.today.toordinal()
    held = _certified(firms, rounds)
    for award in (
        *_high_tech(rounds),
        *_provincial(firms, held),
        *_national(firms, books, held),
        *_upper(firms, books, held),
    ):
        known = (award.day <= today) & ((firms.gone[award.firm] == NO_DAY) | (award.day < firms.gone[award.firm]))
        yield Award(
            award.title, award.firm[known], award.day[known], award.until[known], award.batch, award.renewal[known]
        )


def _certified(firms: Population, rounds: list[Round]) -> dict[int, Flags]:
    """Year → which firms held a certificate when it ended, as far as is decided today."""
    held: dict[int, Flags] = {}
    for live in rounds:
        if live.decided_on > firms.setting.today:
            continue
        for year in range(live.year, live.year + 3):
            held.setdefault(year, np.zeros(firms.size, dtype=bool))[live.firm[live.reason == 0]] = True
    return held


def _high_tech(rounds: list[Round]) -> Iterator[Award]:
    for live in rounds:
        passed = live.reason == 0
        firm = live.firm[passed]
        until = live.decided_on.replace(year=live.year + 3).toordinal()
        yield Award(
            Title.HIGH_TECH, firm, np.full(len(firm), live.decided_on.toordinal()), np.full(len(firm), until),
            f"{live.year}年认定报备", live.kind[passed] == 1,
        )  # fmt: skip


def _provincial(firms: Population, held: dict[int, Flags]) -> Iterator[Award]:
    """Open to the widest circle. What comes of an application plays no part before it is known: who was not on the
    list joins it after the certificate."""
    chance = firms.setting.chance("provincial")
    leaning = 0.5 * firms.quality + 0.4 * firms.ambition - 2.5 + 1.6 * firms.sector_figure("in_field")
    aspires = firms.aspires_from <= firms.setting.today.year
    member = chance.random_sample(firms.size) < logistic(leaning + np.where(aspires, 1.1, 0.0))
    year = firms.founded_year + 1 + chance.poisson(2.2, firms.size)
    year = np.maximum(year, firms.setting.today.year - chance.randint(0, 13, firms.size))
    certified = _first_year(firms, held)
    invited = (certified < 9999) & (chance.random_sample(firms.size) < 0.9)
    year = np.where(invited, np.minimum(np.where(member, year, 9999), certified + 1), year)
    batch = chance.randint(0, len(_CITY_BATCHES), firms.size)
    joins = (member | invited) & (year <= firms.setting.today.year)
    for first, number in sorted({(int(y), int(b)) for y, b in zip(year[joins], batch[joins], strict=True)}):
        chosen = np.flatnonzero(joins & (year == first) & (batch == number))
        day = ordinal(first, *_CITY_BATCHES[number])
        chosen = chosen[day - firms.founded[chosen] >= 365]
        yield _given(Title.TECH_SME, chosen, day, NO_DAY, f"{first}年第{'一二三四'[number]}批")


def _first_year(firms: Population, held: dict[int, Flags]) -> Ints:
    first = np.full(firms.size, 9999)
    for year in sorted(held, reverse=True):
        first = np.where(held[year], year, first)
    return first


def _national(firms: Population, books: Books, held: dict[int, Flags]) -> Iterator[Award]:
    """A number for the year, good until the end of the next March (国科发政〔2017〕115号)."""
    for year in range(firms.setting.today.year - _NATIONAL_YEARS + 1, firms.setting.today.year + 1):
        chance = stream(firms.setting.seed, "national", firms.setting.block, year - firms.setting.today.year)
        last = year - firms.setting.today.year + PAST_YEARS - 1
        fits = (books.sales[:, last] <= 20_000 * _WAN) & (books.staff[:, last] <= 500) & (firms.sector != 14)
        fits &= books.exists[:, last] & (books.assets[:, last] <= 20_000 * _WAN) & (books.tech_share[:, last] >= 0.10)
        wants = np.where(held[year - 1], 0.70, np.where(year >= firms.aspires_from - 2, 0.40, 0.03))
        chosen = np.flatnonzero(fits & (chance.random_sample(firms.size) < wants))
        batch = chance.randint(0, 6, len(chosen))
        for number in range(6):
            day, until = ordinal(year, 5 + number, 18), ordinal(year + 1, 3, 31)
            yield _given(Title.NATIONAL_TECH_SME, chosen[batch == number], day, until, f"{year}年第{number + 1}批")


@dataclass(frozen=True)
class _Rung:
    """A rare title: who can get it, how often, and on which day of the year it is announced."""

    title: Title
    sales: int
    quality: float
    odds: float
    month: int
    day: int
    needs_certificate: bool = True


_RUNGS = (
    _Rung(Title.LITTLE_GIANT, 10_000, 0.7, 0.16, 11, 21),
    _Rung(Title.LEADING, 40_000, 0.5, 0.28, 11, 21),
    _Rung(Title.INNOVATIVE_SME, 1_500, -0.2, 0.13, 9, 8, needs_certificate=False),
    _Rung(Title.SRDI, 3_000, 0.4, 0.12, 12, 15),
    _Rung(Title.SRDI_LITTLE_GIANT, 8_000, 1.2, 0.09, 7, 14),
    _Rung(Title.GAZELLE, 6_000, 1.0, 0.04, 10, 9),
)


def _upper(firms: Population, books: Books, held: dict[int, Flags]) -> Iterator[Award]:
    """Drawn year by year among firms that are large and good enough; each lasts three years."""
    for rung in _RUNGS:
        until = np.zeros(firms.size, dtype=np.int64)
        for year in range(firms.setting.today.year - 8, firms.setting.today.year + 1):
            chosen = _climbing(firms, books, rung, year) & (until <= year)
            if rung.needs_certificate:
                chosen &= held[year - 1]
            until = np.where(chosen, year + 3, until)
            day = date(year, rung.month, rung.day)
            end = day.replace(year=year + 3).toordinal()
            yield _given(rung.title, np.flatnonzero(chosen), day.toordinal(), end, f"{year}年度")


def _climbing(firms: Population, books: Books, rung: _Rung, year: int) -> Flags:
    chance = stream(firms.setting.seed, rung.title, firms.setting.block, year - firms.setting.today.year)
    sales: Floats = books.sales[:, year - firms.setting.today.year + PAST_YEARS - 1]
    fits: Flags = (sales > rung.sales * _WAN) & (firms.quality > rung.quality) & (year > firms.founded_year + 2)
    return fits & (chance.random_sample(firms.size) < rung.odds)


def _given(title: Title, firm: Ints, day: int, until: int, batch: str) -> Award:
    size = len(firm)
    return Award(title, firm, np.full(size, day), np.full(size, until), batch, np.zeros(size, dtype=bool))
