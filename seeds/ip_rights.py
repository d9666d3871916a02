"""What the firms have filed and been granted: flat columns, one entry a right."""

from dataclasses import dataclass

import numpy as np

from pipelines.vocabulary import IpKind
from seeds.days import ordinal
from seeds.draws import Chance, Flags, Floats, Ints
from seeds.population import Population

KINDS = (
    IpKind.INVENTION, IpKind.UTILITY_MODEL, IpKind.DESIGN, IpKind.SOFTWARE, IpKind.TRADEMARK, IpKind.LAYOUT_DESIGN,
)  # fmt: skip
_CLASS_ONE = np.array([kind in (IpKind.INVENTION, IpKind.LAYOUT_DESIGN) for kind in KINDS])
_CLASS_TWO = np.array([kind in (IpKind.UTILITY_MODEL, IpKind.DESIGN, IpKind.SOFTWARE) for kind in KINDS])

# Months from filing to grant, and the share of filings that is granted at all.
_LAG = np.array([26.0, 8.0, 5.5, 3.0, 9.0, 7.0])
_LAG_SPREAD = np.array([7.0, 2.0, 1.5, 0.8, 2.0, 2.0])
_GRANTED = np.array([0.60, 0.93, 0.97, 1.0, 0.85, 1.0])
_MONTH = 30.44
_NEVER = 9_999_999


@dataclass
class Rights:
    """firm: its place in the block. used_in is filled while the applications are lived through."""

    firm: Ints
    kind: Ints
    applied: Ints
    granted: Ints  # _NEVER: not granted, or not yet
    bought: Flags
    lapses: Ints
    used_in: Ints

    def held(self, on: int) -> Flags:
        return (self.granted <= on) & (self.lapses > on)

    def counts(self, on: int, size: int) -> tuple[Ints, Ints]:
        """Class Ⅰ, and class Ⅱ not yet spent in an application that succeeded (195号 三（二）)."""
        held = self.held(on)
        one = held & _CLASS_ONE[self.kind]
        two = held & _CLASS_TWO[self.kind] & (self.used_in == 0)
        return np.bincount(self.firm[one], minlength=size), np.bincount(self.firm[two], minlength=size)

    def own_work(self, on: int, size: int) -> Flags:
        own = self.held(on) & ~self.bought
        return np.bincount(self.firm[own], minlength=size) > 0

    def spend(self, firms: Flags, on: int, year: int, chance: Chance) -> None:
        """Class Ⅱ rights that carried a successful application do not count again."""
        chosen = firms[self.firm] & self.held(on) & _CLASS_TWO[self.kind] & (self.used_in == 0)
        self.used_in[chosen & (chance.random_sample(len(chosen)) < 0.85)] = year


def drawn_rights(firms: Population, sales: Floats) -> Rights:
    chance = firms.setting.chance("ip")
    firm, kind, year = _filings(firms, sales, chance)
    applied = _first_days(firms)[year] + chance.randint(0, 365, len(firm))
    lag = np.maximum(_LAG[kind] + _LAG_SPREAD[kind] * chance.standard_normal(len(firm)), 1.0) * _MONTH
    granted = np.where(chance.random_sample(len(firm)) < _GRANTED[kind], applied + lag.astype(np.int64), _NEVER)
    lapse = chance.exponential(9.0, len(firm)) * 365 + 900
    lapses = np.where(_CLASS_TWO[kind] & (kind != 3), granted + lapse.astype(np.int64), _NEVER)
    today = firms.setting.today.toordinal()
    # A filing that is old and was never granted was turned down: the ledger no longer shows it.
    shown = (applied <= today) & (applied >= firms.founded[firm]) & ((granted < _NEVER) | (applied > today - 1100))
    shown &= (firms.gone[firm] == 0) | (applied < firms.gone[firm])
    order = np.flatnonzero(shown)[np.lexsort((applied[shown], firm[shown]))]
    bought = chance.random_sample(len(firm)) < np.where(kind == 0, 0.10, 0.02)
    return Rights(
        firm[order], kind[order], applied[order], granted[order], bought[order], lapses[order], np.zeros_like(order)
    )


def _filings(firms: Population, sales: Floats, chance: Chance) -> tuple[Ints, Ints, Ints]:
    """Poisson a year: more by better and larger firms, few by those that want no certificate."""
    years = np.arange(sales.shape[1] + 1)
    active = firms.setting.today.year - sales.shape[1] + years >= firms.aspires_from[:, None] - 2
    size = np.clip((sales[:, -1] / (firms.sector_figure("sales") * 10_000)) ** 0.22, 0.5, 2.0)
    effort = 0.42 * np.exp(0.5 * firms.quality) * size
    parts = []
    for place, rate in enumerate(_rates(firms)):
        counts = chance.poisson((effort * rate)[:, None] * np.where(active, 1.0, 0.12))
        at = np.nonzero(counts)
        parts.append(np.stack([at[0], np.full(len(at[0]), place), at[1]]).repeat(counts[at], axis=1))
    firm, kind, year = np.concatenate(parts, axis=1)
    return firm, kind, year


def _rates(firms: Population) -> list[Floats]:
    rates = [firms.sector_figure(field) for field in ("inventions", "utility_models", "designs", "software")]
    chips = np.where(firms.sector == 0, 0.012, 0.0)
    return [*rates, np.full(firms.size, 0.12), chips]


def _first_days(firms: Population) -> Ints:
    """1 January of each fiscal year that is lived through, and of the running year."""
    years = [*firms.setting.fiscal_years.tolist(), firms.setting.today.year]
    return np.array([ordinal(year, 1, 1) for year in years])
