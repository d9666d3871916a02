"""What the firms earned, spent and employed: one row a firm, one column a fiscal year.

`Truth` holds what an auditor would find; `Figures` what the firm reports. Only the latter is ever stored.
"""

from dataclasses import dataclass

import numpy as np

from seeds.draws import Chance, Flags, Floats, Ints, logistic, logit, stream
from seeds.population import PAST_YEARS, Population
from seeds.sectors import sectors

_WAN = 10_000
_UP_TO_5, _UP_TO_4 = 5_000 * _WAN, 20_000 * _WAN  # 国科发火〔2016〕32号 第十一条（五）, both included
_RELABELLED = 0.35  # of what lifts a firm over the notch (CLASSIFIER §3, after Chen et al. 2021)
_CUT_BY_AUDIT = 0.45  # of what was relabelled


@dataclass(frozen=True)
class Books:
    """exists: the firm was there in that fiscal year; the rest in yuan, people and shares."""

    exists: Flags
    sales: Floats
    rd: Floats
    rd_audited: Floats
    tech_share: Floats
    tech_share_audited: Floats
    high_tech_share: Floats
    high_tech_share_audited: Floats
    staff: Floats
    assets: Floats
    debt_share: Floats
    conversions: Ints


def drawn_books(firms: Population) -> Books:
    exists = _existing(firms)
    sales = _sales(firms)
    wants = _wanting(firms)
    rd, rd_audited = _research(firms, sales, wants)
    tech = _share_over(firms, "tech_staff", 0.10, 0.045, wants)
    high_tech = _share_over(firms, "high_tech", 0.60, 0.16, wants)
    chance = firms.setting.chance("balance")
    shape = sales.shape
    per_head = firms.sector_figure("per_head")[:, None] * _WAN * np.exp(_held(chance, shape, 0.35, 0.05))
    lean = 0.3 + 0.55 * firms.quality + 0.25 * firms.management
    return Books(
        exists=exists,
        sales=sales,
        rd=rd,
        rd_audited=rd_audited,
        tech_share=tech[0],
        tech_share_audited=tech[1],
        high_tech_share=high_tech[0],
        high_tech_share_audited=high_tech[1],
        staff=np.maximum(sales / per_head, 1.5 + chance.random_sample(shape)),
        assets=sales[:, -1:] ** 0.3 * sales**0.7 * np.exp(_held(chance, shape, 0.4, 0.06)) * 0.95,
        debt_share=np.minimum(logistic(_held(chance, shape, 0.8, 0.12) + 0.05), 0.93) + _insolvent(chance, shape),
        conversions=chance.poisson(np.exp(lean)[:, None] * np.where(wants, 1.7, 0.35)),
    )


def required_rd(sales: Floats) -> Floats:
    return np.where(sales <= _UP_TO_5, 0.05, np.where(sales <= _UP_TO_4, 0.04, 0.03))


def _existing(firms: Population) -> Flags:
    years = firms.setting.fiscal_years
    exists: Flags = (years >= firms.founded_year[:, None]) & (years < firms.gone_year[:, None])
    return exists


def _wanting(firms: Population) -> Flags:
    """From three years before its first application a firm keeps its books with an eye on the notch."""
    wants: Flags = firms.setting.fiscal_years >= firms.aspires_from[:, None] - 3
    return wants


def _sales(firms: Population) -> Floats:
    """Log-normal around the sector's median in the last year, walked back by growth, county and sector shocks."""
    chance = firms.setting.chance("sales")
    years = firms.setting.fiscal_years
    level = np.log(firms.sector_figure("sales") * _WAN) + 1.02 * chance.standard_normal(firms.size)
    level = level + 0.24 * firms.quality + 0.16 * firms.ambition
    growth = firms.sector_figure("growth")[:, None] + (0.03 * firms.quality)[:, None]
    growth = growth + _shocks(firms)[firms.sector] + 0.17 * chance.standard_normal((firms.size, PAST_YEARS))
    later = np.cumsum(growth[:, ::-1], axis=1)[:, ::-1] - growth
    age = np.clip(years - firms.founded_year[:, None], 0, 3)
    start = np.array([-1.5, -0.55, -0.2, 0.0])[age]
    return np.exp(level[:, None] - later + start - start[:, -1:] * 0.5)


def _shocks(firms: Population) -> Floats:
    """Sector × year; drawn by the year itself, so that all firms of a county live through the same years."""
    columns = []
    for year in firms.setting.fiscal_years.tolist():
        chance = stream(firms.setting.seed, "shock", year)
        columns.append(0.035 * chance.standard_normal() + 0.03 * chance.standard_normal(len(sectors())))
    return np.stack(columns, axis=1)


def _research(firms: Population, sales: Floats, wants: Flags) -> tuple[Floats, Floats]:
    """Intensity is log-normal by sector; of those short of the notch who want the title, most report just above it."""
    chance = firms.setting.chance("research")
    middle = np.log(firms.sector_figure("rd")) + 0.27 * firms.quality - 0.05
    intensity = np.minimum(np.exp(middle[:, None] + _held(chance, sales.shape, 0.45, 0.13) + 0.46 * wants), 0.55)
    notch = required_rd(sales)
    nearness = intensity / notch
    steady = chance.random_sample(firms.size)[:, None] < 0.62
    lifted = wants & steady & (nearness > 0.45) & (nearness < 1.02)
    above = notch * (1.0 + np.minimum(chance.exponential(0.05, sales.shape), 0.2))
    reported = np.where(lifted, above, intensity)
    cut = np.where(lifted, (above - intensity) * _RELABELLED * _CUT_BY_AUDIT, 0.0)
    return sales * reported, sales * (reported - cut)


def _share_over(firms: Population, field: str, line: float, reach: float, wants: Flags) -> tuple[Floats, Floats]:
    """A share around the sector's, reported and true; firms a little below the line like to be just above it."""
    chance = firms.setting.chance(field)
    middle = np.array([logit(share) for share in firms.sector_figure(field).tolist()])
    values = (middle + 0.28 * firms.quality)[:, None] + _held(chance, wants.shape, 0.50, 0.10)
    true = logistic(values + np.where(wants, 0.45, 0.0))
    lifted = wants & (true < line) & (true > line - reach) & (chance.random_sample(firms.size)[:, None] < 0.6)
    reported = np.where(lifted, line * (1.0 + chance.exponential(0.06, wants.shape)), true)
    return np.minimum(reported, 0.99), true


def _held(chance: Chance, shape: tuple[int, ...], between: float, within: float) -> Floats:
    """A leaning that a firm keeps over the years, with a little noise in each."""
    own = between * chance.standard_normal(shape[0])[:, None]
    return own + within * chance.standard_normal(shape)


def _insolvent(chance: Chance, shape: tuple[int, ...]) -> Floats:
    """A few firms owe more than they own: their net assets are negative."""
    return np.where(chance.random_sample(shape[0]) < 0.02, 0.45, 0.0)[:, None]
