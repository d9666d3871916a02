"""A county that is made in quite another way than ours: Pareto sales, a probit of its own, an office's sheets.

Nothing of seeds/ is used: what is tuned to the demo county would be found out here.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from tests.builders import a_uscc

YEARS = range(2018, 2026)
ROUNDS = range(2021, 2026)
_FIGURES = (
    "销售收入(元)", "研发投入(元)", "总收入(元)", "高新技术产品(服务)收入(元)", "职工总数(年平均)", "科技人员(年平均)",
    "科技成果转化数",
)  # fmt: skip


@dataclass(frozen=True)
class Sheets:
    """Each a table with its titles first, to be uploaded as it is."""

    ledger: list[list[Any]]
    rights: list[list[Any]]
    applications: list[list[Any]]


def another_county(firms: int, seed: int = 5) -> Sheets:
    chance = np.random.RandomState(seed)
    ability = chance.standard_t(5, firms)
    sales = 4e6 * (1 + chance.pareto(1.4, firms)) * np.exp(0.2 * ability)
    share = np.clip(0.045 + 0.014 * ability + 0.012 * chance.standard_normal(firms), 0.002, 0.4)
    staff = np.maximum(np.round(sales / 7e5), 3)
    tech = np.clip(0.12 + 0.05 * ability + 0.04 * chance.standard_normal(firms), 0.01, 0.9)
    high_tech = np.clip(0.62 + 0.13 * chance.standard_normal(firms) + 0.05 * ability, 0.05, 0.99)
    rights = chance.negative_binomial(2, 0.35, firms) + (ability > 1)
    codes = [a_uscc(40_000 + number) for number in range(firms)]
    names = [f"另县第{number}号精密制造有限公司" for number in range(firms)]
    required = np.where(sales <= 5e7, 0.05, np.where(sales <= 2e8, 0.04, 0.03))
    # How far the firm is above each line, in its own measure; a panel looks at the sum and at its ability.
    wealth = (
        14 * (share - required) + 5 * (tech - 0.1) + 3 * (high_tech - 0.6) + 0.35 * np.log1p(rights) + 0.3 * ability
    )
    return Sheets(
        _ledger(chance, codes, names, sales, share, high_tech, staff, tech, ability),
        _rights(chance, codes, names, rights),
        _applications(chance, codes, names, wealth),
    )


def _ledger(chance, codes, names, sales, share, high_tech, staff, tech, ability) -> list[list[Any]]:
    titles = ["企业名称", "统一社会信用代码", "成立日期", *(f"{year}年{name}" for year in YEARS for name in _FIGURES)]
    rows: list[list[Any]] = [titles]
    for number, code in enumerate(codes):
        row: list[Any] = [names[number], code, f"{2005 + number % 11}-0{1 + number % 9}-15"]
        for year in YEARS:
            earned = sales[number] * 1.06 ** (year - 2025) * np.exp(0.08 * chance.standard_normal())
            figures = [
                earned, earned * share[number], earned * 1.01, earned * 1.01 * high_tech[number], staff[number],
                staff[number] * tech[number], float(chance.poisson(np.exp(0.6 + 0.3 * ability[number]))),
            ]  # fmt: skip
            places = (0, 0, 0, 0, 0, 1, 0)
            row += [
                None if chance.random_sample() < 0.07 else round(value, place)
                for value, place in zip(figures, places, strict=True)
            ]
        rows.append(row)
    return rows


def _rights(chance, codes, names, counts) -> list[list[Any]]:
    rows: list[list[Any]] = [["权利人", "信用代码", "企业名称", "专利号", "专利类型", "申请日", "授权公告日"]]
    for number, count in enumerate(counts.tolist()):
        for place in range(count):
            year = int(chance.randint(2015, 2025))
            kind = "发明专利" if chance.random_sample() < 0.25 else "实用新型"
            serial = f"ZL{year}{1 if kind == '发明专利' else 2}9{number:04d}{place:02d}.X"
            rows.append([None, codes[number], names[number], serial, kind, f"{year}-03-01", f"{year + 1}-02-01"])
    return rows


def _applications(chance, codes, names, wealth) -> list[list[Any]]:
    """Who is well off applies sooner, once a firm until it passes; a tenth of the results has no day."""
    rows: list[list[Any]] = [
        ["企业名称", "统一社会信用代码", "年度", "申报类型", "是否通过", "申报日期", "认定日期", "总分"]
    ]
    over = np.zeros(len(codes), dtype=bool)
    normal = NormalDist()
    for year in ROUNDS:
        strict = 0.2 * chance.standard_normal()
        drawn = chance.random_sample(len(codes))
        for number in np.flatnonzero(~over & (drawn < 0.05 + 0.35 / (1 + np.exp(-2 * wealth)))).tolist():
            passed = chance.random_sample() < normal.cdf(1.1 * (wealth[number] - 0.55 - strict))
            over[number] |= passed
            day = None if chance.random_sample() < 0.1 else f"{year}-12-08"
            score = round(
                70.5 + abs(chance.standard_normal() * 5) if passed else 66 - abs(chance.standard_normal() * 4)
            )
            rows.append(
                [names[number], codes[number], year, "首次", "是" if passed else "否", f"{year}-07-05", day, score]
            )
    return rows
