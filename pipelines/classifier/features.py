"""What the model looks at: named features of a firm's facts as of a day, each with its label and its sign.

Never looked at: town, park, officer, visits, notes, who entered what and when; and nothing that became known after the
day (a row of a later year is refused). What is not known is NaN, and a flag of its own says so.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from pipelines.facts import FirmFacts, YearFigures
from pipelines.facts.ratio import Ratio
from pipelines.vocabulary import Title

_SMALL, _MIDDLE = 50_000_000, 200_000_000  # 国科发火〔2016〕32号 第十一条（五）
_STAFF, _HIGH_TECH = 0.10, 0.60  # 第十一条（四）、（六）
_GROWTH = ((0.35, 9.5), (0.25, 7.5), (0.15, 5.5), (0.05, 3.5), (0.0, 1.5))  # 195号 三（七）4, middle of each band
UNKNOWN = float("nan")


class Feature(NamedTuple):
    """sign: +1 more never lowers the probability, −1 more never raises it, 0 free. reference: the value of a firm that
    stands exactly on the line, from which reasons are measured; None: the median of the training rows."""

    name: str
    label: str
    sign: int
    reference: float | None = None


FEATURES = (
    Feature("rd_short", "研发费用占比低于所在档", 1, 0.0),
    Feature("rd_surplus", "研发费用占比高于所在档", 1, 0.0),
    Feature("rd_bunch", "研发费用占比仅略高于线（专项审计核减后可能不达标）", -1, 0.0),
    Feature("deduction", "加计扣除研发费用与高企研发费用之比", 1),
    Feature("staff_short", "科技人员占比低于 10%", 1, 0.0),
    Feature("staff_surplus", "科技人员占比高于 10%", 1, 0.0),
    Feature("ps_short", "高品收入占比低于 60%", 1, 0.0),
    Feature("ps_surplus", "高品收入占比高于 60%", 1, 0.0),
    Feature("class_one", "有效Ⅰ类知识产权", 1),
    Feature("class_two", "未用过的Ⅱ类知识产权", 1),
    Feature("sales_growth", "销售收入增长得分", 1),
    Feature("assets_growth", "净资产增长得分", 1),
    Feature("conversions", "近三年科技成果转化", 1),
    Feature("in_field", "技术领域已对上", 1),
    Feature("tech_sme", "在省科小名单上", 0),
    Feature("failed_before", "以前申报未通过", 0),
    Feature("last_score_gap", "上次评分与 71 分之差", 1),
    Feature("incident", "一年内有重大事故或违法", -1, 0.0),
    Feature("rule_score", "按评分表估计的得分", 1),
    Feature("age", "成立年数", 0),
    Feature("size", "收入规模", 0),
)
FLAGS = {
    "rd_short": "研发或收入数据缺", "staff_short": "人员数据缺", "ps_short": "高品收入缺", "assets_growth": "净资产缺",
    "conversions": "成果转化数缺", "deduction": "加计扣除数缺",
}  # fmt: skip
NAMES = (*(each.name for each in FEATURES), *(f"no_{name}" for name in FLAGS))
SIGNS = (*(each.sign for each in FEATURES), *([-1] * len(FLAGS)))
LABELS = {each.name: each.label for each in FEATURES} | {f"no_{name}": label for name, label in FLAGS.items()}


class Tried(NamedTuple):
    """An earlier application for 高企 with its result: year, whether it passed, the experts' score if known."""

    year: int
    passed: bool
    score: float | None


@dataclass(frozen=True)
class Case:
    """A firm on a day. rule_score: the middle of the range the score table leaves, worked out by the rules."""

    facts: FirmFacts
    tried: Sequence[Tried]
    rule_score: float | None


class LaterRowError(ValueError):
    """Something that became known only after the day was about to be used."""


def features(case: Case) -> list[float]:
    """In the order of NAMES; raises LaterRowError for rows of the day's own year or later."""
    _refuse_later(case, case.facts.as_of)
    values = _values(case)
    row = [values[each.name] for each in FEATURES]
    return [*row, *(float(math.isnan(values[name])) for name in FLAGS)]


def _refuse_later(case: Case, on: date) -> None:
    if late := [year for year in case.facts.annual if year >= on.year]:
        raise LaterRowError(f"figures of {late[0]} are not known on {on}")
    if late := [each.year for each in case.tried if each.year >= on.year]:
        raise LaterRowError(f"the result of {late[0]} is not known on {on}")


def _values(case: Case) -> dict[str, float]:
    facts = case.facts
    rd, staff = _margin(_rd_share(facts), _line(facts)), _margin(_latest(facts, ("tech_staff", "staff")), _STAFF)
    share = _latest(facts, ("high_tech_revenue", "total_income"), ("high_tech_revenue", "sales_revenue"))
    ps = share - _HIGH_TECH
    last = next((each.score - 71 for each in reversed(case.tried) if each.score is not None and not each.passed), 0.0)
    return {
        "rd_short": _below(rd, -2.0), "rd_surplus": _above(rd, 0.5),
        "rd_bunch": UNKNOWN if math.isnan(rd) else float(0 <= rd < math.log(1.1)),
        "deduction": _deduction(facts), "staff_short": _below(staff, -1.5), "staff_surplus": _above(staff, 0.8),
        "ps_short": _below(ps, -0.6), "ps_surplus": _above(ps, 0.4),
        "class_one": _log(facts.class_one_ip), "class_two": _log(facts.class_two_ip),
        "sales_growth": _growth(facts.sales_growth), "assets_growth": _growth(facts.net_assets_growth),
        "conversions": _log(facts.conversions_three_years), "in_field": float(facts.tech_field is not None),
        "tech_sme": float(bool(facts.holds((Title.TECH_SME,)))),
        "failed_before": float(any(not each.passed for each in case.tried)),
        "last_score_gap": max(-20.0, min(5.0, last)), "incident": float(_has_incident(facts)),
        "rule_score": UNKNOWN if case.rule_score is None else case.rule_score,
        "age": UNKNOWN if facts.age_days is None else min(facts.age_days / 365, 30.0),
        "size": _size(facts),
    }  # fmt: skip


def _years(facts: FirmFacts) -> list[YearFigures]:
    """The last three fiscal years that are known, the newest first."""
    last = facts.as_of.year - 1
    return [facts.annual[year] for year in (last, last - 1, last - 2) if year in facts.annual]


def _rd_share(facts: FirmFacts) -> float:
    """Of the years that know both: an office rarely has all three in March."""
    known = [
        (row.rd_spend, row.sales_revenue)
        for row in _years(facts)
        if row.rd_spend is not None and row.sales_revenue is not None
    ]
    sales = sum(float(sold) for _, sold in known)
    return sum(float(spent) for spent, _ in known) / sales if sales > 0 else UNKNOWN


def _latest(facts: FirmFacts, *pairs: tuple[str, str]) -> float:
    """The newest known share of a part in its whole; the first pair that a year knows counts."""
    for row in _years(facts):
        for part, whole in pairs:
            some, all_of_it = getattr(row, part), getattr(row, whole)
            if some is not None and all_of_it:
                return float(some) / float(all_of_it)
    return UNKNOWN


def _line(facts: FirmFacts) -> float:
    sales = next((row.sales_revenue for row in _years(facts) if row.sales_revenue is not None), None)
    if sales is None or sales <= _SMALL:
        return 0.05
    return 0.04 if sales <= _MIDDLE else 0.03


def _number(share: Any) -> float:
    if isinstance(share, Ratio):
        return float(share.fraction) if share.denominator else UNKNOWN
    return float(share) if isinstance(share, int | float | Fraction) else UNKNOWN


def _margin(share: float, line: float) -> float:
    """How far above its line, in logarithms: twice the line is as far above as half of it is below."""
    return share if math.isnan(share) else math.log(max(share, line * 0.1) / line)


def _below(margin: float, least: float) -> float:
    return margin if math.isnan(margin) else max(least, min(margin, 0.0))


def _above(margin: float, most: float) -> float:
    return margin if math.isnan(margin) else min(most, max(margin, 0.0))


def _log(number: int | None) -> float:
    return UNKNOWN if number is None else math.log1p(number)


def _growth(rate: Any) -> float:
    value = _number(rate)
    return value if math.isnan(value) else next((points for bar, points in _GROWTH if value >= bar), 0.0)


def _deduction(facts: FirmFacts) -> float:
    """Of the years that know both; no claim at all is nought, no word about it unknown."""
    pairs = [(row.rd_spend_deduction, row.rd_spend) for row in facts.annual.values()]
    known = [(taken, spent) for taken, spent in pairs if taken is not None and spent]
    if not known:
        return UNKNOWN
    return min(1.3, float(sum(taken for taken, _ in known)) / float(sum(spent for _, spent in known)))


def _size(facts: FirmFacts) -> float:
    sales = next((row.sales_revenue for row in _years(facts) if row.sales_revenue), None)
    return math.log(max(float(sales), 10_000.0)) if sales else UNKNOWN


def _has_incident(facts: FirmFacts) -> bool:
    began = facts.as_of.toordinal() - 365
    return any(began <= flag.entered_on.toordinal() <= facts.as_of.toordinal() for flag in facts.flags or ())
